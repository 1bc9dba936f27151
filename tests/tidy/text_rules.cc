#include "tests/tidy/text_rules.h"

#include <algorithm>
#include <array>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tidy/functions.h"

namespace kepu::tidy {
namespace {

// A room with such a name collects whatever nobody wanted to place.
constexpr std::array<absl::string_view, 9> kBannedFolders = {"util", "utils", "common", "helper", "helpers",
                                                             "misc", "core",  "base",   "shared"};

// Written in pieces, so that this file does not find itself.
const std::vector<std::string>& UnfinishedWords() {
  static const auto& words = *new std::vector<std::string>{
      absl::StrCat("TO", "DO"),           absl::StrCat("FIX", "ME"),      absl::StrCat("X", "XX"),
      absl::StrCat("HA", "CK"),           absl::StrCat("GTEST_", "SKIP"), absl::StrCat("DISABLED", "_"),
      absl::StrCat("not imple", "mented")};
  return words;
}

bool IsWordSign(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// `word` stands in `line` and is no part of a longer one, but that a name may go on behind its last
// underscore.
bool HasWord(absl::string_view line, absl::string_view word) {
  for (size_t at = line.find(word); at != absl::string_view::npos; at = line.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordSign(line[at - 1]);
    if (begins && (word.back() == '_' || end == line.size() || !IsWordSign(line[end]))) return true;
  }
  return false;
}

// "// ----", "// ====": four signs of one kind where a sentence should begin.
bool IsBanner(absl::string_view line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "//")) return false;
  line = absl::StripLeadingAsciiWhitespace(line);
  return line.size() >= 4 && absl::StrContains("-=*#/~_", line.substr(0, 1)) && line[0] == line[1] &&
         line[0] == line[2] && line[0] == line[3];
}

const std::array<std::string, 3>& MachinePaths() {
  static const auto& paths = *new std::array<std::string, 3>{
      std::string("/wo") + "rk/", std::string("/ro") + "ot/", std::string("/ho") + "me/"};
  return paths;
}

bool IsCpp(const File& file) { return absl::EndsWith(file.path, ".cc") || absl::EndsWith(file.path, ".h"); }
bool IsTest(const File& file) { return absl::StartsWith(file.path, "tests/"); }

class Checker {
 public:
  explicit Checker(const File& file) : file_(file), lines_(absl::StrSplit(file.text, '\n')) {}

  Findings Run() {
    CheckNames();
    CheckWords();
    if (IsCpp(file_)) {
      CheckLengths();
      CheckComments();
      CheckCode();
      if (absl::EndsWith(file_.path, ".h")) CheckHeaderOpening();
    }
    return std::move(out_);
  }

 private:
  void Add(size_t line, absl::string_view rule, absl::string_view advice) {
    out_.push_back({file_.path, static_cast<int>(line), std::string(rule), std::string(advice)});
  }

  void CheckNames() {
    std::vector<std::string> parts = absl::StrSplit(file_.path, '/');
    const std::string name = parts.back();
    parts.pop_back();
    for (const std::string& part : parts) {
      if (std::find(kBannedFolders.begin(), kBannedFolders.end(), part) != kBannedFolders.end()) {
        Add(0, "folder-name", absl::StrCat("name the room after the thing in it, not ", part));
      }
    }
    static const std::regex& snake = *new std::regex("[a-z0-9_]+\\.(cc|h|proto)");
    if ((IsCpp(file_) || absl::EndsWith(name, ".proto")) && !std::regex_match(name, snake)) {
      Add(0, "file-name", "files are snake_case");
    }
    const bool bench = absl::StartsWith(file_.path, "tests/bench/");
    if (absl::EndsWith(name, ".lua") && file_.path != "libs/store/commit.lua" && !bench) {
      Add(0, "stray-lua", "the only Lua is the commit function; decisions are made in C++");
    }
  }

  void CheckWords() {
    const bool prose = absl::EndsWith(file_.path, ".md");
    for (size_t i = 0; i < lines_.size(); ++i) {
      for (const std::string& word : UnfinishedWords()) {
        if (!prose && HasWord(lines_[i], word)) Add(i + 1, "unfinished", "finish it or leave it out");
      }
      for (const std::string& path : MachinePaths()) {
        if (absl::StrContains(lines_[i], path)) Add(i + 1, "machine-path", "a path of one machine");
      }
    }
  }

