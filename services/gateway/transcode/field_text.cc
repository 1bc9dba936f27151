#include "services/gateway/transcode/field_text.h"

#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Larger ones are not exact in a double, so a fraction form of them may not be what the caller meant.
constexpr double kExactIntegerMax = 9007199254740992.0;

template <class T>
using Setter = void (Reflection::*)(Message*, const FieldDescriptor*, T) const;

template <class T>
void Put(Message& message, const FieldDescriptor& field, Setter<T> set, Setter<T> add, T value) {
  (message.GetReflection()->*(field.is_repeated() ? add : set))(&message, &field, std::move(value));
}

template <class T>
std::string PutInteger(Message& message, const FieldDescriptor& field, Setter<T> set, Setter<T> add,
                       absl::string_view text) {
  T value = 0;
  // SimpleAtoi forgives spaces and a plus sign, which JSON and the tables of the API do not know.
  const bool plain = !text.empty() &&
                     (absl::ascii_isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-') &&
                     absl::ascii_isdigit(static_cast<unsigned char>(text.back()));
  if (!plain || !absl::SimpleAtoi(text, &value)) {
    return absl::StrCat("must be a whole number from ", std::numeric_limits<T>::min(), " to ",
                        std::numeric_limits<T>::max());
  }
  Put(message, field, set, add, value);
  return {};
}

std::string PutDouble(Message& message, const FieldDescriptor& field, absl::string_view text) {
  double value = 0;
  if (text == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity" || text == "-Infinity") {
    value = text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  } else {
    const bool plain = !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text.back())) &&
                       (absl::ascii_isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-');
    if (!plain || absl::StrContains(text, 'x') || !absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
      return "must be a number";
    }
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    Put(message, field, &Reflection::SetDouble, &Reflection::AddDouble, value);
    return {};
  }
  if (std::isfinite(value) && std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
    return "must be a number that fits 32 bits";
  }
  Put(message, field, &Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(value));
  return {};
}

std::string PutEnum(Message& message, const FieldDescriptor& field, absl::string_view text) {
  int32_t number = 0;
  if (const EnumValueDescriptor* value = field.enum_type()->FindValueByName(std::string(text))) {
    number = value->number();
  } else if (text.empty() || absl::ascii_isspace(static_cast<unsigned char>(text[0])) ||
             !absl::SimpleAtoi(text, &number)) {
    std::string names;
    for (int i = 0; i < field.enum_type()->value_count() && i < 20; ++i) {
      absl::StrAppend(&names, i == 0 ? "" : ", ", field.enum_type()->value(i)->name());
    }
    return absl::StrCat("must be one of ", names);
  }
  Put(message, field, &Reflection::SetEnumValue, &Reflection::AddEnumValue, static_cast<int>(number));
  return {};
}

std::string PutString(Message& message, const FieldDescriptor& field, absl::string_view text) {
  std::string value;
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    if (!IsCleanText(text)) return "must be UTF-8 without NUL";
    value = std::string(text);
  } else {
    const bool url_safe = text.find_first_of("-_") != absl::string_view::npos;
    if (!(url_safe ? absl::WebSafeBase64Unescape(text, &value) : absl::Base64Unescape(text, &value))) {
      return "must be base64";
    }
  }
  Put(message, field, &Reflection::SetString, &Reflection::AddString, std::move(value));
  return {};
}

std::string FillMask(Message& target, absl::string_view text) {
  auto& mask = static_cast<google::protobuf::FieldMask&>(target);
  mask.Clear();
  if (text.empty()) return {};
  for (const absl::string_view path : absl::StrSplit(text, ',')) {
    // The JSON form is camelCase, the names in the documents are snake_case: both are understood.
    std::string snake(path);
    if (!absl::StrContains(path, '_')) {
      google::protobuf::FieldMask one;
      if (!google::protobuf::util::FieldMaskUtil::FromJsonString(std::string(path), &one) ||
          one.paths_size() != 1) {
        return "must be field paths with commas between them";
      }
      snake = one.paths(0);
    }
    for (const char c : snake) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') {
        return "must be field paths with commas between them";
      }
    }
    mask.add_paths(snake);
  }
  return {};
}

