#include "services/cli/completion.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/resources.h"
#include "services/cli/thing_commands.h"

namespace kepu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kBash[] = R"bash(# bash completion for kepu; as /usr/share/bash-completion/completions/kepu
_kepu() {
  local word=${COMP_LINE:0:COMP_POINT} words cut line
  read -ra words <<<"$word"
  [[ $word == *' ' ]] && words+=('')
  # Colons and equals signs break words here: what stands before the last of them is not given back.
  cut=${words[-1]%"${COMP_WORDS[COMP_CWORD]}"}
  [[ ${COMP_WORDS[COMP_CWORD]} == [:=] ]] && cut=${words[-1]}
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line#"$cut"}")
  done < <(kepu __complete "${words[@]:1}" 2>/dev/null)
  [[ ${COMPREPLY[0]-} == *[/:=] ]] && compopt -o nospace
  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default; fi
}
complete -F _kepu kepu
)bash";

constexpr char kZsh[] = R"zsh(#compdef kepu
# zsh completion for kepu; as site-functions/_kepu
_kepu() {
  local -a found open whole
  found=(${(f)" $(kepu __complete "${(@)words[2,CURRENT]}" 2 > / dev / null) "})
    open = (${(M)found : # * [/: = ]}) whole =
        (${found : # * [/: = ]})(($ #open)) && compadd - S '' --$open(($ #whole)) &&
            compadd-- $whole(($ #found)) ||
        _files
}
_kepu "$@"
)zsh";

bool IsOneOf(absl::string_view word, std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The command and the name behind it, options left out.
std::pair<std::string, std::string> CommandAndName(const std::vector<std::string>& words) {
  const Arguments arguments = ParseArguments({words.begin(), words.end() - (words.empty() ? 0 : 1)});
  const auto word = [&](size_t i) { return i < arguments.rest.size() ? arguments.rest[i] : std::string(); };
  return {word(0), word(1)};
}

void AddFields(const Descriptor& type, absl::string_view typed, absl::string_view before,
               std::vector<std::string>& out) {
  const size_t dot = typed.find('.');
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const bool inside = field->message_type() != nullptr && !field->is_repeated() &&
                        !absl::StartsWith(field->message_type()->full_name(), "google.");
    if (dot == absl::string_view::npos) {
      out.push_back(absl::StrCat(before, field->name(), inside ? "." : "="));
    } else if (inside && field->name() == typed.substr(0, dot)) {
      AddFields(*field->message_type(), typed.substr(dot + 1), absl::StrCat(before, field->name(), "."), out);
    }
  }
}

// Fields for --set, --filter and --fields of the command on the line.
std::vector<std::string> Fields(Session& session, const std::string& command, const std::string& name,
                                const std::string& option, const std::string& typed) {
  const ApiBook& book = session.book();
  const Route* route = command == "create"   ? book.At("POST", name)
                       : command == "update" ? book.At("PATCH", name)
                       : command == "do"     ? book.At("POST", name)
                                             : book.At("GET", name);
  if (command == "call") {
    const auto named = book.Named(name);
    if (named.ok()) route = *named;
  }
  if (route == nullptr) return {};
  const Descriptor* type = route->method->descriptor->input_type();
  if (option == "--fields") {
    type = route->method->descriptor->output_type();
    if (const FieldDescriptor* list = ListOf(*type)) type = list->message_type();
  } else if (option == "--set" && route->body != nullptr && route->body->message_type() != nullptr) {
    type = route->body->message_type();
  }
  std::vector<std::string> out;
  AddFields(*type, typed, "", out);
  if (option == "--fields") {
    for (std::string& field : out) {
      if (absl::EndsWith(field, "=")) field.pop_back();
    }
  }
  return out;
}

// Names that begin so: collections from the descriptors, ids from the server, custom methods behind a colon.
std::vector<std::string> Names(Session& session, const std::string& command, const std::string& typed) {
  std::vector<std::string> out;
  if (const size_t colon = typed.find(':'); colon != std::string::npos && command == "do") {
    const std::string name = typed.substr(0, colon);
    for (const std::string& verb : session.book().CustomVerbs(name))
      out.push_back(absl::StrCat(name, ":", verb));
    return out;
  }
  const size_t slash = typed.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : typed.substr(0, slash);
  const std::vector<std::string> parts = absl::StrSplit(parent, '/', absl::SkipEmpty());
  const bool whole = IsOneOf(command, {"list", "create", "export"});
  if (parts.size() % 2 == 0) {
    for (const std::string& word : session.book().CollectionsBelow(parent)) {
      out.push_back(absl::StrCat(parent, parent.empty() ? "" : "/", word, whole ? "" : "/"));
    }
    return out;
  }
  const Route* list = session.book().At("GET", parent);
  if (list == nullptr || ListOf(*list->method->descriptor->output_type()) == nullptr) return out;
  std::string next;
  // One page, of those that begin with what is typed where the list says so by itself.
  EachItem(
      session, *list, {"GET", PathOf(parent), {{"page_size", "100"}}, ""}, false,
      [&](const google::protobuf::Message& item) {
        std::string name = ShownAt(item, "name", Language::kEn);
        if (command == "do") name += ":";
        if (!name.empty()) out.push_back(std::move(name));
      },
      &next)
      .status.IgnoreError();
  return out;
}

std::vector<std::string> Candidates(Session& session, const std::vector<std::string>& words,
                                    const std::vector<std::string>& commands) {
  const std::string typed = words.empty() ? "" : words.back();
  const std::string before = words.size() > 1 ? words[words.size() - 2] : "";
  const auto [command, name] = CommandAndName(words);
  if (words.size() <= 1) return commands;
  if (IsOneOf(before, {"--set", "--filter", "--fields"}))
    return Fields(session, command, name, before, typed);
  if (IsOneOf(before, {"--output", "--format"}))
    return command == "export" ? std::vector<std::string>{"csv", "xlsx", "ndjson"}
                               : std::vector<std::string>{"table", "json", "ndjson"};
  if (before == "--language") return {"zh", "en"};
  if (before == "--profile") {
    std::vector<std::string> names;
    for (const Profile& profile : session.profiles().All()) names.push_back(profile.name);
    return names;
  }
  std::vector<std::string> options;
  bool wants_value = false;
  for (const Option& option : Options()) {
    options.emplace_back(option.name);
    wants_value |= option.name == before && !option.value.empty();
  }
  if (wants_value) return {};
  if (absl::StartsWith(typed, "-")) return options;
  if (command == "completion") return {"bash", "zsh"};
  if (command == "help") return commands;
  if (IsOneOf(command, {"call", "describe"})) return session.book().MethodNames();
  if (IsOneOf(command, {"list", "show", "get", "create", "update", "delete", "do", "export", "audit"}))
    return Names(session, command, typed);
  return {};
}

}  // namespace

std::vector<std::string> Complete(Session& session, const std::vector<std::string>& words,
                                  const std::vector<std::string>& commands) {
  const std::string typed = words.empty() ? "" : words.back();
  std::vector<std::string> fitting;
  for (std::string& word : Candidates(session, words, commands)) {
    if (absl::StartsWith(word, typed)) fitting.push_back(std::move(word));
  }
  std::sort(fitting.begin(), fitting.end());
  fitting.erase(std::unique(fitting.begin(), fitting.end()), fitting.end());
  return fitting;
}

std::string CompletionScript(absl::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return "";
}

}  // namespace kepu::cli
