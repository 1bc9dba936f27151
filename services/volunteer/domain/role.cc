#include "services/volunteer/domain/role.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void AddMissing(const Message& from, const FieldDescriptor& field, Message* to) {
  const auto& reflection = *to->GetReflection();
  for (int i = 0; i < reflection.FieldSize(from, &field); ++i) {
    bool known = false;
    for (int k = 0; k < reflection.FieldSize(*to, &field) && !known; ++k) {
      known =
          field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM
              ? reflection.GetRepeatedEnumValue(*to, &field, k) ==
                    reflection.GetRepeatedEnumValue(from, &field, i)
              : reflection.GetRepeatedString(*to, &field, k) == reflection.GetRepeatedString(from, &field, i);
    }
    if (known) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.AddEnumValue(to, &field, reflection.GetRepeatedEnumValue(from, &field, i));
    } else {
      reflection.AddString(to, &field, reflection.GetRepeatedString(from, &field, i));
    }
  }
}

// Upper bounds are the lower of both, where 0 is none; of everything else the higher one asks for more.
int32_t Narrower(const FieldDescriptor& field, int32_t one, int32_t other) {
  if (!absl::EndsWith(field.name(), "_max")) return std::max(one, other);
  if (one == 0 || other == 0) return std::max(one, other);
  return std::min(one, other);
}

}  // namespace

absl::Status CheckRole(v1::Role& role) {
  refusal::FieldErrors errors;
  if (role.title().zh().empty()) errors.Add("role.title.zh", "is required");
  const v1::Requirements& needs = role.requirements();
  if (needs.age_max() > 0 && needs.age_max() < needs.age_min())
    errors.Add("role.requirements.age_max", "must not be less than age_min");
  for (const std::string& course : needs.courses()) {
    if (!names::Parse("", "courses/*", course).ok())
      errors.Add("role.requirements.courses", "must be like courses/*");
  }
  if (role.break_minutes() > 0 && role.break_after_minutes() <= role.break_minutes())
    errors.Add("role.break_after_minutes", "must be longer than the break");
  if (role.trainee_places() > 0 && needs.courses().empty())
    errors.Add("role.trainee_places", "are for a role that asks for a course");
  if (role.sign_up_mode() == v1::SIGN_UP_MODE_UNSPECIFIED) role.set_sign_up_mode(v1::FIRST_COME);
  if (role.left_behind_children()) {
    role.mutable_requirements()->set_background_check(true);
    role.mutable_requirements()->set_two_adults(true);
  }
  return errors.ToStatus();
}

// By what the message says of itself, so that a requirement that is added later is joined as well.
v1::Requirements Joined(const v1::Requirements& one, const v1::Requirements& other) {
  v1::Requirements joined = one;
  const auto& type = *v1::Requirements::descriptor();
  const auto& reflection = *joined.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated()) {
      AddMissing(other, field, &joined);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      const bool asked = reflection.GetBool(one, &field) || reflection.GetBool(other, &field);
      reflection.SetBool(&joined, &field, asked);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      const int32_t first = reflection.GetInt32(one, &field), second = reflection.GetInt32(other, &field);
      reflection.SetInt32(&joined, &field, Narrower(field, first, second));
    }
  }
  return joined;
}

absl::Status TakeRole(const v1::Role* role, ShiftCommand* command) {
  if (command->role_name.empty()) return absl::OkStatus();
  if (role == nullptr)
    return refusal::BadField("shift.role_name", absl::StrCat(command->role_name, " is not a role"));
  if (role->retired()) return refusal::Refuse(refusal::kNo, "ROLE_RETIRED", {{"name", role->name()}});
  if (command->role.zh().empty()) command->role = role->title();
  const v1::Requirements given = command->requirements.value_or(v1::Requirements());
  if (role->has_requirements() || command->requirements)
    command->requirements = Joined(role->requirements(), given);
  if (command->sign_up_mode == v1::SIGN_UP_MODE_UNSPECIFIED) command->sign_up_mode = role->sign_up_mode();
  if (command->trainee_places == 0) command->trainee_places = role->trainee_places();
  const bool has_break = command->end - command->start > absl::Minutes(role->break_after_minutes());
  if (command->break_minutes == 0 && has_break) command->break_minutes = role->break_minutes();
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
