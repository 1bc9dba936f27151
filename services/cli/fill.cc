#include "services/cli/fill.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/arguments.h"
#include "services/cli/cells.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message that holds the last field of the path.
Message& HolderOf(Message& message, const std::vector<std::string>& parts) {
  Message* at = &message;
  for (size_t i = 0; i + 1 < parts.size(); ++i)
    at = at->GetReflection()->MutableMessage(at, at->GetDescriptor()->FindFieldByName(parts[i]));
  return *at;
}

bool HasCellForm(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() != FieldDescriptor::TYPE_BYTES;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return true;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return !field.is_map();
    default:
      return false;
  }
}

// Messages that are changed as a whole: values of Google's, and what has no fields.
bool IsWhole(const Descriptor& type) {
  return absl::StartsWith(type.full_name(), "google.") || type.field_count() == 0;
}

void AddPaths(const Message& message, const std::string& before, std::vector<std::string>& paths) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string path = absl::StrCat(before, field->name());
    // They say what to update rather than what to change.
    if (before.empty() && (field->name() == "name" || field->name() == "etag")) continue;
    const bool inside =
        field->message_type() != nullptr && !field->is_repeated() && !IsWhole(*field->message_type());
    if (!inside) {
      paths.push_back(path);
    } else {
      AddPaths(message.GetReflection()->GetMessage(message, field), path + ".", paths);
    }
  }
}

}  // namespace

absl::StatusOr<std::string> FieldPathOf(const Descriptor& type, absl::string_view path) {
  std::vector<std::string> parts;
  const Descriptor* at = &type;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    if (at == nullptr || (field != nullptr && field->is_repeated())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", absl::StrJoin(parts, "."), "\" has no parts that can be named; it takes ",
          field != nullptr && field->is_repeated() && at != nullptr ? "a JSON list: […]" : "a value"));
    }
    field = gateway::transcode::FindField(*at, part);
    if (field == nullptr) {
      std::vector<std::string> names;
      for (int i = 0; i < at->field_count(); ++i) names.push_back(at->field(i)->name());
      const std::string near = Nearest(part, names);
      return absl::InvalidArgumentError(absl::StrCat(at->name(), " has no field \"", part, "\"; ",
                                                     near.empty()
                                                         ? absl::StrCat("it has ", absl::StrJoin(names, ", "))
                                                         : absl::StrCat("did you mean ", near, "?")));
    }
    parts.push_back(field->name());
    at = field->message_type();
  }
  return absl::StrJoin(parts, ".");
}

absl::Status SetField(Message& message, absl::string_view path, absl::string_view text, const Days& days) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  Message& holder = HolderOf(message, parts);
  const FieldDescriptor* field = holder.GetDescriptor()->FindFieldByName(parts.back());
  if (text.empty()) {
    holder.GetReflection()->ClearField(&holder, field);
    return absl::OkStatus();
  }
  const absl::string_view value = absl::StripAsciiWhitespace(text);
  const bool json =
      absl::StartsWith(value, "[") || (absl::StartsWith(value, "{") && field->message_type() != nullptr);
  if (json && (field->is_repeated() || field->message_type() != nullptr))
    return SetFieldFromJson(message, path, value);
  if (!HasCellForm(*field)) {
    std::string quoted = "\"";
    for (const char c : value) absl::StrAppend(&quoted, c == '"' || c == '\\' ? "\\" : "", std::string(1, c));
    absl::StrAppend(&quoted, "\"");
    return SetFieldFromJson(message, path, field->is_repeated() ? absl::StrCat("[", quoted, "]") : quoted);
  }
  return SetCell(message, path, text, days);
}

absl::Status SetFieldFromJson(Message& message, absl::string_view path, absl::string_view json) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  Message& holder = HolderOf(message, parts);
  const FieldDescriptor* field = holder.GetDescriptor()->FindFieldByName(parts.back());
  const std::unique_ptr<Message> read(holder.New());
  if (absl::Status status = MergeJson(absl::StrCat("{\"", field->name(), "\":", json, "}"), *read);
      !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", status.message()));
  }
  holder.GetReflection()->ClearField(&holder, field);
  holder.MergeFrom(*read);
  return absl::OkStatus();
}

absl::Status MergeJson(absl::string_view json, Message& message) {
  const std::unique_ptr<Message> read(message.New());
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(json), read.get());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("not the JSON of a ", message.GetDescriptor()->name(),
                                                   ": ", std::string(parsed.message())));
  }
  message.MergeFrom(*read);
  return absl::OkStatus();
}

std::vector<std::string> MaskOf(const Message& message) {
  std::vector<std::string> paths;
  AddPaths(message, "", paths);
  return paths;
}

}  // namespace kepu::cli
