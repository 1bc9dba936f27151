// The settings every service has, with their ranges and help. Values; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/config/config.h"

namespace kepu::host {

struct Settings {
  std::string redis;  // "unix:/run/kepu/redis.sock" or "host:port"
  // Who this process is to Redis; empty: the default user, for development and tests.
  std::string redis_user;
  std::string redis_password;
  std::string listen;   // "unix:/run/kepu/event.sock"
  std::string keys;     // folder of the deployment's secrets
  std::string state;    // folder of this process: the anchor file
  std::string run;      // folder of the sockets of the other services
  std::string data;     // folder of vault and blobs
  std::string metrics;  // "127.0.0.1:9464"; empty: none
  std::string log_level = "info";
  bool insecure_dev_identity = false;
  bool allow_weak_durability = false;
  bool reflection = false;
};

// The declarations of what every service has. `service` gives the program's name for the help.
config::Settings DeclareSettings(const std::string& service);

// From the command line (--redis=…), a file and the environment; every mistake names the setting and the
// rule. Sets `*done` when there is nothing to run (--help, --check-config).
absl::StatusOr<Settings> ReadSettings(config::Settings& declared, int argc, char** argv, bool* done);

}  // namespace kepu::host
