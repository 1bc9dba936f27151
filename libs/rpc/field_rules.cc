#include "libs/rpc/field_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/field_plan.h"
#include "libs/rpc/update_mask.h"
#include "libs/text/utf8.h"

namespace kepu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Kind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING ? Kind::kText : Kind::kBytes;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Kind::kReal;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type()->full_name() == "google.protobuf.Timestamp") return Kind::kTimestamp;
      if (field.message_type()->full_name() == "google.protobuf.Duration") return Kind::kDuration;
      return Kind::kMessage;
    default:
      return Kind::kNumber;
  }
}

// Where a field lies; spelled only when something is wrong with it.
struct Path {
  const Path* parent = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;

  std::string Spell() const {
    std::string out = parent != nullptr && parent->field != nullptr ? absl::StrCat(parent->Spell(), ".") : "";
    absl::StrAppend(&out, field->name());
    if (index >= 0) absl::StrAppend(&out, "[", index, "]");
    return out;
  }
};

std::string EnumNames(const FieldDescriptor& field) {
  std::string names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    if (field.enum_type()->value(i)->number() == 0) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", field.enum_type()->value(i)->name());
  }
  return names;
}

bool HasControlCharacters(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
  });
}

int64_t IntegerOf(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return index < 0 ? reflection.GetInt32(message, field)
                       : reflection.GetRepeatedInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return index < 0 ? reflection.GetUInt32(message, field)
                       : reflection.GetRepeatedUInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<int64_t>(
          std::min<uint64_t>(index < 0 ? reflection.GetUInt64(message, field)
                                       : reflection.GetRepeatedUInt64(message, field, index),
                             INT64_MAX));
    default:
      return index < 0 ? reflection.GetInt64(message, field)
                       : reflection.GetRepeatedInt64(message, field, index);
  }
}

double RealOf(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection& reflection = *message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    return index < 0 ? reflection.GetFloat(message, field)
                     : reflection.GetRepeatedFloat(message, field, index);
  }
  return index < 0 ? reflection.GetDouble(message, field)
                   : reflection.GetRepeatedDouble(message, field, index);
}

// One check of one request.
class Checker {
 public:
  explicit Checker(refusal::FieldErrors& errors) : errors_(errors) {}

  void Request(const FieldRules::MessagePlan& plan, Message& request) {
    std::optional<UpdateMask> mask;
    if (plan.update.mask != nullptr) {
      mask.emplace(plan.update, request, errors_);
      mask_ = &*mask;
      resource_ = plan.update.resource;
    }
    Check(plan, request, Path(), 0);
  }

 private:
  void Check(const FieldRules::MessagePlan& plan, Message& message, const Path& parent, int depth) {
    if (depth == kMaxDepth) return errors_.Add(parent.Spell(), absl::StrCat("nests deeper than ", kMaxDepth));
    // Most fields of most requests are not set: asking for those that are is cheaper than asking each of all.
    std::vector<const FieldDescriptor*>& present = present_[static_cast<size_t>(depth)];
    message.GetReflection()->ListFields(message, &present);
    auto required = plan.required.begin();
    for (const FieldDescriptor* descriptor : present) {
      const FieldPlan& field = plan.fields[static_cast<size_t>(descriptor->index())];
      // Both are in the order of numbers, so what is required and was passed over is missing.
      for (; required != plan.required.end() && *required < descriptor->number(); ++required) {
        Missing(plan, *required, parent);
      }
      if (required != plan.required.end() && *required == descriptor->number()) ++required;
      if (!field.checked) continue;
      const Path path{&parent, descriptor, -1};
      if (field.output_only) {
        message.GetReflection()->ClearField(&message, descriptor);
      } else if (field.repeated) {
        Repeated(field, message, path, depth);
      } else {
        Value(field, message, path, depth);
      }
    }
    for (; required != plan.required.end(); ++required) Missing(plan, *required, parent);
  }

  void Missing(const FieldRules::MessagePlan& plan, int number, const Path& parent) {
    const auto field =
        std::find_if(plan.fields.begin(), plan.fields.end(),
                     [number](const FieldPlan& candidate) { return candidate.field->number() == number; });
    Missing(*field, {&parent, field->field, -1});
  }

