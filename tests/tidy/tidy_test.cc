// The style of the house as a test: the whole tree is read and must be clean, and each rule is shown red on
// an example that breaks it and green on its neighbour that does not.
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/tidy/functions.h"
#include "tests/tidy/includes.h"
#include "tests/tidy/text_rules.h"

namespace kepu::tidy {
namespace {

std::string RulesOf(const Findings& findings) {
  return absl::StrJoin(findings, ",",
                       [](std::string* out, const Finding& f) { absl::StrAppend(out, f.rule); });
}

struct Example {
  std::string path;
  std::string text;
  std::string rules;  // what must be found, joined by commas
};

TEST(IncludesTest, EachRuleIsRedOnItsExampleOnly) {
  const std::vector<Example> examples = {
      {"libs/store/a.cc", "#include \"services/event/domain/session.h\"\n", "libs-include-services"},
      {"libs/store/a.cc", "#include \"libs/redis/client.h\"\n", ""},
      {"libs/store/a.cc", "#include \"tests/support/redis.h\"\n", "includes-tests"},
      {"services/event/api/a.cc", "#include \"services/venue/domain/hall.h\"\n", "service-includes-service"},
      {"services/event/api/a.cc", "#include \"services/event/domain/session.h\"\n", ""},
      {"services/event/store/a.cc", "#include \"services/event/api/handlers.h\"\n", "room-order"},
      {"services/event/planner/a.cc", "#include \"services/event/store/rows.h\"\n", "room-order"},
      {"services/event/domain/a.h", "#include \"services/event/store/rows.h\"\n", "impure-domain"},
      {"services/event/domain/a.h", "#include \"services/event/domain/b.h\"\n#include <vector>\n", ""},
      {"services/event/domain/a.h", "#include \"kepu/event/log/v1/facts.pb.h\"\n", ""},
      {"services/event/domain/a.h", "#include \"libs/calendar/hours.h\"\n", ""},
      {"services/event/domain/a.h", "#include \"libs/reservation/claim.h\"\n", ""},
      {"services/event/domain/a.h", "#include \"libs/document/document.h\"\n", ""},
      {"services/event/domain/a.h", "#include \"libs/document/desk.h\"\n", "impure-domain"},
      {"services/event/domain/a.h", "#include \"libs/reservation/driver.h\"\n", "impure-domain"},
      {"services/event/domain/a.h", "#include \"libs/store/store.h\"\n", "impure-domain"},
      {"services/event/domain/a.h", "#include <mutex>\n", "impure-domain"},
      {"services/event/domain/a.h", "#include <sys/socket.h>\n", "impure-domain"},
      {"services/event/domain/a.h", "#include \"absl/time/clock.h\"\n", "impure-domain"},
      {"services/event/domain/a.h", "#include <google/protobuf/message.h>\n", "impure-domain"},
      {"libs/redis/loop.cc", "#include <hiredis/hiredis.h>\n", ""},
      {"libs/redis/loop.h", "#include <hiredis/hiredis.h>\n", "foreign-library"},
      {"services/event/store/a.cc", "#  include <hiredis/async.h>\n", "foreign-library"},
      {"services/gateway/http/a.cc", "#include <boost/beast/http.hpp>\n", ""},
      {"services/gateway/http/a.h", "#include <boost/beast/http.hpp>\n", "foreign-library"},
      {"services/event/api/a.cc", "#include <grpcpp/server.h>\n", "foreign-library"},
      {"services/event/main.cc", "#include <grpcpp/server.h>\n", ""},
      {"libs/rpc/call.cc", "#include <grpcpp/server.h>\n", "foreign-library"},
      {"libs/rpc/grpc/server.cc", "#include <grpcpp/server.h>\n", ""},
      {"libs/auth/a.cc", "#include <spdlog/spdlog.h>\n", "foreign-library"},
      {"services/event/planner/a.cc", "#include <lemon/list_graph.h>\n", ""},
      {"deploy/supervise/a.cc", "#include \"libs/names/names.h\"\n", "supervisor-alone"},
      {"tests/unit/a_test.cc", "#include \"services/event/domain/a.h\"\n#include <grpcpp/server.h>\n", ""},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(RulesOf(CheckIncludes({example.path, example.text})), example.rules) << example.path << "\n"
                                                                                   << example.text;
  }
}

std::string Lines(int count, const std::string& line) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, line, "\n");
  return text;
}