std::string FillTextMessage(Message& target, absl::string_view text, bool number) {
  switch (target.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!number && google::protobuf::util::TimeUtil::FromString(
                         std::string(text), &static_cast<google::protobuf::Timestamp&>(target))) {
        return {};
      }
      return "must be a time like 2026-05-01T09:30:00+08:00";
    case Descriptor::WELLKNOWNTYPE_DURATION:
      if (!number && google::protobuf::util::TimeUtil::FromString(
                         std::string(text), &static_cast<google::protobuf::Duration&>(target))) {
        return {};
      }
      return "must be a duration in seconds like 90s or 1.5s";
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return number ? "must be field paths with commas between them" : FillMask(target, text);
    default:
      break;
  }
  const FieldDescriptor& value = *target.GetDescriptor()->FindFieldByNumber(1);
  return number ? SetFromNumber(target, value, text) : SetFromText(target, value, text);
}

bool IsText(const FieldDescriptor& field) {
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return false;
    default:
      return true;
  }
}

std::string SetMessage(Message& message, const FieldDescriptor& field, absl::string_view text, bool number) {
  if (!IsText(field)) return "must be an object";
  const Reflection* reflection = message.GetReflection();
  Message* target = field.is_repeated() ? reflection->AddMessage(&message, &field)
                                        : reflection->MutableMessage(&message, &field);
  return FillTextMessage(*target, text, number);
}

// "3.0" and "3e2" as the digits of an integer; empty when it is none.
std::string WholeNumber(absl::string_view number) {
  if (number.find_first_of(".eE") == absl::string_view::npos) return std::string(number);
  double value = 0;
  if (!absl::SimpleAtod(number, &value) || std::floor(value) != value || std::abs(value) > kExactIntegerMax)
    return {};
  return absl::StrCat(static_cast<int64_t>(value));
}

}  // namespace

std::string SetFromText(Message& message, const FieldDescriptor& field, absl::string_view text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<int32_t>(message, field, &Reflection::SetInt32, &Reflection::AddInt32, text);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<int64_t>(message, field, &Reflection::SetInt64, &Reflection::AddInt64, text);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<uint32_t>(message, field, &Reflection::SetUInt32, &Reflection::AddUInt32, text);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<uint64_t>(message, field, &Reflection::SetUInt64, &Reflection::AddUInt64, text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutDouble(message, field, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return "must be true or false";
      SetBool(message, field, text == "true");
      return {};
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_STRING:
      return PutString(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, text, false);
  }
  return "cannot be set";
}

std::string SetFromNumber(Message& message, const FieldDescriptor& field, absl::string_view number) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetFromText(message, field, WholeNumber(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutDouble(message, field, number);
    case FieldDescriptor::CPPTYPE_BOOL:
      return "must be true or false";
    case FieldDescriptor::CPPTYPE_STRING:
      return "must be a string";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, number, true);
  }
  return "cannot be set";
}

bool IsDate(const Descriptor& type) { return type.full_name() == "google.type.Date"; }

std::string SetDate(Message& message, const FieldDescriptor& field, absl::string_view text) {
  absl::CivilDay day;
  // Ten characters, so that neither a sign nor a time of day passes.
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) return "must be a day like 2026-12-01";
  Message* date = message.GetReflection()->MutableMessage(&message, &field);
  const auto set = [date](const char* part, int64_t value) {
    date->GetReflection()->SetInt32(date, date->GetDescriptor()->FindFieldByName(part),
                                    static_cast<int32_t>(value));
  };
  set("year", day.year());
  set("month", day.month());
  set("day", day.day());
  return {};
}

void SetBool(Message& message, const FieldDescriptor& field, bool value) {
  Put(message, field, &Reflection::SetBool, &Reflection::AddBool, value);
}

}  // namespace kepu::gateway::transcode
