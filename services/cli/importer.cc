#include "services/cli/importer.h"

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/cli/api_book.h"
#include "services/cli/cells.h"
#include "services/cli/fill.h"
#include "services/cli/safe_cell.h"

namespace kepu::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kParent = "parent";
// Of things whose ids the server makes: known again by it, as an export has it.
constexpr absl::string_view kName = "name";

std::unique_ptr<Message> New(const Message& prototype) { return std::unique_ptr<Message>(prototype.New()); }

// The same request gets the same id, today and after an import that broke off: it takes effect once. FNV-1a
// over what is asked for.
std::string RequestId(absl::string_view path, const Message& body) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : absl::StrCat(path, "\n", body.SerializeAsString())) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return absl::StrCat("import-", absl::Hex(hash, absl::kZeroPad16));
}

bool IsIdColumn(const Resource& resource, absl::string_view column) {
  return (column == kName && resource.ids == Resource::Ids::kMade) ||
         (column == resource.id_column && resource.ids != Resource::Ids::kAction) ||
         (resource.has_parent && column == kParent);
}

// What a row fills: for kWhole an entry of the repeated field.
const google::protobuf::Descriptor& RowType(const Resource& resource) {
  const auto& type = *resource.prototype->GetDescriptor();
  if (resource.ids != Resource::Ids::kWhole) return type;
  return *type.FindFieldByName(std::string(resource.rows_field))->message_type();
}

// The columns that a row fills: "display_name.zh".
using Fields = std::set<std::string>;

// Which fields of a message two of them differ in.
class FieldsThatDiffer final : public google::protobuf::util::MessageDifferencer::Reporter {
 public:
  using Path = std::vector<google::protobuf::util::MessageDifferencer::SpecificField>;
  std::set<std::string> names;

  void ReportAdded(const Message&, const Message&, const Path& path) override { Note(path); }
  void ReportDeleted(const Message&, const Message&, const Path& path) override { Note(path); }
  void ReportModified(const Message&, const Message&, const Path& path) override { Note(path); }

 private:
  void Note(const Path& path) {
    if (!path.empty() && path[0].field != nullptr) names.insert(path[0].field->name());
  }
};

// `have` with what the columns say taken from `wanted`; `mask` gets the names of the fields that this
// changes. A field that is filled in parts keeps its other parts. What is false, zero or an empty message in
// the one and absent in the other is the same: that is how it goes over the wire.
std::unique_ptr<Message> Merged(const Message& have, const Message& wanted, const Fields& fields,
                                std::vector<std::string>& mask) {
  std::unique_ptr<Message> next = New(have);
  next->CopyFrom(have);
  google::protobuf::FieldMask columns;
  for (const std::string& column : fields) columns.add_paths(column);
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(wanted, columns, replace, next.get());
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_message_field_comparison(google::protobuf::util::MessageDifferencer::EQUIVALENT);
  FieldsThatDiffer differ;
  differencer.ReportDifferencesTo(&differ);
  differencer.Compare(have, *next);
  mask.assign(differ.names.begin(), differ.names.end());
  return next;
}

void SetText(Message& message, absl::string_view field, std::string text) {
  message.GetReflection()->SetString(&message, message.GetDescriptor()->FindFieldByName(std::string(field)),
                                     std::move(text));
}

std::string FieldTextOf(const Message& message, absl::string_view field) {
  return message.GetReflection()->GetString(message,
                                            message.GetDescriptor()->FindFieldByName(std::string(field)));
}

}  // namespace

// One row on its way: where it came from, and what its id columns say.
struct Importer::Row {
  std::string file;
  int line = 0;
  std::string id;
  std::string parent;
  std::string name;
  Fields fields;
};

bool Importer::CheckColumns(const Resource& resource, const CsvTable& table) {
  bool good = true;
  const auto refuse = [&](absl::string_view column, absl::string_view reason) {
    report_.Refuse(table.file, table.header_line, column, reason);
    good = false;
  };
  std::set<std::string> columns(table.columns.begin(), table.columns.end());
  for (const std::string& column : table.columns) {
    if (absl::StartsWith(column, "#") || IsIdColumn(resource, column)) continue;
    if (!IsFieldOf(RowType(resource), column)) refuse(column, "no such column; one for people begins with #");
  }
  if (!resource.id_column.empty() && columns.count(std::string(resource.id_column)) == 0) {
    refuse(resource.id_column, "this column is missing");
  }
  if (resource.has_parent && columns.count(std::string(kParent)) == 0)
    refuse(kParent, "this column is missing");
  return good;
}

