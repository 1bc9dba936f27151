#include "tests/tidy/includes.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace kepu::tidy {
namespace {

// The libraries that a domain may see: pure, without I/O, clock or threads.
constexpr std::array<absl::string_view, 9> kPureLibs = {"aggregate", "calendar", "chain",  "geo", "intervals",
                                                        "names",     "refusal",  "travel", "text"};

// Headers of std that bring clocks, threads or the outside world into a pure room.
constexpr std::array<absl::string_view, 17> kImpureStd = {
    "thread",   "mutex",  "shared_mutex", "condition_variable", "atomic", "future",  "chrono",  "fstream",
    "iostream", "random", "cstdio",       "filesystem",         "ctime",  "csignal", "cstdlib", "regex",
    "time.h"};

// A library of others that is kept in one place, so that it can be replaced there.
struct Room {
  absl::string_view prefix;                // of the include
  std::vector<absl::string_view> allowed;  // prefixes of paths
  absl::string_view suffix;                // of the path, within `allowed`
};

const std::vector<Room>& Rooms() {
  static const std::vector<Room>& rooms = *new std::vector<Room>{
      {"hiredis/", {"libs/redis/", "tests/"}, ".cc"},
      {"boost/", {"services/gateway/http/", "tests/"}, ".cc"},
      {"spdlog/", {"libs/log/"}, ".cc"},
      {"prometheus/", {"libs/metrics/"}, ".cc"},
      {"grpc", {"libs/rpc/grpc/", "services/gateway/upstream/", "tests/"}, ""},
      {"curl/", {"services/cli/", "services/identity/provider/", "tests/"}, ".cc"},
      {"csv.h", {"services/cli/", "tests/"}, ".cc"},
      {"expat.h", {"services/cli/"}, ".cc"},
      {"xlsxwriter.h", {"services/cli/"}, ".cc"},
      {"zip.h", {"services/cli/"}, ".cc"},
      {"lemon/", {"services/"}, ".cc"},
      {"gecode/", {"services/"}, ".cc"},
      {"coin/", {"services/venue/planner/"}, ".cc"},
      {"unicode/", {"libs/"}, ".cc"},
      {"pango/", {"libs/letter/"}, ".cc"},
      {"cairo", {"libs/letter/"}, ".cc"},
      {"qrencode.h", {"libs/letter/"}, ".cc"},
  };
  return rooms;
}

struct Include {
  int line;
  std::string path;
  bool angled;
};

std::vector<Include> IncludesOf(absl::string_view text) {
  std::vector<Include> includes;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (!absl::ConsumePrefix(&line, "#")) continue;
    line = absl::StripLeadingAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&line, "include")) continue;
    line = absl::StripLeadingAsciiWhitespace(line);
    if (line.empty() || (line[0] != '"' && line[0] != '<')) continue;
    const char end = line[0] == '"' ? '"' : '>';
    const size_t close = line.find(end, 1);
    if (close == absl::string_view::npos) continue;
    includes.push_back({number, std::string(line.substr(1, close - 1)), end == '>'});
  }
  return includes;
}

// The part of `path` at `index` between slashes; empty when there is none.
absl::string_view Part(absl::string_view path, size_t index) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  return index < parts.size() ? parts[index] : absl::string_view();
}

