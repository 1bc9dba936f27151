#include "services/cli/command.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/identity.pb.h"
#include "services/cli/accounts.h"
#include "services/cli/importer.h"
#include "services/cli/private_file.h"
#include "services/cli/report.h"
#include "services/cli/resources.h"

namespace kepu::cli {
namespace {

constexpr char kHelp[] = R"(Usage: kepu COMMAND [OPTIONS]
  login --user NAME            log in; the password is asked for, or read from --password-file
  logout                       end the login
  bootstrap --user NAME --code-file FILE
                               make the first administrator of a new installation
  get NAME                     show an object: venues/cqstm, campaigns/stw-2026, venues
  import FOLDER|FILE...        bring tables into the system
Options
  --server URL                 the gateway (KEPU_SERVER, or http://127.0.0.1:8080)
  --token-file FILE            where the login is kept (~/.config/kepu/token)
  --password-file FILE         instead of asking
  --format table|json          of reports (table)
  --today DAY                  import: the day from which "week+3" counts
  --accounts FILE              import: where passwords of new accounts are written (accounts.json)
Tables are CSV in UTF-8, named after what they hold: districts, district-merges, towns, town-moves, communities,
organizations, schools, school-merges, calendars, venues, spaces, alliances, exhibits, custodies, series, caravans,
stop-requests, routes, exhibitions, programmes, events, sessions, shifts, accounts; venues.north.csv holds venues too.
Columns are named like the fields of the API, display_name.zh; columns that begin with # are for people; an empty
cell says nothing.
  days          2026-12-05, today+1, week+3 (days after the second Saturday from --today)
  hours         09:30
  times         2026-12-05 14:00, week+3 09:30 (local), 2026-12-05T14:00:00+08:00
  ranges        week+2 until week+30
  lists         with semicolons between
  opening       Tue-Sun 09:30-17:00 last 16:30; OPEN_ON_HOLIDAYS, or: by announcement
  pools         all 90; pupils 80 PUPILS_ONLY kinds SCHOOL|GROUP
  codes         500234 until 2016-07-22; 500154 from 2016-07-22
  marks         ACTIVITY_ROOM from 2018-09-01; FEATURE_SCHOOL from 2017-01-01 until 2020-01-01
Importing the same files again changes nothing.
Exit codes: 0 done, 1 rows were refused (each is named with its reason), 2 wrong usage, 3 a file cannot be read,
  4 the server cannot be reached, 5 not logged in or not allowed.
)";

Result Fail(int code, absl::string_view text) { return {code, "", absl::StrCat("kepu: ", text, "\n")}; }

Result FromStatus(const absl::Status& status) {
  const bool login = absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status);
  const int code = absl::IsUnavailable(status) ? kUnreachable : (login ? kNotAllowed : kRowsRefused);
  return Fail(code, absl::StrCat(status.message(),
                                 absl::IsUnauthenticated(status) ? "; log in with: kepu login" : ""));
}

// Arguments taken apart: options with their values, and the rest in order.
struct Arguments {
  std::map<std::string, std::string> options;
  std::vector<std::string> rest;
  std::string error;

  std::string Get(const std::string& name, const std::string& otherwise = "") const {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : found->second;
  }
};

Arguments Parse(const std::vector<std::string>& words) {
  static const std::vector<std::string>& known =
      *new std::vector<std::string>{"--server", "--token-file", "--password-file", "--format",
                                    "--today",  "--accounts",   "--user",          "--code-file"};
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    if (!absl::StartsWith(words[i], "--")) {
      arguments.rest.push_back(words[i]);
    } else if (std::find(known.begin(), known.end(), name) == known.end()) {
      arguments.error = absl::StrCat("unknown option ", name);
    } else if (name.size() < words[i].size()) {
      arguments.options[name] = words[i].substr(name.size() + 1);
    } else if (i + 1 < words.size()) {
      arguments.options[name] = words[++i];
    } else {
      arguments.error = absl::StrCat(name, " wants a value");
    }
  }
  return arguments;
}

class Command {
 public:
  Command(Arguments arguments, const World& world)
      : arguments_(std::move(arguments)),
        world_(world),
        token_file_(arguments_.Get("--token-file", absl::StrCat(world.home, "/.config/kepu/token"))),
        api_([this](absl::string_view method, absl::string_view path, absl::string_view body,
                    absl::string_view token) { return world_.request(Server(), method, path, body, token); },
             world.pause) {
    if (const absl::StatusOr<std::string> token = ReadPrivateFile(token_file_); token.ok())
      api_.set_token(*token);
  }

  Result Login() {
    const absl::StatusOr<std::string> password = Password();
    if (!password.ok()) return Fail(kBadFile, password.status().message());
    identity::v1::LoginRequest request;
    request.set_user_name(arguments_.Get("--user"));
    request.set_password(*password);
    identity::v1::LoginResponse answer;
    api_.set_token("");
    const Outcome outcome = api_.Call("POST", "/v1/users:login", {}, ToJson(request), &answer);
    if (absl::IsUnauthenticated(outcome.status)) return Fail(kNotAllowed, outcome.status.message());
    if (!outcome.status.ok()) return FromStatus(outcome.status);
    if (absl::Status status = WritePrivateFile(token_file_, absl::StrCat(answer.token(), "\n"));
        !status.ok()) {
      return Fail(kBadFile, status.message());
    }
    return {kDone, absl::StrCat("logged in as ", answer.user(), "\n"), ""};
  }