TEST(TextTest, EachRuleIsRedOnItsExampleOnly) {
  const std::string opening = "// What it is. Who owns it; thread-safe.\n#pragma once\n";
  const std::string unfinished = std::string("// TO") + "DO: later\n";
  const std::vector<Example> examples = {
      {"libs/util/a.cc", "int a;\n", "folder-name"},
      {"libs/store/a.cc", "int a;\n", ""},
      {"libs/store/CamelCase.cc", "int a;\n", "file-name"},
      {"libs/store/other.lua", "return 1\n", "stray-lua"},
      {"libs/store/commit.lua", "return 1\n", ""},
      {"libs/store/a.cc", unfinished, "unfinished"},
      {"deploy/up", unfinished, "unfinished"},
      {"deploy/up", "mktemp /tmp/a." + std::string(6, 'X') + "\n", ""},
      {"README.md", std::string("see /wo") + "rk/x\n", "machine-path"},
      {"libs/store/a.cc", Lines(kFileLinesMax, "int a;"), ""},
      {"libs/store/a.cc", Lines(kFileLinesMax + 1, "int a;"), "file-length"},
      {"tests/unit/a_test.cc", Lines(kFileLinesMax + 1, "int a;"), ""},
      {"tests/unit/a_test.cc", Lines(kTestFileLinesMax + 1, "int a;"), "file-length"},
      {"libs/store/a.cc", "void F() {\n" + Lines(kFunctionLinesMax - 2, "  G();") + "}\n", ""},
      {"libs/store/a.cc", "void F() {\n" + Lines(kFunctionLinesMax - 1, "  G();") + "}\n", "function-length"},
      {"libs/store/a.h", opening + "class A {\n  void F() {\n" + Lines(70, "    G();") + "  }\n};\n",
       "function-length"},
      {"libs/store/a.h", opening + "class A {\n" + Lines(80, "  void G();") + "};\n", ""},
      {"libs/store/a.cc", std::string(kLineWidthMax + 1, 'x') + "\n", "line-width"},
      {"libs/store/a.cc", "\"" + std::string(kLineWidthMax + 1, 'x') + "\";\n", ""},
      {"libs/store/a.cc", "// " + std::string(240, '\xe4') + "\n", "line-width"},
      {"libs/store/a.h", opening + "int a;\n", ""},
      {"libs/store/a.h", "#pragma once\nint a;\n", "header-opening,header-opening"},
      {"libs/store/a.h", "// What it is. And more.\nint a;\n", "header-opening"},
      {"libs/store/a.cc", "// ------ helpers ------\n", "banner"},
      {"libs/store/a.cc", "// DoIt(a, b);\n", "dead-code"},
      {"libs/store/a.cc", "// It does this; then that.\n", ""},
      {"libs/store/a.cc", "void F(std::string_view a);\n", "string-view"},
      {"libs/store/a.cc", "// Not std::string_view, since it does not convert.\n", ""},
      {"libs/store/a.cc", "co_await G();\n", "coroutine"},
      {"libs/store/a.cc", "using namespace std;\n", "using-namespace"},
      {"libs/store/a.cc", "throw 1;\n", "exception"},
      {"libs/store/a.cc", "Log(\"nothing to throw\");\n", ""},
      {"libs/store/a.cc", "usleep(5);\n", "sleep"},
      {"tests/unit/a_test.cc", "usleep(5);\n", ""},
      {"services/event/domain/a.cc", "auto t = absl::Now();\n", "clock"},
      {"services/event/main.cc", "auto t = absl::Now();\n", ""},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(RulesOf(CheckText({example.path, example.text})), example.rules) << example.path << "\n"
                                                                               << example.text.substr(0, 200);
  }
}

TEST(FunctionsTest, SeesThroughStringsCommentsAndScopes) {
  const std::vector<Function> found = FunctionsOf(
      "namespace a {\n"
      "struct B {\n  int F() const {\n    return 1'000;\n  }\n};\n"
      "// { not a brace\n"
      "const char* s = \"{\";\nconst char* r = R\"x({{{)x\";\nchar c = '{';\n"
      "void G() {\n  if (x) {\n    auto l = [] { return '}'; };\n  }\n}\n"
      "int table[] = {1, 2};\n"
      "}\n");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first_line, 3);
  EXPECT_EQ(found[0].last_line, 5);
  EXPECT_EQ(found[1].head, "void G()");
  EXPECT_EQ(found[1].first_line, 11);
  EXPECT_EQ(found[1].last_line, 15);
}

// What a command prints; the tests run in the top folder.
std::pair<std::string, int> Output(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {"", -1};
  std::array<char, 4096> buffer;
  for (size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), got);
  return {text, ::pclose(pipe)};
}

// The files that are ours: known to git or about to be, and never what a build makes.
std::vector<File> Tree() {
  std::vector<File> files;
  const std::string list = Output("git ls-files --cached --others --exclude-standard").first;
  for (absl::string_view path : absl::StrSplit(list, '\n', absl::SkipEmpty())) {
    std::ifstream file{std::string(path)};
    if (!file) continue;
    files.push_back(
        {std::string(path), {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
  }
  return files;
}

std::string Report(const Findings& findings) {
  return absl::StrJoin(findings, "", [](std::string* out, const Finding& f) {
    absl::StrAppend(out, f.path, ":", f.line, ": [", f.rule, "] ", f.advice, "\n");
  });
}

TEST(TreeTest, KeepsTheRulesOfTheHouse) {
  const std::vector<File> files = Tree();
  ASSERT_GT(files.size(), 20u) << "the tree was not found; run from its top folder";
  Findings findings;
  for (const File& file : files) {
    for (const auto& check : {CheckIncludes, CheckText}) {
      const Findings found = check(file);
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  EXPECT_TRUE(findings.empty()) << Report(findings);
}

TEST(TreeTest, IsFormatted) {
  // Another version formats otherwise, so only the one that the style was written for is asked; a machine
  // without it leaves this to the others.
  const std::string version = Output("clang-format --version 2>/dev/null").first;
  if (!absl::StrContains(version, "version 14.")) return;
  const auto [output, status] = Output(
      "git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' | xargs -0 -r ls -d 2>/dev/null | "
      "xargs -r clang-format --dry-run -Werror 2>&1 | grep -E 'error:' | cut -d: -f1 | sort -u");
  EXPECT_EQ(output, "") << "run clang-format -i on these";
}

}  // namespace
}  // namespace kepu::tidy
