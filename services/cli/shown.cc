#include "services/cli/shown.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/text/width.h"
#include "services/cli/api.h"
#include "services/cli/days.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kUsualFieldsMax = 7;
// Columns of a page, after which a cell of a list is cut.
constexpr size_t kIndent = 2;

bool IsBilingual(const Descriptor& type) {
  return type.field_count() == 2 && type.FindFieldByName("zh") != nullptr &&
         type.FindFieldByName("en") != nullptr;
}

int64_t Part(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? 0 : message.GetReflection()->GetInt32(message, field);
}

std::string ShownMessage(const Message& message, Language language) {
  const Descriptor& type = *message.GetDescriptor();
  if (IsBilingual(type)) {
    const auto text = [&](const char* name) {
      return message.GetReflection()->GetString(message, type.FindFieldByName(name));
    };
    const std::string en = text("en");
    return language == Language::kEn && !en.empty() ? en : text("zh");
  }
  if (type.full_name() == "google.protobuf.Timestamp") {
    const auto& reflection = *message.GetReflection();
    const int64_t seconds = reflection.GetInt64(message, type.FindFieldByName("seconds"));
    return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(seconds), CityZone());
  }
  if (type.full_name() == "google.type.Date")
    return absl::StrFormat("%04d-%02d-%02d", Part(message, "year"), Part(message, "month"),
                           Part(message, "day"));
  if (type.full_name() == "google.type.TimeOfDay")
    return absl::StrFormat("%02d:%02d", Part(message, "hours"), Part(message, "minutes"));
  const std::string json = ToJson(message);
  return absl::StartsWith(json, "\"") ? json.substr(1, json.size() - 2) : json;
}

std::string ShownValue(const Message& message, const FieldDescriptor& field, int index, Language language) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          many ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::StrCat(text.size(), " bytes") : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = many ? reflection.GetRepeatedEnumValue(message, &field, index)
                              : reflection.GetEnumValue(message, &field);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      return value == nullptr ? absl::StrCat(number) : value->name();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ShownMessage(many ? reflection.GetRepeatedMessage(message, &field, index)
                               : reflection.GetMessage(message, &field),
                          language);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? reflection.GetRepeatedInt32(message, &field, index)
                               : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? reflection.GetRepeatedInt64(message, &field, index)
                               : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? reflection.GetRepeatedDouble(message, &field, index)
                               : reflection.GetDouble(message, &field));
    default:
      return "?";
  }
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

std::string ShownField(const Message& message, const FieldDescriptor& field, Language language) {
  if (!IsSet(message, field)) {
    // What is false or none stands there as such; what is absent does not.
    const bool plain = !field.is_repeated() && !field.has_presence() && field.message_type() == nullptr &&
                       field.cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
                       field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM;
    return plain ? ShownValue(message, field, 0, language) : "";
  }
  if (!field.is_repeated()) return ShownValue(message, field, 0, language);
  if (field.is_map()) return ToJson(message);
  std::vector<std::string> values;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i)
    values.push_back(ShownValue(message, field, i, language));
  return absl::StrJoin(values, "; ");
}

// How much a column tells, most first; 0: nothing in a table.
int Weight(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (name == "name") return 9;
  if (field.is_repeated() || name == "etag" || name == "create_time" || name == "update_time") return 0;
  if (field.message_type() != nullptr) {
    if (IsBilingual(*field.message_type())) return 8;
    const std::string& type = field.message_type()->full_name();
    return type == "google.protobuf.Timestamp" || type == "google.type.Date" ? 6 : 0;
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return name == "state" ? 7 : 5;
  if (field.type() == FieldDescriptor::TYPE_BYTES) return 0;
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? 4 : 3;
}

void AddLines(const Message& message, const std::string& before, Language language,
              std::vector<std::vector<std::string>>& rows) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string path = before + field->name();
    const Descriptor* type = field->message_type();
    const bool nested = type != nullptr && !field->is_repeated() && !IsBilingual(*type) &&
                        !absl::StartsWith(type->full_name(), "google.");
    if (nested) {
      AddLines(message.GetReflection()->GetMessage(message, field), path + ".", language, rows);
    } else {
      rows.push_back({path, ShownField(message, *field, language)});
    }
  }
}

// Fields that were asked for, as a tree; nothing below: all of it.
struct Wanted {
  std::map<std::string, Wanted> below;
};