  void Missing(const FieldPlan& field, const Path& path) {
    if (mask_ != nullptr) {
      const std::string spelled = path.Spell();
      const std::string resource = absl::StrCat(resource_->name(), ".");
      if (absl::StartsWith(spelled, resource) && !mask_->Writes(spelled.substr(resource.size()))) return;
    }
    errors_.Add(path.Spell(), field.kind == Kind::kEnum
                                  ? absl::StrCat("is required: one of ", EnumNames(*field.field))
                                  : std::string("is required"));
  }

  void Repeated(const FieldPlan& field, Message& message, const Path& path, int depth) {
    const int count = message.GetReflection()->FieldSize(message, field.field);
    if (count > field.max_items) {
      return errors_.Add(path.Spell(), absl::StrCat("has ", count, " entries; at most ", field.max_items));
    }
    for (int i = 0; i < count; ++i) Value(field, message, {path.parent, field.field, i}, depth);
  }

  // One value: the field, or one entry of it when the path has an index.
  void Value(const FieldPlan& field, Message& message, const Path& path, int depth) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.kind) {
      case Kind::kText:
      case Kind::kBytes: {
        std::string scratch;
        return Text(field,
                    path.index < 0
                        ? reflection.GetStringReference(message, field.field, &scratch)
                        : reflection.GetRepeatedStringReference(message, field.field, path.index, &scratch),
                    path);
      }
      case Kind::kNumber:
        if (field.ranged) {
          const int64_t value = IntegerOf(message, field.field, path.index);
          if (value < field.min || value > field.max) OutOfRange(field, path);
        }
        return;
      case Kind::kReal: {
        const double value = RealOf(message, field.field, path.index);
        if (!std::isfinite(value)) return errors_.Add(path.Spell(), "must be a finite number");
        if (field.ranged &&
            (value < static_cast<double>(field.min) || value > static_cast<double>(field.max))) {
          OutOfRange(field, path);
        }
        return;
      }
      case Kind::kEnum: {
        const int value = path.index < 0 ? reflection.GetEnumValue(message, field.field)
                                         : reflection.GetRepeatedEnumValue(message, field.field, path.index);
        if (value == 0 && field.required && path.index < 0) return Missing(field, path);
        if (field.field->enum_type()->FindValueByNumber(value) == nullptr) {
          errors_.Add(path.Spell(), absl::StrCat(value, " is not known; one of ", EnumNames(*field.field)));
        }
        return;
      }
      case Kind::kBool:
        return;
      case Kind::kMessage:
      case Kind::kTimestamp:
      case Kind::kDuration: {
        Message& child = path.index < 0
                             ? *reflection.MutableMessage(&message, field.field)
                             : *reflection.MutableRepeatedMessage(&message, field.field, path.index);
        if (field.kind == Kind::kMessage) return Check(*field.child, child, path, depth + 1);
        return Time(child, path);
      }
    }
  }

  void Text(const FieldPlan& field, const std::string& value, const Path& path) {
    // Set but empty is possible where a field is optional.
    if (value.empty() && field.required && path.index < 0) return Missing(field, path);
    if (value.size() > field.max_bytes) {
      return errors_.Add(path.Spell(),
                         absl::StrCat("has ", value.size(), " bytes; at most ", field.max_bytes));
    }
    if (field.kind == Kind::kText && HasControlCharacters(value)) {
      errors_.Add(path.Spell(), "must not contain control characters");
    }
  }

  void OutOfRange(const FieldPlan& field, const Path& path) {
    errors_.Add(path.Spell(), absl::StrCat("must be from ", field.min, " to ", field.max));
  }

  void Time(const Message& message, const Path& path) {
    if (const auto* instant = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
      if (instant->seconds() < kFirstSecond || instant->seconds() > kLastSecond || instant->nanos() < 0 ||
          instant->nanos() >= kNanosPerSecond) {
        errors_.Add(path.Spell(), "must be a time from year 1 to 9999, nanos from 0 to 999999999");
      }
    } else if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message)) {
      const bool signs_differ =
          (span->seconds() > 0 && span->nanos() < 0) || (span->seconds() < 0 && span->nanos() > 0);
      if (span->seconds() > kMaxDurationSeconds || span->seconds() < -kMaxDurationSeconds ||
          span->nanos() >= kNanosPerSecond || span->nanos() <= -kNanosPerSecond || signs_differ) {
        errors_.Add(path.Spell(),
                    "must be a duration of at most 10,000 years, seconds and nanos of one sign");
      }
    }
  }

  refusal::FieldErrors& errors_;
  std::array<std::vector<const FieldDescriptor*>, kMaxDepth>
      present_;  // by depth, so that they are made once
  const UpdateMask* mask_ = nullptr;
  const FieldDescriptor* resource_ = nullptr;
};

