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
inline constexpr int kRowsRefused = 1;  // or the request was: the server said no
inline constexpr int kUsage = 2;
inline constexpr int kBadFile = 3;
inline constexpr int kUnreachable = 4;
inline constexpr int kNotAllowed = 5;
inline constexpr int kNotFound = 6;
inline constexpr int kChangedMeanwhile = 7;

struct World {
  std::string home;
  std::string server;   // of the environment; empty for the default
  std::string profile;  // of the environment; empty for the usual one
  std::string locale;   // "zh_CN.UTF-8"
  absl::CivilDay today;
  std::function<std::string()> ask_password;
  Api::Pause pause;
  std::function<absl::StatusOr<HttpAnswer>(const std::string& server, absl::string_view method,
                                           absl::string_view path, absl::string_view body,
                                           absl::string_view token)>
      request;
  // The same for an answer without an end: every piece as it comes, until it says no. Null: there are none.
  std::function<absl::StatusOr<HttpAnswer>(const std::string& server, absl::string_view path,
                                           absl::string_view token,
                                           const std::function<bool(absl::string_view)>& piece)>
      follow;
  std::function<std::string()> read_input;       // all of the standard input
  std::function<void(absl::string_view)> print;  // at once, before the command ends
  std::function<std::string()> make_request_id;
};

struct Result {
  int code = kDone;
  std::string out;
  std::string err;
};

Result RunCommand(const std::vector<std::string>& arguments, const World& world);

}  // namespace kepu::cli
