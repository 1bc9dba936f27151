#include "services/gateway/transcode/json_write.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"

namespace kepu::gateway::transcode {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct JsonWriter::FieldPlan {
  const FieldDescriptor* field = nullptr;
  std::string key;  // "\"displayName\":"
  bool repeated = false;
  bool map = false;
  bool has_presence = false;
  FieldDescriptor::CppType cpp_type = FieldDescriptor::CPPTYPE_INT32;
  bool bytes = false;
  const Plan* message = nullptr;
};

struct JsonWriter::Plan {
  enum class Form { kObject, kTimestamp, kDuration, kFieldMask, kWrapper };
  Form form = Form::kObject;
  std::vector<FieldPlan> fields;
};

namespace {

constexpr char kHex[] = "0123456789abcdef";

template <class Integer>
void AppendInteger(Integer value, bool quoted, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  if (quoted) out.push_back('"');
  out.append(digits, end);
  if (quoted) out.push_back('"');
}

template <class Number>
void AppendFloating(Number value, std::string& out) {
  if (std::isnan(value)) {
    out.append("\"NaN\"");
  } else if (std::isinf(value)) {
    out.append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
  } else {
    char digits[40];
    out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
  }
}

// ".5" as ".500": fractions have no, three, six or nine digits.
void AppendFraction(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  int digits = 9;
  if (nanos % 1000000 == 0) {
    digits = 3;
    nanos /= 1000000;
  } else if (nanos % 1000 == 0) {
    digits = 6;
    nanos /= 1000;
  }
  const size_t at = out.size() + 1;
  out.append(static_cast<size_t>(digits) + 1, '.');
  for (int i = digits - 1; i >= 0; --i, nanos /= 10) {
    out[at + static_cast<size_t>(i)] = static_cast<char>('0' + nanos % 10);
  }
}

void AppendTwo(int value, std::string& out) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

void AppendTimestamp(const google::protobuf::Timestamp& time, std::string& out) {
  const auto civil = absl::ToCivilSecond(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
  out.push_back('"');
  const auto year = static_cast<int>(civil.year());
  AppendTwo(year / 100 % 100, out);
  AppendTwo(year % 100, out);
  out.push_back('-');
  AppendTwo(civil.month(), out);
  out.push_back('-');
  AppendTwo(civil.day(), out);
  out.push_back('T');
  AppendTwo(civil.hour(), out);
  out.push_back(':');
  AppendTwo(civil.minute(), out);
  out.push_back(':');
  AppendTwo(civil.second(), out);
  AppendFraction(time.nanos(), out);
  out.append("Z\"");
}

void AppendDuration(const google::protobuf::Duration& duration, std::string& out) {
  out.push_back('"');
  const bool negative = duration.seconds() < 0 || duration.nanos() < 0;
  if (negative) out.push_back('-');
  AppendInteger(std::abs(duration.seconds()), false, out);
  AppendFraction(std::abs(duration.nanos()), out);
  out.append("s\"");
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string& out) {
  out.push_back('"');
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f) continue;
    out.append(text.data() + done, i - done);
    done = i + 1;
    switch (byte) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        out.append("\\u00");
        out.push_back(kHex[byte >> 4]);
        out.push_back(kHex[byte & 15]);
    }
  }
  out.append(text.data() + done, text.size() - done);
  out.push_back('"');
}

JsonWriter::JsonWriter() = default;
JsonWriter::~JsonWriter() = default;

void JsonWriter::Prepare(const Descriptor& type) { Make(type); }

JsonWriter::Plan* JsonWriter::Make(const Descriptor& type) {
  auto [it, fresh] = plans_.try_emplace(&type);
  if (!fresh) return it->second.get();
  it->second = std::make_unique<Plan>();
  Plan* plan = it->second.get();
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      plan->form = Plan::Form::kTimestamp;
      break;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      plan->form = Plan::Form::kDuration;
      break;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      plan->form = Plan::Form::kFieldMask;
      break;
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      break;
    default:
      plan->form = Plan::Form::kWrapper;
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    FieldPlan entry;
    entry.field = field;
    AppendJsonString(field->json_name(), entry.key);
    entry.key.push_back(':');
    entry.repeated = field->is_repeated();
    entry.map = field->is_map();
    entry.has_presence = field->has_presence();
    entry.cpp_type = field->cpp_type();
    entry.bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    if (field->message_type() != nullptr) entry.message = Make(*field->message_type());
    plan->fields.push_back(std::move(entry));
  }
  return plan;
}

const JsonWriter::Plan* JsonWriter::PlanOf(const Descriptor& type) const {
  const auto it = plans_.find(&type);
  return it == plans_.end() ? nullptr : it->second.get();
}