std::string FindBadTextIn(const Descriptor& type, const std::string& bytes, int depth) {
  google::protobuf::UnknownFieldSet fields;
  if (depth == kMaxDepth || !fields.ParseFromString(bytes)) return {};
  for (int i = 0; i < fields.field_count(); ++i) {
    if (fields.field(i).type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const FieldDescriptor* field = type.FindFieldByNumber(fields.field(i).number());
    if (field == nullptr) continue;
    const std::string& value = fields.field(i).length_delimited();
    if (field->type() == FieldDescriptor::TYPE_STRING && !text::IsUtf8(value)) return field->name();
    if (field->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const std::string inner = FindBadTextIn(*field->message_type(), value, depth + 1);
    if (!inner.empty()) return absl::StrCat(field->name(), ".", inner);
  }
  return {};
}

}  // namespace

FieldRules::FieldRules() = default;
FieldRules::~FieldRules() = default;

void FieldRules::Learn(const Descriptor& request_type) { Plan(request_type); }

const FieldRules::MessagePlan* FieldRules::Plan(const Descriptor& type) {
  auto [it, fresh] = plans_.try_emplace(&type);
  if (!fresh) return it->second.get();
  it->second = std::make_unique<MessagePlan>();
  // The map may grow below; the plan itself stays where it is, so types may contain themselves.
  MessagePlan* plan = it->second.get();
  plan->update = FindUpdateFields(type);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const auto& rule = field->options().GetExtension(options::v1::field);
    FieldPlan made;
    made.field = field;
    made.kind = KindOf(*field);
    made.required = rule.required();
    made.output_only = rule.output_only();
    made.ranged = rule.max() > rule.min();
    made.min = rule.min();
    made.max = rule.max();
    made.max_bytes = static_cast<size_t>(rule.max_bytes() > 0 ? rule.max_bytes() : kDefaultMaxBytes);
    made.max_items = rule.max_items() > 0 ? rule.max_items() : kDefaultMaxItems;
    if (made.kind == Kind::kMessage) made.child = Plan(*field->message_type());
    made.repeated = field->is_repeated();
    made.checked = made.output_only || made.repeated ||
                   !(made.kind == Kind::kBool || (made.kind == Kind::kNumber && !made.ranged));
    plan->fields.push_back(made);
    // Zero cannot be told from absent, so it is a value where the range says so.
    const bool zero_is_a_value = made.ranged && made.min <= 0 && made.max >= 0 && !field->has_presence();
    if (made.required && !made.output_only && !zero_is_a_value) plan->required.push_back(field->number());
  }
  std::sort(plan->required.begin(), plan->required.end());
  // An update's mask takes looking at the message.
  plan->quick = plan->update.mask == nullptr;
  for (const FieldPlan& field : plan->fields) {
    if (field.field->number() < kQuickNumbers)
      plan->by_number[static_cast<size_t>(field.field->number())] = &field;
  }
  for (const int number : plan->required) {
    const bool one_of_several = type.FindFieldByNumber(number)->real_containing_oneof() != nullptr;
    plan->quick = plan->quick && number < kQuickNumbers && !one_of_several;
    if (number < kQuickNumbers) plan->required_numbers |= uint64_t{1} << number;
  }
  return plan;
}

void FieldRules::Apply(absl::string_view bytes, Message& request, refusal::FieldErrors& errors) const {
  auto it = plans_.find(request.GetDescriptor());
  if (it == plans_.end()) return errors.Add("", "the rules of this request were never learned");
  if (!IsClean(*it->second, bytes)) Checker(errors).Request(*it->second, request);
}

std::string FindBadText(const Descriptor& type, absl::string_view bytes) {
  return FindBadTextIn(type, std::string(bytes), 0);
}

}  // namespace kepu::rpc
