#include "services/cli/cell_text.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/latlng.pb.h"
#include "google/type/timeofday.pb.h"
#include "kepu/options/v1/options.pb.h"
#include "services/cli/api.h"
#include "services/cli/days.h"

namespace kepu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool HasCellText(const Descriptor& type) {
  const std::string& name = type.full_name();
  return name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration" ||
         name == "google.type.Date" || name == "google.type.TimeOfDay" || name == "google.type.LatLng";
}

// All of its fields fit into cells of their own.
bool IsFlat(const Descriptor& type) {
  if (type.field_count() == 0 || absl::StartsWith(type.full_name(), "google.")) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->message_type() != nullptr && !HasCellText(*field->message_type())) return false;
    if (field->real_containing_oneof() != nullptr) return false;
  }
  return true;
}

std::string MessageCell(const Message& message) {
  if (const auto* m = dynamic_cast<const google::type::Date*>(&message))
    return absl::StrFormat("%04d-%02d-%02d", m->year(), m->month(), m->day());
  if (const auto* m = dynamic_cast<const google::type::TimeOfDay*>(&message))
    return absl::StrFormat("%02d:%02d", m->hours(), m->minutes());
  if (const auto* m = dynamic_cast<const google::type::LatLng*>(&message))
    return absl::StrFormat("%.17g,%.17g", m->latitude(), m->longitude());
  if (const auto* m = dynamic_cast<const google::protobuf::Timestamp*>(&message))
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez",
                            absl::FromUnixSeconds(m->seconds()) + absl::Nanoseconds(m->nanos()), CityZone());
  if (const auto* m = dynamic_cast<const google::protobuf::Duration*>(&message))
    return absl::FormatDuration(absl::Seconds(m->seconds()) + absl::Nanoseconds(m->nanos()));
  return ToJson(message);
}

// A message with this field alone as JSON, without what stands around the value.
std::string JsonOfField(const Message& message, const FieldDescriptor& field) {
  const std::unique_ptr<Message> alone(message.New());
  alone->CopyFrom(message);
  std::vector<const FieldDescriptor*> set;
  alone->GetReflection()->ListFields(*alone, &set);
  for (const FieldDescriptor* other : set) {
    if (other != &field) alone->GetReflection()->ClearField(alone.get(), other);
  }
  const std::string json = ToJson(*alone);
  const size_t colon = json.find(':');
  return colon == std::string::npos ? "" : json.substr(colon + 1, json.size() - colon - 2);
}

std::string Unquoted(const std::string& json) {
  const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
  return quoted ? json.substr(1, json.size() - 2) : json;
}

// Values with semicolons between; as a JSON list where they could not be told apart again.
std::string ListCell(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  const bool texts = field.type() == FieldDescriptor::TYPE_STRING;
  const bool messages = field.message_type() != nullptr && HasCellText(*field.message_type());
  const bool names = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (!texts && !messages && !names) return JsonOfField(message, field);
  std::vector<std::string> values;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    values.push_back(texts      ? reflection.GetRepeatedString(message, &field, i)
                     : messages ? MessageCell(reflection.GetRepeatedMessage(message, &field, i))
                                : reflection.GetRepeatedEnum(message, &field, i)->name());
  }
  const bool clear = std::all_of(values.begin(), values.end(), [](const std::string& value) {
    return !value.empty() && value.find(';') == std::string::npos &&
           absl::StripAsciiWhitespace(value) == value && value[0] != '[' && value[0] != '{';
  });
  return clear ? absl::StrJoin(values, ";") : JsonOfField(message, field);
}

std::string FieldCell(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated())
    return reflection.FieldSize(message, &field) == 0 ? ""
           : field.is_map()                           ? JsonOfField(message, field)
                                                      : ListCell(message, field);
  if (field.has_presence() && !reflection.HasField(message, &field)) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? Unquoted(JsonOfField(message, field))
                                                         : reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnumValue(message, &field) == 0 ? "" : reflection.GetEnum(message, &field)->name();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageCell(reflection.GetMessage(message, &field));
    default:
      return Unquoted(JsonOfField(message, field));
  }
}

std::vector<std::string> ColumnsBelow(const Descriptor& type, bool for_import, bool top) {
  std::vector<std::string> columns;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const auto& rule = field->options().GetExtension(options::v1::field);
    const bool known = top && (field->name() == "name" || field->name() == "etag");
    if (for_import && (rule.output_only() || known)) continue;
    const bool dotted =
        field->message_type() != nullptr && !field->is_repeated() && IsFlat(*field->message_type());
    if (!dotted) {
      columns.push_back(field->name());
      continue;
    }
    for (const std::string& column : ColumnsBelow(*field->message_type(), for_import, false))
      columns.push_back(absl::StrCat(field->name(), ".", column));
  }
  return columns;
}

}  // namespace

std::vector<std::string> ColumnsOf(const Descriptor& type, bool for_import) {
  return ColumnsBelow(type, for_import, true);
}

std::string CellAt(const Message& message, absl::string_view column) {
  const Message* at = &message;
  const std::vector<std::string> parts = absl::StrSplit(column, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) return "";
    if (i + 1 == parts.size()) return FieldCell(*at, *field);
    if (!at->GetReflection()->HasField(*at, field)) return "";
    at = &at->GetReflection()->GetMessage(*at, field);
  }
  return "";
}

}  // namespace kepu::cli
