#include "libs/config/config.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::config {
namespace {

// Keys are 32 bytes, in hexadecimal or base64 less than a hundred; certificates a few thousand.
constexpr size_t kMaxSecretBytes = 4096;

// A defect of the program, never of its settings.
[[noreturn]] void Defect(absl::string_view what, absl::string_view key) {
  std::fprintf(stderr, "settings: %s: %s\n", std::string(what).c_str(), std::string(key).c_str());
  std::abort();
}

bool ParseFlag(absl::string_view value, bool* flag) {
  if (value == "true" || value == "yes" || value == "1") {
    *flag = true;
  } else if (value == "false" || value == "no" || value == "0") {
    *flag = false;
  } else {
    return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  // Perhaps the secret itself was given; then it must not be repeated.
  if (path.find('/') == std::string::npos) {
    return absl::InvalidArgumentError("must be the path of a file, with a slash, never the secret itself");
  }
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is not a file"));
  if ((info.st_mode & 077) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(path, " can be read by others; chmod 600 it"));
  }
  if (static_cast<size_t>(info.st_size) > kMaxSecretBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is larger than ", kMaxSecretBytes, " bytes"));
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
  if (!bytes.empty() && bytes.back() == '\n') bytes.pop_back();
  if (bytes.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " is empty"));
  return bytes;
}

Settings::Settings(std::string program, std::string purpose)
    : program_(std::move(program)), purpose_(std::move(purpose)) {}

Settings::Setting& Settings::Declare(absl::string_view key, Kind kind, absl::string_view fallback,
                                     absl::string_view help) {
  auto [it, fresh] = settings_.try_emplace(std::string(key));
  if (!fresh) Defect("declared twice", key);
  it->second.kind = kind;
  it->second.value = it->second.fallback = std::string(fallback);
  it->second.help = std::string(help);
  return it->second;
}

void Settings::Text(absl::string_view key, absl::string_view fallback, absl::string_view help) {
  Declare(key, Kind::kText, fallback, help).rule = "text";
}

void Settings::Required(absl::string_view key, absl::string_view help) {
  Setting& setting = Declare(key, Kind::kText, "", help);
  setting.rule = "text, required";
  setting.required = true;
}

void Settings::Integer(absl::string_view key, int64_t fallback, int64_t min, int64_t max,
                       absl::string_view help) {
  Setting& setting = Declare(key, Kind::kInteger, absl::StrCat(fallback), help);
  setting.min = min;
  setting.max = max;
  setting.rule = absl::StrCat("a whole number from ", min, " to ", max);
}

void Settings::Flag(absl::string_view key, bool fallback, absl::string_view help) {
  Declare(key, Kind::kFlag, fallback ? "true" : "false", help).rule = "true or false";
}

void Settings::Duration(absl::string_view key, absl::Duration fallback, absl::Duration min,
                        absl::Duration max, absl::string_view help) {
  Setting& setting = Declare(key, Kind::kDuration, absl::FormatDuration(fallback), help);
  setting.shortest = min;
  setting.longest = max;
  setting.rule = absl::StrCat("a duration from ", absl::FormatDuration(min), " to ",
                              absl::FormatDuration(max), ", like 250ms, 3s or 2h");
}

void Settings::Choice(absl::string_view key, absl::string_view fallback,
                      const std::vector<std::string>& choices, absl::string_view help) {
  Setting& setting = Declare(key, Kind::kChoice, fallback, help);
  setting.choices = choices;
  setting.rule = absl::StrCat("one of ", absl::StrJoin(choices, ", "));
}

void Settings::List(absl::string_view key, absl::string_view fallback, absl::string_view help) {
  Declare(key, Kind::kList, fallback, help).rule = "a list, parted by commas";
}

void Settings::SecretFile(absl::string_view key, absl::string_view help) {
  Declare(key, Kind::kSecretFile, "", help).rule = "the path of a file that only its owner can read";
}

std::string Settings::Misfit(const Setting& setting, absl::string_view value) {
  switch (setting.kind) {
    case Kind::kText:
      return setting.required && value.empty() ? "must not be empty" : "";
    case Kind::kList:
      return "";
    case Kind::kInteger: {
      int64_t number = 0;
      const bool fits = absl::SimpleAtoi(value, &number) && number >= setting.min && number <= setting.max;
      return fits ? "" : absl::StrCat("must be ", setting.rule);
    }
    case Kind::kFlag: {
      bool flag = false;
      return ParseFlag(value, &flag) ? "" : absl::StrCat("must be ", setting.rule);
    }
    case Kind::kDuration: {
      absl::Duration duration;
      const bool fits = absl::ParseDuration(std::string(value), &duration) && duration >= setting.shortest &&
                        duration <= setting.longest;
      return fits ? "" : absl::StrCat("must be ", setting.rule);
    }
    case Kind::kChoice:
      for (const std::string& choice : setting.choices) {
        if (value == choice) return "";
      }
      return absl::StrCat("must be ", setting.rule);
    case Kind::kSecretFile: {
      if (value.empty()) return "";
      const absl::StatusOr<std::string> secret = ReadSecret(std::string(value));
      return secret.ok() ? "" : std::string(secret.status().message());
    }
  }
  return "";
}

const Settings::Setting& Settings::Find(absl::string_view key, Kind kind) const {
  auto it = settings_.find(key);
  if (it == settings_.end() || it->second.kind != kind) Defect("not declared with this type", key);
  return it->second;
}

const std::string& Settings::text(absl::string_view key) const {
  auto it = settings_.find(key);
  if (it != settings_.end() && it->second.kind == Kind::kChoice) return it->second.value;
  return Find(key, Kind::kText).value;
}

int64_t Settings::integer(absl::string_view key) const {
  int64_t number = 0;
  if (!absl::SimpleAtoi(Find(key, Kind::kInteger).value, &number)) Defect("read before it was checked", key);
  return number;
}

bool Settings::flag(absl::string_view key) const {
  bool flag = false;
  if (!ParseFlag(Find(key, Kind::kFlag).value, &flag)) Defect("read before it was checked", key);
  return flag;
}

absl::Duration Settings::duration(absl::string_view key) const {
  absl::Duration duration;
  if (!absl::ParseDuration(Find(key, Kind::kDuration).value, &duration))
    Defect("read before it was checked", key);
  return duration;
}

std::vector<std::string> Settings::list(absl::string_view key) const {
  std::vector<std::string> entries;
  for (absl::string_view entry : absl::StrSplit(Find(key, Kind::kList).value, ',')) {
    entry = absl::StripAsciiWhitespace(entry);
    if (!entry.empty()) entries.emplace_back(entry);
  }
  return entries;
}

absl::StatusOr<std::string> Settings::secret(absl::string_view key) const {
  const Setting& setting = Find(key, Kind::kSecretFile);
  return setting.value.empty() ? std::string() : ReadSecret(setting.value);
}

}  // namespace kepu::config