void WriteWanted(const Message& message, const Wanted& wanted, const gateway::transcode::JsonWriter& writer,
                 std::string& out) {
  out.push_back('{');
  bool first = true;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const auto found = wanted.below.find(field->name());
    if (found == wanted.below.end() || (field->has_presence() && !IsSet(message, *field))) continue;
    absl::StrAppend(&out, first ? "" : ",", "\"", field->json_name(), "\":");
    first = false;
    if (found->second.below.empty()) {
      writer.WriteField(message, *field, out);
    } else {
      WriteWanted(message.GetReflection()->GetMessage(message, field), found->second, writer, out);
    }
  }
  out.push_back('}');
}

}  // namespace

Language LanguageOf(absl::string_view locale) {
  return absl::StartsWithIgnoreCase(locale, "zh") ? Language::kZh : Language::kEn;
}

std::string ShownAt(const Message& message, absl::string_view path, Language language) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  const Message* at = &message;
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) return "";
    if (i + 1 == parts.size()) return ShownField(*at, *field, language);
    if (field->is_repeated() || field->message_type() == nullptr) return "";
    at = &at->GetReflection()->GetMessage(*at, field);
  }
  return "";
}

std::vector<std::string> UsualFields(const Descriptor& type, const std::vector<const Message*>& items) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (Weight(*field) == 0) continue;
    const bool told = items.empty() || std::any_of(items.begin(), items.end(),
                                                   [&](const Message* item) { return IsSet(*item, *field); });
    if (told) fields.push_back(field);
  }
  std::stable_sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
    return Weight(*a) > Weight(*b);
  });
  if (fields.size() > kUsualFieldsMax) fields.resize(kUsualFieldsMax);
  // As the contract has them, but for the name.
  std::stable_sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
    return (a->name() != "name") < (b->name() != "name") ||
           ((a->name() == "name") == (b->name() == "name") && a->index() < b->index());
  });
  std::vector<std::string> names;
  for (const FieldDescriptor* field : fields) names.push_back(field->name());
  return names;
}

std::string TextTable(const std::vector<std::vector<std::string>>& rows, size_t columns_max) {
  std::vector<std::vector<std::string>> cells = rows;
  std::vector<size_t> widths;
  for (auto& row : cells) {
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = text::Printable(row[i]);
      if (columns_max > 0) row[i] = text::CutTo(row[i], columns_max);
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], text::ColumnsOf(row[i]));
    }
  }
  std::string out;
  for (const auto& row : cells) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(&line, i > 0 ? "  " : "", text::PadTo(row[i], i + 1 < row.size() ? widths[i] : 0));
    }
    absl::StrAppend(&out, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return out;
}

std::string TextOfOne(const Message& message, const std::vector<std::string>& fields, Language language) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& field : fields) rows.push_back({field, ShownAt(message, field, language)});
  if (fields.empty()) AddLines(message, "", language, rows);
  return TextTable(rows, 0);
}

std::string JsonOf(const Message& message, const std::vector<std::string>& fields) {
  gateway::transcode::JsonWriter writer;
  writer.Prepare(*message.GetDescriptor());
  std::string out;
  if (fields.empty()) {
    writer.Write(message, out);
    return out;
  }
  Wanted wanted;
  for (const std::string& field : fields) {
    Wanted* at = &wanted;
    for (const absl::string_view part : absl::StrSplit(field, '.')) {
      at = &at->below[std::string(part)];
    }
    at->below.clear();
  }
  WriteWanted(message, wanted, writer, out);
  return out;
}

std::string Indented(absl::string_view json) {
  std::string out;
  size_t depth = 0;
  bool quoted = false;
  const auto line = [&] { out.append(1, '\n').append(depth * kIndent, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      out.push_back(c);
      if (c == '\\' && i + 1 < json.size()) out.push_back(json[++i]);
      quoted = c != '"';
      continue;
    }
    const bool opens = c == '{' || c == '[';
    if (c == '}' || c == ']') {
      --depth;
      line();
    }
    out.push_back(c);
    quoted = c == '"';
    if (c == ':') out.push_back(' ');
    if (opens && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']')) {
      out.push_back(json[++i]);
    } else if (opens) {
      ++depth;
      line();
    } else if (c == ',') {
      line();
    }
  }
  return out;
}

}  // namespace kepu::cli
