#include "services/cli/command.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/audit_command.h"
#include "services/cli/completion.h"
#include "services/cli/export_command.h"
#include "services/cli/import_command.h"
#include "services/cli/login_commands.h"
#include "services/cli/session.h"
#include "services/cli/thing_commands.h"

namespace kepu::cli {
namespace {

constexpr char kTablesHelp[] = R"(
Tables are CSV in UTF-8 or the first sheet of an XLSX workbook, named after what they hold: districts,
district-merges, towns, town-moves, communities, organizations, schools, school-merges, calendars, venues, spaces,
alliances, exhibits, custodies, series, caravans, stop-requests, routes, exhibitions, programmes, courses,
responsibilities, campaigns, events, school-contracts, sessions, roles, shifts, accounts; venues.north.csv holds
venues too. Columns are named like the fields of the API, display_name.zh; columns that begin with # are for people;
an empty cell says nothing; an apostrophe before = + - @ is taken away.
  days          2026-12-05, today+1, week+3 (days after the second Saturday from --today)
  hours         09:30
  times         2026-12-05 14:00, week+3 09:30 (local), 2026-12-05T14:00:00+08:00
  ranges        week+2 until week+30
  lists         with semicolons between, or JSON: ["a","b"]
  opening       Tue-Sun 09:30-17:00 last 16:30; OPEN_ON_HOLIDAYS, or: by announcement
  pools         all 90; pupils 80 PUPILS_ONLY kinds SCHOOL|GROUP
  codes         500234 until 2016-07-22; 500154 from 2016-07-22
  marks         ACTIVITY_ROOM from 2018-09-01; FEATURE_SCHOOL from 2017-01-01 until 2020-01-01
  anything else JSON of the field
Importing the same files again changes nothing, and neither does importing what was exported.
)";

constexpr char kExitCodes[] = R"(
Exit codes: 0 done, 1 the server said no or rows were refused (each is named with its reason), 2 wrong usage, 3 a file
  cannot be read or written, 4 the server cannot be reached or is busy, 5 not logged in or not allowed, 6 not found,
  7 somebody else changed it meanwhile.
)";

struct CommandRow {
  absl::string_view name;
  absl::string_view arguments;
  absl::string_view help;
  size_t words_min;  // with the command itself
  size_t words_max;
  Result (*run)(Session&);
};

constexpr size_t kMany = 10000;

const std::vector<CommandRow>& Commands() {
  static const std::vector<CommandRow>& table = *new std::vector<CommandRow>{
      {"login", "--user NAME", "log in; the password is asked for, or read from --password-file", 1, 1,
       Login},
      {"logout", "", "end the login", 1, 1, Logout},
      {"whoami", "", "who is logged in where, with which roles", 1, 1, WhoAmI},
      {"profiles", "", "the logins that are kept", 1, 1, ListProfiles},
      {"list", "COLLECTION", "venues, events/x/sessions; --filter, --fields, --all", 2, 2, List},
      {"show", "NAME", "venues/cqstm, users/me", 2, 2, Show},
      {"get", "NAME", "as show, in JSON", 2, 2, Show},
      {"create", "COLLECTION", "from --set and --file; --id where ids are given", 2, 2, Create},
      {"update", "NAME", "what --set and --file say, nothing else", 2, 2, Update},
      {"delete", "NAME", "what nothing refers to", 2, 2, Delete},
      {"do", "NAME:VERB", "a custom method: sessions/x:cancel --set reason.zh=…", 2, 2, Do},
      {"call", "METHOD", "any method by its own name: ListMembers --set on=venues/x", 2, 2, CallMethod},
      {"methods", "[WORD]", "all methods, or those with a word in them", 1, 2, ListMethods},
      {"describe", "METHOD|NAME", "what a method takes and answers", 2, 2, Describe},
      {"import", "FOLDER|FILE...", "bring tables into the system; see kepu help import", 2, kMany, Import},
      {"export", "COLLECTION", "to a table or JSON lines: --to venues.xlsx; --all --to FOLDER", 1, 2, Export},
      {"audit", "[NAME]", "who changed it and when; or what oneself, or --person, did", 1, 2, Audit},
      {"bootstrap", "--user NAME --code-file FILE", "make the first administrator of a new installation", 1,
       1, Bootstrap},
      {"completion", "bash|zsh", "the script that completes command lines", 2, 2, nullptr},
      {"help", "[COMMAND]", "this", 1, 2, nullptr},
  };
  return table;
}

