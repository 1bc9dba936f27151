#include "services/cli/export_command.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/cli/cell_text.h"
#include "services/cli/private_file.h"
#include "services/cli/resources.h"
#include "services/cli/safe_cell.h"
#include "services/cli/thing_commands.h"
#include "services/cli/xlsx_file.h"

namespace kepu::cli {
namespace {

using gateway::transcode::Segment;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What a list is of: things with names of their own, in a file of this name.
struct Kind {
  std::string file;
  const Descriptor* type = nullptr;
  const Resource* resource = nullptr;  // null: it can be looked at, not imported
};

std::string NameOf(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("name");
  return message.GetReflection()->GetString(message, field);
}

// schoolContracts -> school-contracts.
std::string FileName(absl::string_view collection) {
  std::string name;
  for (const char c : collection) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isupper(byte)) name += '-';
    name += absl::ascii_tolower(byte);
  }
  return name;
}

const Resource* ImportOf(const Descriptor& type, absl::string_view collection) {
  for (const Resource& resource : Resources()) {
    if (resource.ids != Resource::Ids::kAction && resource.prototype->GetDescriptor() == &type &&
        resource.collection == collection)
      return &resource;
  }
  return nullptr;
}

// A list of things with names, at a path that ends with their collection; nothing for any other route.
std::optional<Kind> KindOf(const Route& route) {
  if (route.verb != "GET" || !route.path.verb.empty() || route.method->streams || route.method->raw)
    return {};
  const FieldDescriptor* list = ListOf(*route.method->descriptor->output_type());
  if (list == nullptr || route.path.segments.back().kind != Segment::Kind::kLiteral) return {};
  const FieldDescriptor* name = list->message_type()->FindFieldByName("name");
  if (name == nullptr || name->type() != FieldDescriptor::TYPE_STRING || name->is_repeated()) return {};
  const std::string& collection = route.path.segments.back().literal;
  Kind kind;
  kind.type = list->message_type();
  kind.resource = ImportOf(*kind.type, collection);
  kind.file = kind.resource != nullptr ? std::string(kind.resource->file) : FileName(collection);
  return kind;
}

// Whether a name fits what a route has before its collection: "venues/x" fits venues/*.
bool Fits(const Route& route, const std::vector<std::string>& name) {
  const auto& segments = route.path.segments;
  if (segments.size() != name.size() + 2) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (segments[i + 1].kind == Segment::Kind::kLiteral && segments[i + 1].literal != name[i]) return false;
  }
  return true;
}

// Everything of one kind, by name.
using Things = std::map<std::string, std::unique_ptr<Message>>;

// "venues/x/spaces/y" -> {"venues/x", "y"}.
std::pair<std::string, std::string> ParentAndId(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  std::string parent;
  for (size_t i = 0; i + 2 < parts.size(); ++i) absl::StrAppend(&parent, i > 0 ? "/" : "", parts[i]);
  return {parent, parts.back()};
}

void AddRow(const Kind& kind, const Message& thing, const std::vector<std::string>& columns,
            CsvTable& table) {
  const auto [parent, id] = ParentAndId(NameOf(thing));
  std::vector<std::string> cells;
  if (kind.resource != nullptr) {
    if (kind.resource->ids == Resource::Ids::kMade) {
      cells.push_back(NameOf(thing));
    } else {
      cells.push_back(id);
    }
    if (kind.resource->has_parent) cells.push_back(parent);
  }
  for (const std::string& column : columns) cells.push_back(ToSafeCell(CellAt(thing, column)));
  table.rows.push_back({0, std::move(cells)});
}

// Entries of things that are imported whole: each on a row with the id of its thing.
void AddEntries(const Kind& kind, const Message& thing, const std::vector<std::string>& columns,
                CsvTable& table) {
  const FieldDescriptor* field = kind.type->FindFieldByName(std::string(kind.resource->rows_field));
  for (int i = 0; i < thing.GetReflection()->FieldSize(thing, field); ++i) {
    std::vector<std::string> cells = {ParentAndId(NameOf(thing)).second};
    for (const std::string& column : columns)
      cells.push_back(ToSafeCell(CellAt(thing.GetReflection()->GetRepeatedMessage(thing, field, i), column)));
    table.rows.push_back({0, std::move(cells)});
  }
}