void JsonWriter::Write(const Message& message, std::string& out) const {
  const Plan* plan = PlanOf(*message.GetDescriptor());
  if (plan != nullptr) return WritePlanned(message, *plan, out);
  out.append("{}");
}

void JsonWriter::WriteField(const Message& message, const FieldDescriptor& field, std::string& out) const {
  const Plan* plan = PlanOf(*message.GetDescriptor());
  if (plan == nullptr) return out.append("null"), void();
  const FieldPlan& entry = plan->fields[static_cast<size_t>(field.index())];
  if (!entry.repeated && entry.message != nullptr && !message.GetReflection()->HasField(message, &field)) {
    out.append("null");
    return;
  }
  WriteValue(message, entry, out);
}

void JsonWriter::WritePlanned(const Message& message, const Plan& plan, std::string& out) const {
  switch (plan.form) {
    case Plan::Form::kObject:
      break;
    case Plan::Form::kTimestamp:
      return AppendTimestamp(static_cast<const google::protobuf::Timestamp&>(message), out);
    case Plan::Form::kDuration:
      return AppendDuration(static_cast<const google::protobuf::Duration&>(message), out);
    case Plan::Form::kFieldMask: {
      std::string text;
      google::protobuf::util::FieldMaskUtil::ToJsonString(
          static_cast<const google::protobuf::FieldMask&>(message), &text);
      return AppendJsonString(text, out);
    }
    case Plan::Form::kWrapper:
      return WriteOne(message, plan.fields[0], -1, out);
  }
  out.push_back('{');
  const Reflection* reflection = message.GetReflection();
  bool first = true;
  for (const FieldPlan& field : plan.fields) {
    if (field.has_presence && !reflection->HasField(message, field.field)) continue;
    if (!first) out.push_back(',');
    first = false;
    out.append(field.key);
    WriteValue(message, field, out);
  }
  out.push_back('}');
}

void JsonWriter::WriteValue(const Message& message, const FieldPlan& field, std::string& out) const {
  if (!field.repeated) return WriteOne(message, field, -1, out);
  if (field.map) return WriteMap(message, field, out);
  const int count = message.GetReflection()->FieldSize(message, field.field);
  out.push_back('[');
  for (int i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    WriteOne(message, field, i, out);
  }
  out.push_back(']');
}

void JsonWriter::WriteMap(const Message& message, const FieldPlan& field, std::string& out) const {
  const Reflection* reflection = message.GetReflection();
  const int count = reflection->FieldSize(message, field.field);
  out.push_back('{');
  for (int i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    const Message& entry = reflection->GetRepeatedMessage(message, field.field, i);
    std::string key;
    WriteOne(entry, field.message->fields[0], -1, key);
    // Keys are strings, whatever their type.
    if (key.empty() || key[0] != '"') key = absl::StrCat("\"", key, "\"");
    out.append(key);
    out.push_back(':');
    WriteOne(entry, field.message->fields[1], -1, out);
  }
  out.push_back('}');
}

void JsonWriter::WriteOne(const Message& message, const FieldPlan& plan, int index, std::string& out) const {
  const Reflection& from = *message.GetReflection();
  const FieldDescriptor* field = plan.field;
  const bool single = index < 0;
  switch (plan.cpp_type) {
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendInteger(
          single ? from.GetInt32(message, field) : from.GetRepeatedInt32(message, field, index), false, out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendInteger(
          single ? from.GetUInt32(message, field) : from.GetRepeatedUInt32(message, field, index), false,
          out);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendInteger(
          single ? from.GetInt64(message, field) : from.GetRepeatedInt64(message, field, index), true, out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AppendInteger(
          single ? from.GetUInt64(message, field) : from.GetRepeatedUInt64(message, field, index), true, out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return AppendFloating(
          single ? from.GetDouble(message, field) : from.GetRepeatedDouble(message, field, index), out);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return AppendFloating(
          single ? from.GetFloat(message, field) : from.GetRepeatedFloat(message, field, index), out);
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = single ? from.GetBool(message, field) : from.GetRepeatedBool(message, field, index);
      return out.append(value ? "true" : "false"), void();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          single ? from.GetEnumValue(message, field) : from.GetRepeatedEnumValue(message, field, index);
      const EnumValueDescriptor* value = field->enum_type()->FindValueByNumber(number);
      return value == nullptr ? AppendInteger(number, false, out) : AppendJsonString(value->name(), out);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = single ? from.GetStringReference(message, field, &scratch)
                                       : from.GetRepeatedStringReference(message, field, index, &scratch);
      return AppendJsonString(plan.bytes ? absl::Base64Escape(text) : text, out);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WritePlanned(
          single ? from.GetMessage(message, field) : from.GetRepeatedMessage(message, field, index),
          *plan.message, out);
  }
}

}  // namespace kepu::gateway::transcode
