#include "services/cli/cells.h"

#include <cctype>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/cell_codecs.h"

namespace kepu::cli {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Wants(absl::string_view cell, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("\"", cell, "\" is not ", what));
}

// BaseCategory -> BASE_CATEGORY_.
std::string PrefixOf(const std::string& enum_name) {
  std::string prefix;
  for (const char c : enum_name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return prefix + "_";
}

absl::StatusOr<const EnumValueDescriptor*> FindEnum(const FieldDescriptor& field, absl::string_view cell) {
  const auto& type = *field.enum_type();
  const std::string word = absl::AsciiStrToUpper(cell);
  for (const std::string& name : {word, PrefixOf(type.name()) + word}) {
    const EnumValueDescriptor* value = type.FindValueByName(name);
    if (value != nullptr && value->number() != 0) return value;
  }
  std::string known;
  for (int i = 1; i < type.value_count(); ++i)
    absl::StrAppend(&known, i > 1 ? ", " : "", type.value(i)->name());
  return Wants(cell, absl::StrCat("one of ", known));
}

// Sets, or for a repeated field adds, one value.
class Setter {
 public:
  Setter(Message& message, const FieldDescriptor& field)
      : message_(message), field_(field), reflection_(*message.GetReflection()) {}

  absl::Status Put(absl::string_view cell, const Days& days) {
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return PutText(cell);
      case FieldDescriptor::CPPTYPE_BOOL:
        return PutBool(cell);
      case FieldDescriptor::CPPTYPE_ENUM:
        return PutEnum(cell);
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
        return PutInteger(cell);
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* child = field_.is_repeated() ? reflection_.AddMessage(&message_, &field_)
                                              : reflection_.MutableMessage(&message_, &field_);
        return FillMessage(*child, cell, days);
      }
      default:
        return absl::UnimplementedError(
            absl::StrCat("a cell cannot fill a field of type ", field_.type_name()));
    }
  }

 private:
  absl::Status PutText(absl::string_view cell) {
    std::string text(cell);
    field_.is_repeated() ? reflection_.AddString(&message_, &field_, std::move(text))
                         : reflection_.SetString(&message_, &field_, std::move(text));
    return absl::OkStatus();
  }

  absl::Status PutBool(absl::string_view cell) {
    bool value = false;
    if (!absl::SimpleAtob(cell, &value)) return Wants(cell, "true or false");
    field_.is_repeated() ? reflection_.AddBool(&message_, &field_, value)
                         : reflection_.SetBool(&message_, &field_, value);
    return absl::OkStatus();
  }

  absl::Status PutEnum(absl::string_view cell) {
    const absl::StatusOr<const EnumValueDescriptor*> value = FindEnum(field_, cell);
    if (!value.ok()) return value.status();
    field_.is_repeated() ? reflection_.AddEnum(&message_, &field_, *value)
                         : reflection_.SetEnum(&message_, &field_, *value);
    return absl::OkStatus();
  }

  absl::Status PutInteger(absl::string_view cell) {
    const bool wide = field_.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
    int64_t number = 0;
    int32_t narrow = 0;
    if (wide ? !absl::SimpleAtoi(cell, &number) : !absl::SimpleAtoi(cell, &narrow))
      return Wants(cell, "a whole number");
    if (wide) {
      field_.is_repeated() ? reflection_.AddInt64(&message_, &field_, number)
                           : reflection_.SetInt64(&message_, &field_, number);
    } else {
      field_.is_repeated() ? reflection_.AddInt32(&message_, &field_, narrow)
                           : reflection_.SetInt32(&message_, &field_, narrow);
    }
    return absl::OkStatus();
  }

  Message& message_;
  const FieldDescriptor& field_;
  const google::protobuf::Reflection& reflection_;
};

const FieldDescriptor* FindField(const google::protobuf::Descriptor& type, absl::string_view part) {
  return type.FindFieldByName(std::string(part));
}

}  // namespace

absl::Status SetCell(Message& message, absl::string_view column, absl::string_view cell, const Days& days) {
  const std::vector<absl::string_view> parts = absl::StrSplit(column, '.');
  Message* target = &message;
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = FindField(*target->GetDescriptor(), parts[i]);
    if (field == nullptr) return absl::NotFoundError(absl::StrCat("there is no field ", column));
    if (i + 1 < parts.size()) {
      if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return absl::NotFoundError(absl::StrCat("there is no field ", column));
      }
      target = target->GetReflection()->MutableMessage(target, field);
      continue;
    }
    Setter setter(*target, *field);
    if (!field->is_repeated()) return setter.Put(cell, days);
    for (absl::string_view item : absl::StrSplit(cell, ';')) {
      item = absl::StripAsciiWhitespace(item);
      if (item.empty()) continue;
      if (absl::Status status = setter.Put(item, days); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

bool IsFieldOf(const google::protobuf::Descriptor& type, absl::string_view column) {
  const google::protobuf::Descriptor* at = &type;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view part : absl::StrSplit(column, '.')) {
    if (at == nullptr || (field != nullptr && field->is_repeated())) return false;
    field = FindField(*at, part);
    if (field == nullptr) return false;
    at = field->message_type();
  }
  return true;
}

}  // namespace kepu::cli
