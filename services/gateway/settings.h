// The settings of the gateway from its command line. Values; thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/log/log.h"

namespace kepu::gateway {

struct Settings {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;
  std::string run;      // folder of the services' sockets
  std::string keys;     // folder of the deployment's secrets
  std::string metrics;  // "127.0.0.1:9464"; empty: none
  log::Level log_level = log::Level::kInfo;
  bool insecure_dev_identity = false;
  bool check_only = false;
  bool help = false;
  // By service, where it is not <run>/<service>.sock.
  std::map<std::string, std::vector<std::string>> addresses;

  // Where a service is to be reached.
  std::vector<std::string> AddressesOf(const std::string& service) const;
};

// `services` are the names that may be given an address. Every mistake names the setting and what would work.
absl::StatusOr<Settings> ReadSettings(const std::vector<std::string>& services, int argc, char** argv);

// The key of identities between processes; empty where the development identity needs none.
absl::StatusOr<std::string> IdentityKey(const Settings& settings);

std::string SettingsHelp(const std::vector<std::string>& services);

}  // namespace kepu::gateway
