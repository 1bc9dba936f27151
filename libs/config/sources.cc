#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/config/config.h"

namespace kepu::config {
namespace {

constexpr char kPrefix[] = "KEPU_";
constexpr char kConfigVariable[] = "KEPU_CONFIG";
// Variables of building and testing, which programs inherit from there.
constexpr const char* kNotSettings[] = {kConfigVariable, "KEPU_BUILD", "KEPU_SEED"};
// Refused beyond: whoever passes a thousand lines has named the wrong file.
constexpr int kMaxLines = 1000;
constexpr size_t kMaxValueBytes = 4096;

// Insertions, removals and changes that make one of the other.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::string VariableOf(absl::string_view key) { return absl::StrCat(kPrefix, absl::AsciiStrToUpper(key)); }

bool IsNotSetting(absl::string_view variable) {
  return absl::StartsWith(variable, "KEPU_TEST_") ||
         std::find(std::begin(kNotSettings), std::end(kNotSettings), variable) != std::end(kNotSettings);
}

}  // namespace

std::vector<std::string> Environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

absl::StatusOr<Settings::Next> Settings::Read(const std::vector<std::string>& arguments,
                                              const std::vector<std::string>& environment, std::string* out) {
  std::string file;
  for (const std::string& entry : environment) {
    absl::string_view rest = entry;
    if (absl::ConsumePrefix(&rest, absl::StrCat(kConfigVariable, "="))) file = std::string(rest);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view rest = arguments[i];
    if (absl::ConsumePrefix(&rest, "--config=")) file = std::string(rest);
    if (arguments[i] == "--config" && i + 1 < arguments.size()) file = arguments[i + 1];
  }
  errors_.clear();
  wants_help_ = wants_check_ = false;
  if (!file.empty()) ReadFile(file);
  ReadEnvironment(environment);
  ReadArguments(arguments);
  if (wants_help_) {
    *out = Help();
    return Next::kStop;
  }
  for (const auto& [key, setting] : settings_) {
    if (const std::string misfit = Misfit(setting, setting.value); !misfit.empty()) {
      errors_.push_back(absl::StrCat(key, " (", setting.source, "): ", misfit,
                                     setting.kind == Kind::kSecretFile || setting.value.empty()
                                         ? ""
                                         : absl::StrCat(", not \"", setting.value, "\"")));
    }
  }
  if (!errors_.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  if (!wants_check_) return Next::kRun;
  *out = absl::StrCat(Show(), "The configuration is good.\n");
  return Next::kStop;
}

void Settings::Assign(absl::string_view key, absl::string_view value, absl::string_view source) {
  auto it = settings_.find(key);
  if (it == settings_.end()) {
    const std::string nearest = Nearest(key);
    errors_.push_back(absl::StrCat(key, " (", source, "): there is no such setting",
                                   nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")));
    return;
  }
  if (value.size() > kMaxValueBytes) {
    errors_.push_back(absl::StrCat(key, " (", source, "): is longer than ", kMaxValueBytes, " bytes"));
    return;
  }
  it->second.value = std::string(value);
  it->second.source = std::string(source);
}

void Settings::ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  int number = 0;
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    errors_.push_back(absl::StrCat(path, ": cannot be read, or is empty"));
    return;
  }
  while (std::getline(file, line)) {
    const std::string source = absl::StrCat(path, ":", ++number);
    if (number > kMaxLines) {
      errors_.push_back(absl::StrCat(path, ": more than ", kMaxLines, " lines"));
      return;
    }
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || text.front() == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (!absl::StrContains(text, '=')) {
      errors_.push_back(absl::StrCat(source, ": \"", text, "\" is no line like key = value"));
      continue;
    }
    Assign(absl::StripAsciiWhitespace(parts.first), absl::StripAsciiWhitespace(parts.second), source);
  }
}

void Settings::ReadEnvironment(const std::vector<std::string>& environment) {
  for (const std::string& entry : environment) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    absl::string_view key = parts.first;
    if (!absl::ConsumePrefix(&key, kPrefix) || IsNotSetting(parts.first)) continue;
    Assign(absl::AsciiStrToLower(key), parts.second, absl::StrCat("environment ", parts.first));
  }
}

void Settings::ReadArguments(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view text = arguments[i];
    if (!absl::ConsumePrefix(&text, "--") || text.empty()) {
      errors_.push_back(absl::StrCat("\"", arguments[i], "\" (command line): is no option like --key=value"));
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    const std::string key = absl::StrReplaceAll(parts.first, {{"-", "_"}});
    const bool has_value = absl::StrContains(text, '=');
    if (key == "help" && !has_value) {
      wants_help_ = true;
    } else if (key == "check_config" && !has_value) {
      wants_check_ = true;
    } else if (has_value) {
      if (key != "config") Assign(key, parts.second, "command line");
    } else if (auto it = settings_.find(key); it != settings_.end() && it->second.kind == Kind::kFlag) {
      Assign(key, "true", "command line");
    } else if (i + 1 < arguments.size() && (it != settings_.end() || key == "config")) {
      ++i;
      if (key != "config") Assign(key, arguments[i], "command line");
    } else if (it == settings_.end() && key != "config") {
      Assign(key, "", "command line");
    } else {
      errors_.push_back(absl::StrCat(key, " (command line): needs a value"));
    }
  }
}

std::string Settings::Nearest(absl::string_view key) const {
  std::string nearest;
  size_t best = 4;
  for (const auto& [known, setting] : settings_) {
    const size_t distance = Distance(key.substr(0, 64), known);
    if (distance < best) {
      best = distance;
      nearest = known;
    }
  }
  return nearest;
}

std::string Settings::Help() const {
  std::string help = absl::StrCat(
      program_, ": ", purpose_, "\n\nSettings, each as --key=value, as ", VariableOf("key"),
      " in the environment, or as key = value in the file that --config or ", kConfigVariable,
      " names; the command line wins over the environment, the ", "environment over the file.\n\n");
  for (const auto& [key, setting] : settings_) {
    absl::StrAppend(&help, "  --", key, "\n      ", setting.help, "\n      ", setting.rule);
    if (!setting.fallback.empty()) absl::StrAppend(&help, "; default ", setting.fallback);
    absl::StrAppend(&help, "\n");
  }
  absl::StrAppend(&help, "  --check-config\n      Checks the settings, shows them, and ends.\n",
                  "  --help\n      Shows this.\n");
  return help;
}

std::string Settings::Show() const {
  std::string shown;
  for (const auto& [key, setting] : settings_) {
    absl::StrAppend(&shown, key, " = ", setting.value, "  # ", setting.source, "\n");
  }
  return shown;
}

}  // namespace kepu::config