template <class List>
bool Has(const List& list, absl::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Why a domain may not include this; empty when it may.
std::string WhyNotInDomain(absl::string_view service, const Include& include) {
  const absl::string_view path = include.path;
  if (include.angled && path.find('/') == absl::string_view::npos) {
    return Has(kImpureStd, path) ? "clocks, threads and I/O are arguments of a decision, not its own" : "";
  }
  if (absl::StartsWith(path, "absl/")) {
    const bool impure = path == "absl/time/clock.h" || absl::StartsWith(path, "absl/synchronization/") ||
                        absl::StartsWith(path, "absl/random/");
    return impure ? "time and randomness are arguments of a decision" : "";
  }
  if (absl::StartsWith(path, absl::StrCat("services/", service, "/domain/"))) return "";
  if (absl::StartsWith(path, "services/")) return "a domain sees only its own domain";
  // The rules of claims and records; the rest of libs/reservation drives them.
  if (path == "libs/reservation/claim.h" || path == "libs/reservation/keeping.h" ||
      path == "libs/reservation/record.h")
    return "";
  // The rules of resources that are kept whole; the rest of libs/document serves them.
  if (path == "libs/document/document.h") return "";
  if (absl::StartsWith(path, "libs/")) {
    return Has(kPureLibs, Part(path, 1)) ? "" : "a domain sees only the pure libraries";
  }
  if (absl::StartsWith(path, "kepu/") || absl::StartsWith(path, "google/type/")) {
    return absl::EndsWith(path, ".pb.h") && !absl::EndsWith(path, ".grpc.pb.h")
               ? ""
               : "messages are values, stubs are not";
  }
  return "a domain sees std, Abseil, its own headers, the pure libraries and messages";
}

// Rooms of a service, from the inside out: a room sees those inside it, never those around it.
std::vector<absl::string_view> RoomsSeenBy(absl::string_view room) {
  if (room == "domain") return {"domain"};
  if (room == "planner") return {"planner", "domain"};
  if (room == "store") return {"store", "domain"};
  if (room == "provider") return {"provider", "domain"};
  if (room == "api") return {"api", "store", "domain", "planner", "provider"};
  return {};
}

void CheckService(const File& file, const Include& include, Findings& out) {
  const absl::string_view service = Part(file.path, 1);
  const absl::string_view room = Part(file.path, 2);
  if (absl::StartsWith(include.path, "services/")) {
    // The command line calls by the table that the gateway routes by.
    const bool routes = service == "cli" && absl::StartsWith(include.path, "services/gateway/transcode/");
    if (Part(include.path, 1) != service && !routes) {
      out.push_back({file.path, include.line, "service-includes-service",
                     "a service calls another by RPC or follows its log; it never includes it"});
      return;
    }
    const std::vector<absl::string_view> seen = RoomsSeenBy(room);
    if (room != "domain" && !seen.empty() && !Has(seen, Part(include.path, 2))) {
      out.push_back(
          {file.path, include.line, "room-order", absl::StrCat("the room ", room, " may not see this one")});
    }
  }
  if (room != "domain") return;
  if (const std::string why = WhyNotInDomain(service, include); !why.empty()) {
    out.push_back({file.path, include.line, "impure-domain", why});
  }
}

bool MayUse(const Room& room, absl::string_view path) {
  return std::any_of(room.allowed.begin(), room.allowed.end(), [&](absl::string_view folder) {
    return absl::StartsWith(path, folder) &&
           (absl::EndsWith(path, room.suffix) || absl::StartsWith(path, "tests/"));
  });
}

void CheckForeignLibrary(const File& file, const Include& include, Findings& out) {
  for (const Room& room : Rooms()) {
    if (!absl::StartsWith(include.path, room.prefix) || MayUse(room, file.path)) continue;
    // A composition root wires gRPC; it is the only file of a service outside the rooms that knows it.
    const bool wiring = room.prefix == "grpc" && absl::StartsWith(file.path, "services/") &&
                        absl::EndsWith(file.path, "/main.cc");
    const bool planner =
        (room.prefix == "lemon/" || room.prefix == "gecode/") && Part(file.path, 2) == "planner";
    if (wiring || (planner && absl::EndsWith(file.path, ".cc"))) continue;
    out.push_back(
        {file.path, include.line, "foreign-library",
         absl::StrCat(include.path, " belongs into ", room.allowed.front(), "*", room.suffix, " only")});
  }
}

}  // namespace

Findings CheckIncludes(const File& file) {
  Findings out;
  if (!absl::EndsWith(file.path, ".cc") && !absl::EndsWith(file.path, ".h")) return out;
  const bool in_tests = absl::StartsWith(file.path, "tests/");
  for (const Include& include : IncludesOf(file.text)) {
    if (absl::StartsWith(file.path, "libs/") && absl::StartsWith(include.path, "services/")) {
      out.push_back({file.path, include.line, "libs-include-services", "a library never knows who uses it"});
    }
    if (!in_tests && absl::StartsWith(include.path, "tests/")) {
      out.push_back({file.path, include.line, "includes-tests", "what is shipped does not include tests"});
    }
    if (absl::StartsWith(file.path, "services/")) CheckService(file, include, out);
    if (absl::StartsWith(file.path, "deploy/supervise/") && !include.angled &&
        !absl::StartsWith(include.path, "deploy/supervise/") && !absl::StartsWith(include.path, "absl/")) {
      out.push_back(
          {file.path, include.line, "supervisor-alone", "the supervisor must work whatever else is broken"});
    }
    CheckForeignLibrary(file, include, out);
  }
  return out;
}

}  // namespace kepu::tidy