bool Importer::Fill(const Resource& resource, const CsvTable& table, const CsvRow& cells, Row& row,
                    Message& message) {
  bool good = true;
  row.file = table.file;
  row.line = cells.line;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& column = table.columns[i];
    const std::string& cell = cells.cells[i];
    if (cell.empty() || absl::StartsWith(column, "#")) continue;  // an empty cell says nothing
    if (IsIdColumn(resource, column)) {
      (column == kParent ? row.parent : column == kName ? row.name : row.id) = cell;
      continue;
    }
    if (absl::Status status = SetField(message, column, FromSafeCell(cell), days_); !status.ok()) {
      report_.Refuse(table.file, cells.line, column, status.message());
      good = false;
    }
    row.fields.insert(column);
  }
  const auto need = [&](absl::string_view column, const std::string& value) {
    if (!value.empty()) return;
    report_.Refuse(table.file, cells.line, column, "is empty");
    good = false;
  };
  using Ids = Resource::Ids;
  if (resource.ids == Ids::kGiven || resource.ids == Ids::kWhole) need(resource.id_column, row.id);
  if (resource.has_parent) need(kParent, row.parent);
  return good;
}

absl::Status Importer::Import(const Resource& resource, const CsvTable& table) {
  if (!CheckColumns(resource, table)) return absl::OkStatus();
  report_.Note(table.file, "");
  if (resource.ids == Resource::Ids::kWhole) return ImportWhole(resource, table);
  for (const CsvRow& row : table.rows) {
    if (absl::Status status = ImportRow(resource, table, row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Importer::ImportRow(const Resource& resource, const CsvTable& table, const CsvRow& cells) {
  Row row;
  const std::unique_ptr<Message> wanted = New(*resource.prototype);
  if (!Fill(resource, table, cells, row, *wanted)) return absl::OkStatus();
  if (resource.ids == Resource::Ids::kAction) return Act(resource, row, *wanted);
  return resource.ids == Resource::Ids::kGiven || !row.name.empty() ? Upsert(resource, row, *wanted)
                                                                    : Create(resource, row, *wanted);
}

// Counts the row; an error only when going on makes no sense.
absl::Status Importer::Take(const Row& row, const Outcome& outcome, RowResult result) {
  if (outcome.status.ok()) {
    report_.Add(row.file, outcome.replayed ? RowResult::kUnchanged : result);
    return absl::OkStatus();
  }
  if (absl::IsUnavailable(outcome.status) || absl::IsUnauthenticated(outcome.status)) return outcome.status;
  report_.Refuse(row.file, row.line, outcome.field, outcome.status.message());
  return absl::OkStatus();
}

absl::Status Importer::Create(const Resource& resource, const Row& row, const Message& wanted) {
  std::string path = absl::StrCat("/v1/", row.parent, row.parent.empty() ? "" : "/", resource.collection);
  Api::Query query;
  if (!row.id.empty()) query.emplace_back(std::string(resource.id_column), row.id);
  query.emplace_back("request_id", RequestId(absl::StrCat(path, "/", row.id), wanted));
  std::string json = ToJson(wanted);
  if (!resource.wrapped_as.empty()) {
    // The request of a custom method is the body, and the thing stands in a field of it.
    json = absl::StrCat("{\"", resource.wrapped_as, "\":", json, ",\"requestId\":\"", query.back().second,
                        "\"}");
    absl::StrAppend(&path, ":", resource.verb);
    query.clear();
  }
  if (!resource.made_with.empty()) query.emplace_back(std::string(resource.made_with), "true");
  return Take(row, api_.Call("POST", path, query, json, nullptr), RowResult::kCreated);
}

absl::Status Importer::Upsert(const Resource& resource, const Row& row, const Message& wanted) {
  const std::string name = row.name.empty() ? absl::StrCat(row.parent, row.parent.empty() ? "" : "/",
                                                           resource.collection, "/", row.id)
                                            : row.name;
  const std::string path = PathOf(name);
  const std::unique_ptr<Message> have = New(wanted);
  const Outcome found = api_.Call("GET", path, {}, "", have.get());
  if (absl::IsNotFound(found.status)) return Create(resource, row, wanted);
  if (!found.status.ok()) return Take(row, found, RowResult::kUnchanged);
  std::vector<std::string> mask;
  const std::unique_ptr<Message> next = Merged(*have, wanted, row.fields, mask);
  if (mask.empty()) return Take(row, found, RowResult::kUnchanged);
  if (!resource.can_update) {
    report_.Refuse(row.file, row.line, mask.front(),
                   "stands otherwise in the system and cannot be changed by an import");
    return absl::OkStatus();
  }
  const Api::Query query = {{"update_mask", absl::StrJoin(mask, ",")},
                            {"request_id", RequestId(path, *next)}};
  return Take(row, api_.Call("PATCH", path, query, ToJson(*next), nullptr), RowResult::kUpdated);
}

absl::Status Importer::Act(const Resource& resource, const Row& row, const Message& request) {
  const std::string name = FieldTextOf(request, resource.id_column);
  const std::unique_ptr<Message> have = New(*ResourceOf(resource.collection)->prototype);
  const Outcome found = api_.Call("GET", absl::StrCat("/v1/", name), {}, "", have.get());
  const bool done =
      found.status.ok() && FieldTextOf(*have, resource.done_field) == FieldTextOf(request, resource.done_by);
  if (!found.status.ok() || done) return Take(row, found, RowResult::kUnchanged);
  const std::string path = absl::StrCat("/v1/", name, ":", resource.verb);
  const std::unique_ptr<Message> body = New(request);
  body->CopyFrom(request);
  SetText(*body, "request_id", RequestId(path, request));
  SetText(*body, resource.id_column, "");  // it stands in the path
  return Take(row, api_.Call("POST", path, {}, ToJson(*body), nullptr), RowResult::kUpdated);
}

absl::Status Importer::ImportWhole(const Resource& resource, const CsvTable& table) {
  const FieldDescriptor* rows_field =
      resource.prototype->GetDescriptor()->FindFieldByName(std::string(resource.rows_field));
  // A thing of which one row cannot be read is not imported in part.
  bool good = true;
  std::map<std::string, std::unique_ptr<Message>> wholes;
  for (const CsvRow& cells : table.rows) {
    Row row;
    const std::unique_ptr<Message> entry =
        New(*google::protobuf::MessageFactory::generated_factory()->GetPrototype(rows_field->message_type()));
    good = Fill(resource, table, cells, row, *entry) && good;
    std::unique_ptr<Message>& whole = wholes[row.id];
    if (whole == nullptr) whole = New(*resource.prototype);
    whole->GetReflection()->AddMessage(whole.get(), rows_field)->CopyFrom(*entry);
  }
  if (!good) return absl::OkStatus();
  for (const auto& [id, whole] : wholes) {
    const Row row{table.file, table.header_line, id, "", "", {std::string(resource.rows_field)}};
    const int rows = whole->GetReflection()->FieldSize(*whole, rows_field);
    if (absl::Status status = PutWhole(resource, row, *whole); !status.ok()) return status;
    report_.Note(table.file, absl::StrCat(resource.collection, "/", id, " of ", rows, " rows"));
  }
  return absl::OkStatus();
}

absl::Status Importer::PutWhole(const Resource& resource, const Row& row, const Message& wanted) {
  const std::string name = absl::StrCat(resource.collection, "/", row.id);
  const std::string path = absl::StrCat("/v1/", name);
  const std::unique_ptr<Message> have = New(wanted);
  const Outcome found = api_.Call("GET", path, {}, "", have.get());
  std::vector<std::string> mask;
  const std::unique_ptr<Message> next = Merged(*have, wanted, row.fields, mask);
  const bool absent = absl::IsNotFound(found.status);
  if (!absent && (!found.status.ok() || mask.empty())) return Take(row, found, RowResult::kUnchanged);
  SetText(*next, "name", name);
  return Take(row, api_.Call("PATCH", path, {{"request_id", RequestId(path, *next)}}, ToJson(*next), nullptr),
              absent ? RowResult::kCreated : RowResult::kUpdated);
}

}  // namespace kepu::cli
