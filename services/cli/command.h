// The commands of `kepu` as functions of their arguments and the world around them, so that tests run them
// without processes. Owned by main; not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/cli/api.h"
#include "services/cli/days.h"
#include "services/cli/http_client.h"

namespace kepu::cli {

// Exit codes, as the help has them.
inline constexpr int kDone = 0;
inline constexpr int kRowsRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kBadFile = 3;
inline constexpr int kUnreachable = 4;
inline constexpr int kNotAllowed = 5;

struct World {
  std::string home;
  std::string server;  // of the environment; empty for the default
  absl::CivilDay today;
  std::function<std::string()> ask_password;
  Api::Pause pause;
  std::function<absl::StatusOr<HttpAnswer>(const std::string& server, absl::string_view method,
                                           absl::string_view path, absl::string_view body,
                                           absl::string_view token)>
      request;
};

struct Result {
  int code = kDone;
  std::string out;
  std::string err;
};

Result RunCommand(const std::vector<std::string>& arguments, const World& world);

}  // namespace kepu::cli
