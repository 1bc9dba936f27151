#include "services/gateway/settings.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/config/config.h"

namespace kepu::gateway {
namespace {

absl::Status Bad(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", rule));
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

config::Settings Declared(const std::vector<std::string>& services) {
  config::Settings declared("kepu-gateway", "REST over HTTP/1.1 in front of the services of kepu.");
  declared.Text("listen", "127.0.0.1:8080",
                "where to listen, ADDRESS:PORT; put TLS in front of it, or give it a certificate");
  DeclareEdge(declared);
  declared.Text("run", "", "folder of the services' sockets");
  declared.Text("keys", "", "folder of the deployment's secrets (identity.key)");
  declared.Text("web", "",
                "folder of the built web app, read once at start; empty: the API and a plain page only");
  declared.Text(
      "metrics", "",
      "where metrics and reasons of readiness are, ADDRESS:PORT or a port of loopback; empty: nowhere");
  declared.Choice("log_level", "info", {"debug", "info", "warning", "error"}, "least level of log lines");
  declared.Integer("live_per_person", 20, 1, 10000, "live streams that a person may have open at once");
  declared.Integer("live_per_address", 400, 1, 10000,
                   "live streams that may be open at once from one address");
  declared.Flag("insecure_dev_identity", false, "believe x-kepu-dev-principal; for development, on loopback");
  for (const std::string& service : services) {
    declared.List(
        service, "",
        absl::StrCat("where ", service, " is, several parted by commas, instead of RUN/", service, ".sock"));
  }
  return declared;
}

absl::Status Check(const std::vector<std::string>& services, const Settings& settings) {
  for (const std::string& service : services) {
    if (settings.run.empty() && settings.addresses.count(service) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("run or ", service, " is missing: where is ", service, "?"));
    }
  }
  if (!settings.metrics.empty()) {
    if (auto address = ReadInternalAddress(settings.metrics); !address.ok())
      return Bad("metrics", address.status().message());
  }
  if (settings.insecure_dev_identity && !IsLoopback(settings.address)) {
    return Bad("insecure_dev_identity", "is only for loopback: anybody could be anyone");
  }
  if (!settings.insecure_dev_identity && settings.keys.empty()) {
    return Bad("keys", "is missing: the folder of the deployment's secrets");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> Settings::AddressesOf(const std::string& service) const {
  const auto it = addresses.find(service);
  if (it != addresses.end()) return it->second;
  return {absl::StrCat("unix:", run, "/", service, ".sock")};
}

absl::StatusOr<Settings> ReadSettings(const std::vector<std::string>& services,
                                      const std::vector<std::string>& arguments,
                                      const std::vector<std::string>& environment, bool* done) {
  config::Settings declared = Declared(services);
  std::string out;
  absl::StatusOr<config::Settings::Next> next = declared.Read(arguments, environment, &out);
  if (!next.ok()) return next.status();
  *done = *next == config::Settings::Next::kStop;
  Settings settings;
  if (absl::Status status = ReadListen(declared.text("listen"), settings); !status.ok()) return status;
  auto edge = ReadEdge(declared);
  if (!edge.ok()) return edge.status();
  settings.edge = *std::move(edge);
  settings.run = declared.text("run");
  settings.keys = declared.text("keys");
  settings.web = declared.text("web");
  settings.metrics = declared.text("metrics");
  log::ParseLevel(declared.text("log_level"), &settings.log_level);
  settings.insecure_dev_identity = declared.flag("insecure_dev_identity");
  settings.live_per_person = static_cast<size_t>(declared.integer("live_per_person"));
  settings.live_per_address = static_cast<size_t>(declared.integer("live_per_address"));
  for (const std::string& service : services) {
    std::vector<std::string> addresses = declared.list(service);
    if (!addresses.empty()) settings.addresses[service] = std::move(addresses);
  }
  // The help must not ask for what it is about to explain.
  if (!declared.helped()) {
    if (absl::Status status = Check(services, settings); !status.ok()) return status;
  }
  std::fputs(out.c_str(), stdout);
  return settings;
}

absl::StatusOr<std::string> IdentityKey(const Settings& settings) {
  if (settings.insecure_dev_identity) return std::string();
  return auth::ReadKeyFile(settings.keys + "/identity.key");
}

}  // namespace kepu::gateway
