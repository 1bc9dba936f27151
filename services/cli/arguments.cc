#include "services/cli/arguments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kepu::cli {
namespace {

size_t Distance(absl::string_view a, absl::string_view b) {
  // Three rows of the usual table: two letters that changed places count as one mistake.
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> above(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

}  // namespace

const std::vector<Option>& Options() {
  static const std::vector<Option>& table = *new std::vector<Option>{
      {"--server", "URL", "the gateway (KEPU_SERVER, the profile's, or http://127.0.0.1:8080)"},
      {"--profile", "NAME", "which login to use (KEPU_PROFILE); one for each server or account"},
      {"--token-file", "FILE", "a login kept as a bare token instead of a profile"},
      {"--user", "NAME", "login, bootstrap: the user name"},
      {"--password-file", "FILE", "login, bootstrap: instead of asking"},
      {"--code-file", "FILE", "bootstrap: the code of the deployment"},
      {"--output", "FORM", "table, json or ndjson (one object a line)"},
      {"--format", "FORM", "the same as --output; of export csv, xlsx or ndjson"},
      {"--language", "LANG", "zh or en (from LC_ALL, LC_MESSAGES or LANG)"},
      {"--fields", "PATHS", "only these fields: name,display_name.zh"},
      {"--filter", "FIELD=VALUE", "list: narrows by a parameter of the list; as often as needed"},
      {"--all", "", "list: every page; export: everything the login may see"},
      {"--page-size", "N", "list: how many at once"},
      {"--page-token", "TOKEN", "list: where to go on"},
      {"--set", "PATH=VALUE", "fills a field; @FILE takes the value from a file; empty clears it"},
      {"--file", "FILE", "JSON of the object or request; - reads the input"},
      {"--mask", "PATHS", "update: exactly these fields, instead of those that are set"},
      {"--etag", "ETAG", "update, delete, do: only while nobody else changed it"},
      {"--id", "ID", "create: the id of the new object"},
      {"--request-id", "ID", "repeats a change that was cut off: it takes effect once"},
      {"--to", "PATH", "where files and exports go"},
      {"--today", "DAY", "import: the day from which \"week+3\" counts"},
      {"--accounts", "FILE", "import: where passwords of new accounts are written (accounts.json)"},
      {"--dry-run", "", "import: says what would be made and changed, and changes nothing"},
      {"--from", "TIME", "audit: not before this day or time"},
      {"--until", "TIME", "audit: before this day or time"},
      {"--person", "NAME", "audit: what this user did, and what was done to them"},
  };
  return table;
}

std::string Arguments::Get(const std::string& name, const std::string& otherwise) const {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second.back();
}

std::vector<std::string> Arguments::All(const std::string& name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

Arguments ParseArguments(const std::vector<std::string>& words) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      arguments.rest.insert(arguments.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                            words.end());
      break;
    }
    if (!absl::StartsWith(words[i], "--")) {
      arguments.rest.push_back(words[i]);
      continue;
    }
    const size_t equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    const auto known = std::find_if(Options().begin(), Options().end(),
                                    [&](const Option& option) { return option.name == name; });
    if (known == Options().end()) {
      std::vector<std::string> names;
      for (const Option& option : Options()) names.emplace_back(option.name);
      const std::string near = Nearest(name, names);
      arguments.error =
          absl::StrCat("unknown option ", name, near.empty() ? "" : absl::StrCat("; did you mean ", near));
    } else if (known->value.empty()) {
      if (equals != std::string::npos) arguments.error = absl::StrCat(name, " takes no value");
      arguments.options[name].emplace_back("true");
    } else if (equals != std::string::npos) {
      arguments.options[name].push_back(words[i].substr(equals + 1));
    } else if (i + 1 < words.size()) {
      arguments.options[name].push_back(words[++i]);
    } else {
      arguments.error = absl::StrCat(name, " wants a value: ", known->value);
    }
  }
  return arguments;
}

std::string Nearest(absl::string_view word, const std::vector<std::string>& known) {
  std::string nearest;
  size_t least = std::max<size_t>(word.size() / 3, 1) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = Distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace kepu::cli