CsvTable TableOf(const Kind& kind, const Things& things) {
  CsvTable table;
  const bool whole = kind.resource != nullptr && kind.resource->ids == Resource::Ids::kWhole;
  const Descriptor& type =
      whole ? *kind.type->FindFieldByName(std::string(kind.resource->rows_field))->message_type()
            : *kind.type;
  const std::vector<std::string> columns = ColumnsOf(type, kind.resource != nullptr);
  if (kind.resource != nullptr) {
    const bool made = kind.resource->ids == Resource::Ids::kMade;
    table.columns.push_back(made ? "name" : std::string(kind.resource->id_column));
    if (kind.resource->has_parent) table.columns.emplace_back("parent");
  }
  table.columns.insert(table.columns.end(), columns.begin(), columns.end());
  for (const auto& [name, thing] : things)
    whole ? AddEntries(kind, *thing, columns, table) : AddRow(kind, *thing, columns, table);
  return table;
}

absl::Status WriteThings(const Kind& kind, const Things& things, const std::string& form,
                         const std::string& path) {
  if (form == "ndjson") {
    std::string lines;
    for (const auto& [name, thing] : things) absl::StrAppend(&lines, JsonOf(*thing, {}), "\n");
    return WritePrivateFile(path, lines);
  }
  const CsvTable table = TableOf(kind, things);
  if (form == "csv") return WritePrivateFile(path, FormatCsv(table));
  // The library makes the file; it may hold what only the login may see.
  const mode_t before = ::umask(0077);
  const absl::Status status = WriteXlsx(table, path);
  ::umask(before);
  return status;
}

// Goes through the lists from the top, and those below everything that was found.
class Crawler {
 public:
  explicit Crawler(Session& session) : session_(session) {}

  struct Note {
    std::string file;
    std::string reason;
  };

  // An error ends it: the server cannot be reached, or the login is not known.
  Outcome Run() {
    std::vector<const Route*> lists;
    for (const auto& route : session_.book().routes()) {
      if (KindOf(*route)) lists.push_back(route.get());
    }
    std::stable_sort(lists.begin(), lists.end(), [](const Route* a, const Route* b) {
      return a->path.segments.size() < b->path.segments.size();
    });
    for (const Route* route : lists) {
      // One that does not answer is asked once, and the others go on.
      if (down_.count(route->method->service) > 0) continue;
      Outcome outcome = RunList(*route);
      const bool down = absl::IsUnavailable(outcome.status);
      // Without a reason nobody answered at all.
      if (absl::IsUnauthenticated(outcome.status) || (down && outcome.reason.empty())) return outcome;
      if (down) down_.insert(route->method->service);
    }
    return {};
  }

  // What a single list holds.
  Outcome Take(const Route& route, const std::string& name) {
    const Kind kind = *KindOf(route);
    std::string next;
    const Outgoing first = {"GET", PathOf(name), {{"page_size", "100"}}, ""};
    return EachItem(
        session_, route, first, true,
        [&](const Message& item) {
          std::unique_ptr<Message>& thing = found_[kind.file].second[NameOf(item)];
          if (thing != nullptr) return;
          found_[kind.file].first = kind;
          thing.reset(item.New());
          thing->CopyFrom(item);
          names_.insert(NameOf(item));
        },
        &next);
  }

  const std::map<std::string, std::pair<Kind, Things>>& found() const { return found_; }
  const std::vector<Note>& notes() const { return notes_; }
  // Services of which all or some is missing.
  const std::set<std::string>& down() const { return down_; }