const CommandRow* CommandOf(absl::string_view name) {
  const auto found = std::find_if(Commands().begin(), Commands().end(),
                                  [&](const CommandRow& row) { return row.name == name; });
  return found == Commands().end() ? nullptr : &*found;
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const CommandRow& row : Commands()) names.emplace_back(row.name);
  return names;
}

std::string Help(absl::string_view about) {
  std::string text = "Usage: kepu COMMAND [OPTIONS]\n";
  std::vector<std::vector<std::string>> rows;
  for (const CommandRow& row : Commands()) {
    if (about.empty() || row.name == about)
      rows.push_back({"", absl::StrCat(row.name, row.arguments.empty() ? "" : " ", row.arguments),
                      std::string(row.help)});
  }
  absl::StrAppend(&text, TextTable(rows, 0));
  if (about == "import" || about == "export") return text + kTablesHelp;
  if (!about.empty()) return text;
  rows.clear();
  for (const Option& option : Options()) {
    rows.push_back({"", absl::StrCat(option.name, option.value.empty() ? "" : " ", option.value),
                    std::string(option.help)});
  }
  return absl::StrCat(text, "Options\n", TextTable(rows, 0), kExitCodes);
}

Result Unknown(const std::string& verb) {
  const std::string near = Nearest(verb, CommandNames());
  return Fail(kUsage,
              absl::StrCat("\"", verb, "\" is no command",
                           near.empty() ? "; see kepu help" : absl::StrCat("; did you mean ", near, "?")));
}

// What the shell asks: the words that may stand there, a line each. The words are not options of this call.
Result CompleteWords(const std::vector<std::string>& words, const World& world) {
  Arguments arguments;
  // Where the line itself says which login is meant, names come from there.
  const Arguments line = ParseArguments(words);
  for (const char* option : {"--server", "--profile", "--token-file"}) {
    if (line.Has(option)) arguments.options[option] = line.All(option);
  }
  Session session(std::move(arguments), world);
  std::string out;
  for (const std::string& word : Complete(session, words, CommandNames())) absl::StrAppend(&out, word, "\n");
  return {kDone, out, ""};
}

}  // namespace

Result RunCommand(const std::vector<std::string>& words, const World& world) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    return {words.empty() ? kUsage : kDone, Help(""), ""};
  }
  if (words[0] == "__complete") return CompleteWords({words.begin() + 1, words.end()}, world);
  Arguments arguments = ParseArguments(words);
  if (!arguments.error.empty()) return Fail(kUsage, arguments.error + "; see kepu help");
  if (arguments.rest.empty()) return Fail(kUsage, "no command; see kepu help");
  const std::string verb = arguments.rest.front();
  const CommandRow* row = CommandOf(verb);
  if (row == nullptr) return Unknown(verb);
  const size_t count = arguments.rest.size();
  if (count < row->words_min || count > row->words_max)
    return Fail(kUsage, absl::StrCat("the usage is: kepu ", verb, " ", row->arguments));
  const std::string second = count > 1 ? arguments.rest[1] : "";
  if (verb == "help") {
    if (!second.empty() && CommandOf(second) == nullptr) return Unknown(second);
    return {kDone, Help(second), ""};
  }
  if (verb == "completion") {
    const std::string script = CompletionScript(second);
    return script.empty() ? Fail(kUsage, "completion is made for bash and zsh") : Result{kDone, script, ""};
  }
  if (verb == "get") arguments.options["--output"] = {"json"};
  if (verb == "export" && second.empty() && !arguments.Has("--all"))
    return Fail(kUsage, "export wants a collection, or --all");
  Session session(std::move(arguments), world);
  return row->run(session);
}

}  // namespace kepu::cli