  void CheckLengths() {
    const size_t count = lines_.size() - (lines_.back().empty() ? 1 : 0);
    const size_t most = IsTest(file_) ? kTestFileLinesMax : kFileLinesMax;
    if (count > most) Add(0, "file-length", absl::StrCat(count, " lines; at most ", most));
    for (const Function& function : FunctionsOf(file_.text)) {
      const int length = function.last_line - function.first_line + 1;
      if (length > kFunctionLinesMax) {
        Add(static_cast<size_t>(function.first_line), "function-length",
            absl::StrCat(length, " lines; at most ", kFunctionLinesMax, ": ", function.head));
      }
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      // A long text has no good place to break. Code points, not bytes: Chinese is not three times as wide.
      if (absl::StrContains(lines_[i], "\"")) continue;
      const auto width = std::count_if(lines_[i].begin(), lines_[i].end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      });
      if (width > kLineWidthMax)
        Add(i + 1, "line-width", absl::StrCat(width, " wide; at most ", kLineWidthMax));
    }
  }

  void CheckComments() {
    static const std::regex& code = *new std::regex(R"(^\s*// .*([);]|\b(return|break|else))\s*[;{]$)");
    for (size_t i = 0; i < lines_.size(); ++i) {
      const std::string line(lines_[i]);
      if (line.find("//") == std::string::npos) continue;
      if (IsBanner(line)) Add(i + 1, "banner", "comments are sentences, not decoration");
      const bool ends_like_code = absl::EndsWith(line, ";") || absl::EndsWith(line, "{");
      if (ends_like_code && std::regex_search(line, code))
        Add(i + 1, "dead-code", "old code lives in the history");
    }
  }

  void CheckCode() {
    struct Rule {
      absl::string_view hint;  // stands in every line that the pattern finds; regular expressions are slow
      std::regex pattern;
      absl::string_view name;
      absl::string_view advice;
      bool in_tests;
    };
    static const std::vector<Rule>& rules = *new std::vector<Rule>{
        {"string_view", std::regex(R"(std::(w|u8)?string_view\b)"), "string-view",
         "Debian's Abseil does not convert it: absl::string_view", true},
        {"co_", std::regex(R"(\bco_(await|yield|return)\b)"), "coroutine",
         "g++ 12 destroys temporaries in them twice", true},
        {"using namespace", std::regex(R"(^\s*using namespace\b)"), "using-namespace", "name what is used",
         true},
        {"throw", std::regex(R"(\bthrow\b)"), "exception", "errors are absl::Status", false},
        {"leep", std::regex(R"(\b(u?sleep|nanosleep|sleep_for|sleep_until|SleepFor)\s*\()"), "sleep",
         "wait on a condition, or ask the executor", false},
    };
    const std::string code = Blank(file_.text);
    const std::vector<std::string> lines = absl::StrSplit(code, '\n');
    static const std::regex& clock =
        *new std::regex(R"(\babsl::Now\s*\(|(system|steady|high_resolution)_clock)");
    for (size_t i = 0; i < lines.size(); ++i) {
      for (const Rule& rule : rules) {
        if ((rule.in_tests || !IsTest(file_)) && absl::StrContains(lines[i], rule.hint) &&
            std::regex_search(lines[i], rule.pattern)) {
          Add(i + 1, rule.name, rule.advice);
        }
      }
      if (absl::StrContains(file_.path, "/domain/") && std::regex_search(lines[i], clock)) {
        Add(i + 1, "clock", "time is an argument of a decision");
      }
    }
  }

  // The comment before everything else: at least two sentences.
  void CheckHeaderOpening() {
    std::string opening;
    for (absl::string_view line : lines_) {
      if (!absl::StartsWith(line, "//")) break;
      absl::StrAppend(&opening, line.substr(2));
    }
    static const std::regex& sentence_end = *new std::regex(R"([.;:!?](\s|$))");
    const auto sentences = std::distance(std::sregex_iterator(opening.begin(), opening.end(), sentence_end),
                                         std::sregex_iterator());
    if (sentences < 2) {
      Add(1, "header-opening", "a header opens by saying what it is, who owns it, and its thread-safety");
    }
    if (!absl::StrContains(file_.text, "\n#pragma once\n"))
      Add(1, "header-opening", "#pragma once is missing");
  }

  const File& file_;
  std::vector<absl::string_view> lines_;
  Findings out_;
};

}  // namespace

Findings CheckText(const File& file) { return Checker(file).Run(); }

}  // namespace kepu::tidy
