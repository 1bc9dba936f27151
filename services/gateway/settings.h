// The settings of the gateway from its command line, a file and the environment. Values; thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/log/log.h"
#include "services/gateway/edge.h"

namespace kepu::gateway {

struct Settings {
  std::string address = "127.0.0.1";
  uint16_t port = 8080;
  std::string run;      // folder of the services' sockets
  std::string keys;     // folder of the deployment's secrets
  std::string web;      // folder of the built web app; empty: none
  std::string metrics;  // "127.0.0.1:9464"; empty: none
  log::Level log_level = log::Level::kInfo;
  bool insecure_dev_identity = false;
  EdgeSettings edge;
  // Live streams at once.
  size_t live_per_person = 20, live_per_address = 400;
  // By service, where it is not <run>/<service>.sock.
  std::map<std::string, std::vector<std::string>> addresses;

  // Where a service is to be reached.
  std::vector<std::string> AddressesOf(const std::string& service) const;
};

// `services` are the names that may be given an address. Every mistake names the setting and what would work.
// Sets `*done` when there is nothing to run, and prints what --help and --check-config have to say.
absl::StatusOr<Settings> ReadSettings(const std::vector<std::string>& services,
                                      const std::vector<std::string>& arguments,
                                      const std::vector<std::string>& environment, bool* done);

// The key of identities between processes; empty where the development identity needs none.
absl::StatusOr<std::string> IdentityKey(const Settings& settings);

}  // namespace kepu::gateway