  Result Logout() {
    identity::v1::LogoutRequest request;
    request.set_token(api_.token());
    const Outcome outcome = api_.Call("POST", "/v1/users:logout", {}, ToJson(request), nullptr);
    if (!outcome.status.ok()) return FromStatus(outcome.status);
    std::error_code error;
    std::filesystem::remove(token_file_, error);
    return {kDone, "logged out\n", ""};
  }

  Result Bootstrap() {
    const absl::StatusOr<std::string> code = ReadPrivateFile(arguments_.Get("--code-file"));
    if (!code.ok()) return Fail(kBadFile, code.status().message());
    const absl::StatusOr<std::string> password = Password();
    if (!password.ok()) return Fail(kBadFile, password.status().message());
    identity::v1::BootstrapAdminRequest request;
    request.set_code(*code);
    request.set_user_name(arguments_.Get("--user"));
    request.set_password(*password);
    request.set_request_id(absl::StrCat("bootstrap-", request.user_name()).substr(0, 64));
    identity::v1::User user;
    api_.set_token("");
    const Outcome outcome = api_.Call("POST", "/v1/users:bootstrap", {}, ToJson(request), &user);
    if (!outcome.status.ok()) return FromStatus(outcome.status);
    return {kDone, absl::StrCat(user.name(), " is the first administrator\n"), ""};
  }

  Result Get() {
    const Outcome outcome = api_.Call("GET", absl::StrCat("/v1/", arguments_.rest.at(1)), {}, "", nullptr);
    if (!outcome.status.ok()) return FromStatus(outcome.status);
    return {kDone, outcome.body + "\n", ""};
  }

  Result Import() {
    absl::CivilDay today = world_.today;
    if (const std::string day = arguments_.Get("--today");
        !day.empty() && !absl::ParseCivilTime(day, &today)) {
      return Fail(kUsage, "--today wants a day like 2026-11-21");
    }
    const std::string format = arguments_.Get("--format", "table");
    if (format != "table" && format != "json") return Fail(kUsage, "--format wants table or json");
    std::vector<CsvTable> tables;
    for (const std::string& path : Files()) {
      absl::StatusOr<CsvTable> table = ReadCsv(path);
      if (!table.ok()) return Fail(kBadFile, absl::StrCat(path, ": ", table.status().message()));
      tables.push_back(*std::move(table));
    }
    if (tables.empty()) return Fail(kBadFile, "no .csv file there");
    Report report;
    const absl::Status status = ImportInOrder(tables, Days(today), report);
    Result result{report.refused().empty() ? kDone : kRowsRefused,
                  format == "json" ? report.ToJson() : report.ToText(), ""};
    if (!status.ok()) {
      const Result failed = FromStatus(status);
      result.code = failed.code;
      result.err = failed.err;
    }
    return result;
  }

 private:
  std::string Server() const {
    return arguments_.Get("--server", world_.server.empty() ? "http://127.0.0.1:8080" : world_.server);
  }

  absl::StatusOr<std::string> Password() const {
    const std::string file = arguments_.Get("--password-file");
    return file.empty() ? world_.ask_password() : ReadPrivateFile(file);
  }

  // The files that are named, and those of the folders that are named, by name.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (size_t i = 1; i < arguments_.rest.size(); ++i) {
      const std::string& path = arguments_.rest[i];
      std::error_code error;
      if (!std::filesystem::is_directory(path, error)) {
        files.push_back(path);
        continue;
      }
      std::vector<std::string> inside;
      for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
        if (entry.path().extension() == ".csv") inside.push_back(entry.path().string());
      }
      std::sort(inside.begin(), inside.end());
      files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
  }

  absl::Status ImportInOrder(const std::vector<CsvTable>& tables, const Days& days, Report& report) {
    Importer importer(api_, days, report);
    for (const Resource& resource : Resources()) {
      for (const CsvTable& table : tables) {
        if (ResourceOf(table.file) != &resource) continue;
        if (absl::Status status = importer.Import(resource, table); !status.ok()) return status;
      }
    }
    for (const CsvTable& table : tables) {
      if (ResourceOf(table.file) != nullptr) continue;
      if (table.file != "accounts.csv" && !absl::StartsWith(table.file, "accounts.")) {
        report.Note(table.file, "left out: nothing of this name can be imported");
        continue;
      }
      AccountsImporter accounts(api_, report, arguments_.Get("--accounts", "accounts.json"), MakePassword);
      if (absl::Status status = accounts.Import(table); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const Arguments arguments_;
  const World& world_;
  const std::string token_file_;
  Api api_;
};

}  // namespace

Result RunCommand(const std::vector<std::string>& words, const World& world) {
  if (words.empty() || words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    return {words.empty() ? kUsage : kDone, kHelp, ""};
  }
  Arguments arguments = Parse(words);
  if (!arguments.error.empty()) return Fail(kUsage, arguments.error + "; see kepu help");
  if (arguments.rest.empty()) return Fail(kUsage, "no command; see kepu help");
  const std::string verb = arguments.rest.front();
  const size_t count = arguments.rest.size();
  const bool has_user = !arguments.Get("--user").empty();
  Command command(std::move(arguments), world);
  if (verb == "login" && has_user) return command.Login();
  if (verb == "logout") return command.Logout();
  if (verb == "bootstrap" && has_user) return command.Bootstrap();
  if (verb == "get" && count == 2) return command.Get();
  if (verb == "import" && count >= 2) return command.Import();
  return Fail(kUsage, absl::StrCat("\"", verb, "\" is no command, or something is missing; see kepu help"));
}

}  // namespace kepu::cli
