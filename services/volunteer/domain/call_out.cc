#include "services/volunteer/domain/call_out.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

constexpr int32_t kUsualPriority = 3;

void CheckNeed(const v1::CallOut::Need& need, const std::string& field, absl::Time now,
               refusal::FieldErrors* errors) {
  const absl::Time start = calendar::FromProto(need.start_time()), end = calendar::FromProto(need.end_time());
  if (!names::Parse("", "venues/*", need.place()).ok())
    errors->Add(field + ".place", "must be like venues/*");
  if (start <= now) errors->Add(field + ".start_time", "must be in the future");
  if (start > now + kHorizon) errors->Add(field + ".start_time", "must be within a year");
  if (end <= start) errors->Add(field + ".end_time", "must come after start_time");
  if (end - start > kShiftMax) errors->Add(field + ".end_time", "a shift lasts at most 8 hours");
  if (need.role().zh().empty()) errors->Add(field + ".role.zh", "is required");
}

}  // namespace

absl::Status CheckCallOut(v1::CallOut& call_out, absl::Time now) {
  refusal::FieldErrors errors;
  if (call_out.title().zh().empty()) errors.Add("call_out.title.zh", "is required");
  if (call_out.needs().empty()) errors.Add("call_out.needs", "is required");
  for (int i = 0; i < call_out.needs_size(); ++i)
    CheckNeed(call_out.needs(i), absl::StrCat("call_out.needs[", i, "]"), now, &errors);
  if (!call_out.district().empty() && !names::Parse("", "districts/*", call_out.district()).ok())
    errors.Add("call_out.district", "must be like districts/*");
  if (call_out.priority() == 0) call_out.set_priority(kUsualPriority);
  if (call_out.sign_up_mode() == v1::SIGN_UP_MODE_UNSPECIFIED) call_out.set_sign_up_mode(v1::FIRST_COME);
  // Nobody waits for an approval in an emergency.
  if (call_out.sign_up_mode() == v1::APPROVAL)
    errors.Add("call_out.sign_up_mode", "must be FIRST_COME or INVITATION");
  call_out.set_state(v1::CallOut::CALLING);
  return errors.ToStatus();
}

ShiftCommand ShiftOf(const v1::CallOut& call_out, const v1::CallOut::Need& need) {
  ShiftCommand command;
  command.id = need.shift().substr(need.shift().rfind('/') + 1);
  command.place = need.place();
  command.start = calendar::FromProto(need.start_time());
  command.end = calendar::FromProto(need.end_time());
  command.needed = need.needed();
  command.role = need.role();
  if (need.has_requirements()) command.requirements = need.requirements();
  command.sign_up_mode = call_out.sign_up_mode();
  command.call_out = call_out.name();
  command.activation = call_out.activation();
  return command;
}

bool Concerns(const v1::CallOut& call_out, const record::PersonHead& person, absl::Time now) {
  if (person.state() != v1::Volunteer::ACTIVE || absl::FromUnixMicros(person.stopped_until_us()) > now)
    return false;
  if (!call_out.district().empty() && call_out.district() != person.district()) return false;
  return std::all_of(call_out.skills().begin(), call_out.skills().end(), [&](const std::string& skill) {
    return std::find(person.skills().begin(), person.skills().end(), skill) != person.skills().end();
  });
}

}  // namespace kepu::volunteer::domain