 private:
  Outcome RunList(const Route& route) {
    const std::string collection = route.path.segments.back().literal;
    if (route.path.segments.size() == 2) return Noted(*KindOf(route), Take(route, collection));
    // What is found on the way does not change what is gone through.
    std::vector<std::string> parents;
    for (const std::string& name : names_) {
      if (Fits(route, absl::StrSplit(name, '/'))) parents.push_back(name);
    }
    for (const std::string& parent : parents) {
      Outcome outcome = Noted(*KindOf(route), Take(route, absl::StrCat(parent, "/", collection)));
      if (!outcome.status.ok()) return outcome;
    }
    return {};
  }

  Outcome Noted(const Kind& kind, Outcome outcome) {
    if (!outcome.status.ok()) notes_.push_back({kind.file, std::string(outcome.status.message())});
    return outcome;
  }

  Session& session_;
  std::map<std::string, std::pair<Kind, Things>> found_;
  std::set<std::string> names_;
  std::set<std::string> down_;
  std::vector<Note> notes_;
};

absl::StatusOr<std::string> FormOf(const Session& session, const std::string& to) {
  std::string form = session.arguments().Get("--format", session.arguments().Get("--output"));
  const std::string extension = std::filesystem::path(to).extension().string();
  if (form.empty() && extension.size() > 1) form = extension.substr(1);
  if (form.empty()) form = "csv";
  if (form == "csv" || form == "xlsx" || form == "ndjson") return form;
  return absl::InvalidArgumentError("--format wants csv, xlsx or ndjson");
}

Result ExportAll(Session& session, const std::string& folder, const std::string& form) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return Fail(kBadFile, absl::StrCat("cannot write into ", folder));
  Crawler crawler(session);
  if (const Outcome outcome = crawler.Run(); !outcome.status.ok())
    return FromOutcome(outcome, session.language());
  std::vector<std::vector<std::string>> rows = {{"file", "things", ""}};
  for (const auto& [file, kind_and_things] : crawler.found()) {
    const std::string path = absl::StrCat(folder, "/", file, ".", form);
    const absl::Status status = WriteThings(kind_and_things.first, kind_and_things.second, form, path);
    if (!status.ok()) return Fail(kBadFile, status.message());
    rows.push_back({absl::StrCat(file, ".", form), absl::StrCat(kind_and_things.second.size())});
  }
  std::set<std::string> told;
  for (const Crawler::Note& note : crawler.notes()) {
    if (told.insert(note.file).second) rows.push_back({note.file, "-", "left out: " + note.reason});
  }
  if (crawler.down().empty()) return {kDone, TextTable(rows, 0), ""};
  return {kUnreachable, TextTable(rows, 0),
          absl::StrCat("kepu: not everything is there: ", absl::StrJoin(crawler.down(), ", "),
                       " did not answer\n")};
}

}  // namespace

Result Export(Session& session) {
  const bool all = session.arguments().Has("--all");
  const std::string to = session.arguments().Get("--to");
  if (to.empty()) return Fail(kUsage, all ? "export --all wants --to FOLDER" : "export wants --to FILE");
  const absl::StatusOr<std::string> form = FormOf(session, all ? "" : to);
  if (!form.ok()) return Fail(kUsage, form.status().message());
  if (all) return ExportAll(session, to, *form);
  const std::string name = session.Word(1);
  const Route* route = session.book().At("GET", name);
  if (route == nullptr || !KindOf(*route))
    return Fail(kUsage, absl::StrCat("nothing to export: ", session.book().WhyNot(name)));
  Crawler crawler(session);
  if (const Outcome outcome = crawler.Take(*route, name); !outcome.status.ok())
    return FromOutcome(outcome, session.language());
  const Kind kind = *KindOf(*route);
  static const Things& none = *new Things;
  const auto found = crawler.found().find(kind.file);
  const Things& things = found == crawler.found().end() ? none : found->second.second;
  if (absl::Status status = WriteThings(kind, things, *form, to); !status.ok())
    return Fail(kBadFile, status.message());
  return {kDone, absl::StrCat(things.size(), " to ", to, "\n"), ""};
}

}  // namespace kepu::cli
