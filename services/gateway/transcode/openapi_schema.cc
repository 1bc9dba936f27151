#include "services/gateway/transcode/openapi_schema.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "kepu/options/v1/options.pb.h"
#include "services/gateway/transcode/json_text.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::string Ref(absl::string_view name) {
  return absl::StrCat(R"({"$ref":"#/components/schemas/)", name, R"("})");
}

void Bounds(const FieldDescriptor& field, JsonText& json) {
  const auto& rule = field.options().GetExtension(options::v1::field);
  if (rule.output_only()) json.Key("readOnly").Bool(true);
  if (field.is_repeated()) return;
  const bool text = field.type() == FieldDescriptor::TYPE_STRING;
  if (text && rule.max_bytes() > 0) json.Key("maxLength").Number(rule.max_bytes());
  if (text && rule.required()) json.Key("minLength").Number(1);
  const bool number = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                      field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32;
  if (number && rule.max() > rule.min()) {
    json.Key("minimum").Number(rule.min());
    json.Key("maximum").Number(rule.max());
  }
}

void Plain(const FieldDescriptor& field, JsonText& json) {
  auto put = [&](const char* type, const char* format) {
    json.Pair("type", type);
    if (*format != '\0') json.Pair("format", format);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put("integer", "int32");
    case FieldDescriptor::CPPTYPE_UINT32:
      put("integer", "int64");
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      return put("string", "int64");
    case FieldDescriptor::CPPTYPE_UINT64:
      return put("string", "uint64");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put("number", "double");
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put("number", "float");
    case FieldDescriptor::CPPTYPE_BOOL:
      return put("boolean", "");
    default:
      return put("string", field.type() == FieldDescriptor::TYPE_BYTES ? "byte" : "");
  }
}

// Messages that are one text in JSON.
void TextForm(const Descriptor& message, JsonText& json) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      json.Pair("type", "string").Pair("format", "date-time").Pair("example", "2026-05-01T01:30:00Z");
      return;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      json.Pair("type", "string").Pair("pattern", "^-?[0-9]+([.][0-9]{1,9})?s$").Pair("example", "5400s");
      return;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      json.Pair("type", "string").Pair("example", "displayName,etag");
      return;
    default:
      Plain(*message.FindFieldByNumber(1), json);
      json.Key("nullable").Bool(true);
  }
}

std::string Title(absl::string_view name) {
  std::string title(name);
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  return title;
}

std::string CommentOf(const Comments& comments, absl::string_view full_name) {
  return comments ? Markdown(comments(full_name)) : std::string();
}

}  // namespace

std::string Markdown(absl::string_view comment) {
  return absl::StrReplaceAll(comment, {{"*", "\\*"}, {"<", "\\<"}, {"_", "\\_"}});
}

void OpenApiSchemas::Description(absl::string_view full_name, JsonText& json) const {
  const std::string comment = CommentOf(comments_, full_name);
  if (!comment.empty()) json.Pair("description", comment);
}

std::string OpenApiSchemas::Single(const FieldDescriptor& field, bool described) {
  if (field.message_type() != nullptr && !IsTextMessage(*field.message_type()))
    return Of(*field.message_type());
  if (field.enum_type() != nullptr) {
    const std::string name = field.enum_type()->full_name();
    if (components_.try_emplace(name).second) components_[name] = Describe(*field.enum_type());
    return Ref(name);
  }
  JsonText json;
  json.Open('{');
  if (field.message_type() != nullptr) {
    TextForm(*field.message_type(), json);
  } else {
    Plain(field, json);
  }
  Bounds(field, json);
  if (described) Description(field.full_name(), json);
  return json.Close('}').Take();
}

std::string OpenApiSchemas::Of(const Descriptor& message) {
  const std::string name = message.full_name();
  // Named before it is described: messages may hold themselves.
  if (components_.try_emplace(name).second) components_[name] = Describe(message, nullptr, nullptr);
  return Ref(name);
}

std::string OpenApiSchemas::OfBody(const Descriptor& message, const FieldTest& left_out,
                                   const FieldTest& optional) {
  const std::string plain = Describe(message, nullptr, nullptr);
  std::string shape = Describe(message, left_out, optional);
  if (shape == plain) return Of(message);
  for (int i = 1;; ++i) {
    const std::string name = absl::StrCat(message.full_name(), ".Body", i == 1 ? "" : absl::StrCat(i));
    const auto [it, fresh] = components_.try_emplace(name, shape);
    if (fresh || it->second == shape) return Ref(name);
  }
}

std::string OpenApiSchemas::Of(const FieldDescriptor& field, bool described) {
  const auto& rule = field.options().GetExtension(options::v1::field);
  JsonText json;
  if (!field.is_repeated()) {
    const std::string single = Single(field, described);
    const std::string comment = described ? CommentOf(comments_, field.full_name()) : "";
    const bool is_ref = absl::StartsWith(single, R"({"$ref")");
    if (!is_ref || (!rule.output_only() && comment.empty())) return single;
    // Nothing may stand beside a $ref in 3.0.
    json.Open('{');
    if (rule.output_only()) json.Key("readOnly").Bool(true);
    if (!comment.empty()) json.Pair("description", comment);
    return json.Key("allOf").Open('[').Raw(single).Close(']').Close('}').Take();
  }
  json.Open('{');
  if (field.is_map()) {
    json.Pair("type", "object").Key("additionalProperties");
    json.Raw(Single(*field.message_type()->map_value(), false));
  } else {
    json.Pair("type", "array").Key("items").Raw(Single(field, false));
    if (rule.max_items() > 0) json.Key("maxItems").Number(rule.max_items());
  }
  if (rule.output_only()) json.Key("readOnly").Bool(true);
  if (described) Description(field.full_name(), json);
  return json.Close('}').Take();
}

std::string OpenApiSchemas::Describe(const Descriptor& message, const FieldTest& left_out,
                                     const FieldTest& optional) {
  JsonText json;
  json.Open('{').Pair("type", "object").Pair("title", message.name());
  Description(message.full_name(), json);
  std::vector<std::string> required;
  json.Key("properties").Open('{');
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (left_out && left_out(field)) continue;
    json.Key(field.json_name()).Raw(Of(field));
    const auto& rule = field.options().GetExtension(options::v1::field);
    if (rule.required() && !rule.output_only() && !(optional && optional(field)))
      required.push_back(field.json_name());
  }
  json.Close('}');
  if (!required.empty()) {
    json.Key("required").Open('[');
    for (const std::string& name : required) json.String(name);
    json.Close(']');
  }
  return json.Close('}').Take();
}

std::string OpenApiSchemas::Describe(const EnumDescriptor& type) {
  JsonText json;
  json.Open('{').Pair("type", "string").Pair("title", Title(type.name()));
  std::string text = CommentOf(comments_, type.full_name());
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    const std::string comment = CommentOf(comments_, absl::StrCat(type.full_name(), ".", name));
    if (!comment.empty()) absl::StrAppend(&text, text.empty() ? "" : "\n", "- `", name, "`: ", comment);
  }
  if (!text.empty()) json.Pair("description", text);
  json.Key("enum").Open('[');
  for (int i = 0; i < type.value_count(); ++i) json.String(type.value(i)->name());
  return json.Close(']').Close('}').Take();
}

}  // namespace kepu::gateway::transcode
