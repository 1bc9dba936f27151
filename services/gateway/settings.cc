#include "services/gateway/settings.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/auth/secret_file.h"

namespace kepu::gateway {
namespace {

absl::Status Bad(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat("--", name, ": ", rule));
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || address == "::1" || address == "localhost";
}

// "127.0.0.1:8080", "[::1]:8080".
absl::Status ReadListen(absl::string_view value, Settings& settings) {
  const size_t colon = value.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(value.substr(colon + 1), &port) ||
      port > 65535) {
    return Bad("listen", "wants an address and a port like 127.0.0.1:8080");
  }
  absl::string_view address = value.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  settings.address = std::string(address == "localhost" ? "127.0.0.1" : address);
  settings.port = static_cast<uint16_t>(port);
  return absl::OkStatus();
}

absl::Status Apply(absl::string_view name, absl::string_view value, bool has_value,
                   const std::vector<std::string>& services, Settings& settings) {
  const bool is_switch = name == "insecure-dev-identity" || name == "check-config" || name == "help";
  if (is_switch && has_value) return Bad(name, "takes no value");
  if (!is_switch && value.empty()) return Bad(name, "wants a value");
  if (name == "insecure-dev-identity") {
    settings.insecure_dev_identity = true;
  } else if (name == "check-config") {
    settings.check_only = true;
  } else if (name == "help") {
    settings.help = true;
  } else if (name == "listen") {
    return ReadListen(value, settings);
  } else if (name == "run") {
    settings.run = std::string(value);
  } else if (name == "keys") {
    settings.keys = std::string(value);
  } else if (name == "metrics") {
    settings.metrics = std::string(value);
  } else if (name == "log-level") {
    if (!log::ParseLevel(value, &settings.log_level))
      return Bad(name, "knows debug, info, warning and error");
  } else if (std::find(services.begin(), services.end(), name) != services.end()) {
    settings.addresses[std::string(name)] = absl::StrSplit(value, ',');
  } else if (name != "state") {
    // Every process of an instance is given a folder for its state; the gateway has none.
    return Bad(name, "is not a setting of the gateway; see --help");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> Settings::AddressesOf(const std::string& service) const {
  const auto it = addresses.find(service);
  if (it != addresses.end()) return it->second;
  return {absl::StrCat("unix:", run, "/", service, ".sock")};
}

absl::StatusOr<Settings> ReadSettings(const std::vector<std::string>& services, int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (!absl::ConsumePrefix(&argument, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("\"", argument, "\" is not a setting; see --help"));
    }
    const size_t equals = argument.find('=');
    const bool has_value = equals != absl::string_view::npos;
    const absl::string_view value = has_value ? argument.substr(equals + 1) : absl::string_view();
    if (absl::Status status = Apply(argument.substr(0, equals), value, has_value, services, settings);
        !status.ok()) {
      return status;
    }
  }
  if (settings.help) return settings;
  for (const std::string& service : services) {
    if (settings.run.empty() && settings.addresses.count(service) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--run or --", service, " is missing: where is ", service, "?"));
    }
  }
  if (settings.insecure_dev_identity && !IsLoopback(settings.address)) {
    return Bad("insecure-dev-identity", "is only for loopback: anybody could be anyone");
  }
  if (!settings.insecure_dev_identity && settings.keys.empty()) {
    return Bad("keys", "is missing: the folder of the deployment's secrets");
  }
  return settings;
}

absl::StatusOr<std::string> IdentityKey(const Settings& settings) {
  if (settings.insecure_dev_identity) return std::string();
  return auth::ReadKeyFile(settings.keys + "/identity.key");
}

std::string SettingsHelp(const std::vector<std::string>& services) {
  std::string help =
      "kepu-gateway: REST over HTTP/1.1 in front of the services\n\n"
      "  --listen=127.0.0.1:8080   where to listen; put TLS in front of it\n"
      "  --run=DIR                 folder of the services' sockets\n"
      "  --keys=DIR                folder of the deployment's secrets (identity.key)\n"
      "  --metrics=127.0.0.1:9464  an internal address for /metrics; none by default\n"
      "  --log-level=info          debug, info, warning or error\n"
      "  --insecure-dev-identity   believes x-kepu-dev-principal; only on loopback\n"
      "  --check-config            says whether the settings are right, and ends\n";
  for (const std::string& service : services) {
    absl::StrAppend(&help, "  --", service, "=ADDRESS[,ADDRESS]   where ", service, " is, instead of DIR/",
                    service, ".sock\n");
  }
  return help;
}

}  // namespace kepu::gateway
