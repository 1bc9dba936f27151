#include "libs/host/settings.h"

#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kepu::host {

config::Settings DeclareSettings(const std::string& service) {
  config::Settings declared(absl::StrCat("kepu-", service),
                            absl::StrCat("The ", service, " service of kepu."));
  declared.Required("redis", "where Redis listens: unix:PATH or HOST:PORT");
  declared.Text("redis_user", "", "the user of this service at Redis; empty: the default one");
  declared.SecretFile("redis_password_file", "file with the password of redis_user");
  declared.Required("listen",
                    "where this service listens, for other services only: unix:PATH or ADDRESS:PORT");
  declared.Required("keys", "folder of the deployment's secrets, made by deploy");
  declared.Required("state", "folder of this process, which must outlive it: the anchor lies there");
  declared.Text("run", "", "folder with the sockets of the other services");
  declared.Text("data", "", "data folder of the deployment: vault and blobs");
  declared.Text("metrics", "", "internal address for metrics, 127.0.0.1:PORT; empty: none");
  declared.Choice("log_level", "info", {"debug", "info", "warning", "error"}, "least level of log lines");
  declared.Flag("insecure_dev_identity", false, "believe callers who say who they are; for development only");
  declared.Flag("allow_weak_durability", false, "serve on a Redis that may lose acknowledged changes");
  declared.Flag("reflection", false, "let tools list the methods; for development only");
  return declared;
}

absl::StatusOr<Settings> ReadSettings(config::Settings& declared, int argc, char** argv, bool* done) {
  std::string out;
  absl::StatusOr<config::Settings::Next> next =
      declared.Read(std::vector<std::string>(argv + 1, argv + argc), config::Environment(), &out);
  if (!next.ok()) return next.status();
  std::fputs(out.c_str(), stdout);
  *done = *next == config::Settings::Next::kStop;
  Settings settings;
  settings.redis = declared.text("redis");
  settings.redis_user = declared.text("redis_user");
  absl::StatusOr<std::string> password = declared.secret("redis_password_file");
  if (!password.ok()) return password.status();
  settings.redis_password = *std::move(password);
  settings.listen = declared.text("listen");
  settings.keys = declared.text("keys");
  settings.state = declared.text("state");
  settings.run = declared.text("run");
  settings.data = declared.text("data");
  settings.metrics = declared.text("metrics");
  settings.log_level = declared.text("log_level");
  settings.insecure_dev_identity = declared.flag("insecure_dev_identity");
  settings.allow_weak_durability = declared.flag("allow_weak_durability");
  settings.reflection = declared.flag("reflection");
  return settings;
}

}  // namespace kepu::host
