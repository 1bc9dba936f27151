#include "deploy/supervise/spec.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::supervise {
namespace {

// More than any deployment on one host has; a limit keeps a broken file from starting a flood of processes.
constexpr size_t kChildrenMax = 64;
constexpr size_t kArgumentsMax = 64;
constexpr int kSecondsMax = 3600;

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

absl::Status ReadSeconds(absl::string_view value, absl::Duration* out) {
  int seconds = 0;
  if (!absl::SimpleAtoi(value, &seconds) || seconds < 1 || seconds > kSecondsMax) {
    return absl::InvalidArgumentError(absl::StrCat("wants 1 to ", kSecondsMax, " seconds"));
  }
  *out = absl::Seconds(seconds);
  return absl::OkStatus();
}

absl::Status ReadProbe(absl::string_view value, ChildSpec& child) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(value, absl::MaxSplits(' ', 1));
  child.probe_address = std::string(parts.second);
  if (parts.second.empty()) return absl::InvalidArgumentError("wants a kind and an address");
  if (parts.first == "unix") {
    child.probe = Probe::kUnix;
  } else if (parts.first == "redis") {
    child.probe = Probe::kRedis;
  } else if (parts.first == "http") {
    const std::pair<absl::string_view, absl::string_view> http =
        absl::StrSplit(parts.second, absl::MaxSplits(' ', 1));
    if (http.first.find(':') == absl::string_view::npos || http.second.empty() || http.second[0] != '/') {
      return absl::InvalidArgumentError("wants HOST:PORT and a path that begins with /");
    }
    child.probe = Probe::kHttp;
    child.probe_address = std::string(http.first);
    child.probe_path = std::string(http.second);
  } else {
    return absl::InvalidArgumentError("knows the kinds unix, redis and http");
  }
  return absl::OkStatus();
}

absl::Status AddChild(absl::string_view name, Spec& spec) {
  if (!IsName(name)) return absl::InvalidArgumentError("wants a name of a-z, 0-9 and dashes, at most 40");
  if (spec.children.size() >= kChildrenMax) return absl::InvalidArgumentError("too many children");
  for (const ChildSpec& other : spec.children) {
    if (other.name == name) return absl::InvalidArgumentError("the name is taken");
  }
  spec.children.emplace_back().name = std::string(name);
  return absl::OkStatus();
}

absl::Status AddAfter(absl::string_view name, Spec& spec) {
  const auto last = spec.children.end() - 1;
  const bool known =
      std::any_of(spec.children.begin(), last, [&](const ChildSpec& other) { return other.name == name; });
  if (!known) return absl::InvalidArgumentError("wants a child that stands before this one");
  last->after.emplace_back(name);
  return absl::OkStatus();
}

absl::Status ReadChildStatement(absl::string_view verb, absl::string_view value, Spec& spec) {
  if (spec.children.empty()) return absl::InvalidArgumentError("needs a child before it");
  ChildSpec& child = spec.children.back();
  if (verb == "once") {
    child.probe = Probe::kExit;
    return value.empty() ? absl::OkStatus() : absl::InvalidArgumentError("takes no value");
  }
  if (value.empty()) return absl::InvalidArgumentError("wants a value");
  if (verb == "exec") {
    child.program = std::string(value);
    return absl::OkStatus();
  }
  if (verb == "arg") {
    if (child.arguments.size() >= kArgumentsMax) return absl::InvalidArgumentError("too many arguments");
    child.arguments.emplace_back(value);
    return absl::OkStatus();
  }
  if (verb == "after") return AddAfter(value, spec);
  if (verb == "ready") return ReadProbe(value, child);
  if (verb == "login") {
    const std::pair<absl::string_view, absl::string_view> login =
        absl::StrSplit(value, absl::MaxSplits(' ', 1));
    if (login.second.empty()) return absl::InvalidArgumentError("wants a user and the file of its password");
    child.probe_user = std::string(login.first);
    child.probe_password_file = std::string(login.second);
    return absl::OkStatus();
  }
  if (verb == "ready-within") return ReadSeconds(value, &child.ready_within);
  if (verb == "stop-within") return ReadSeconds(value, &child.stop_within);
  return absl::InvalidArgumentError("is not a statement");
}

absl::Status ReadStatement(absl::string_view line, Spec& spec) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
  if (parts.first == "child") return AddChild(parts.second, spec);
  if (parts.first == "run" || parts.first == "log") {
    if (parts.second.empty()) return absl::InvalidArgumentError("wants a folder");
    (parts.first == "run" ? spec.run_folder : spec.log_folder) = std::string(parts.second);
    return absl::OkStatus();
  }
  return ReadChildStatement(parts.first, parts.second, spec);
}

}  // namespace

absl::StatusOr<Spec> ParseSpec(absl::string_view text) {
  Spec spec;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    if (absl::Status status = ReadStatement(line, spec); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": \"", line, "\" ", status.message()));
    }
  }
  if (spec.run_folder.empty()) return absl::InvalidArgumentError("no `run FOLDER`");
  if (spec.log_folder.empty()) return absl::InvalidArgumentError("no `log FOLDER`");
  if (spec.children.empty()) return absl::InvalidArgumentError("no `child NAME`");
  for (const ChildSpec& child : spec.children) {
    if (child.program.empty())
      return absl::InvalidArgumentError(absl::StrCat("child ", child.name, " has no exec"));
  }
  return spec;
}

}  // namespace kepu::supervise
