#include "services/volunteer/store/resources.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kepu::volunteer {
namespace {

// Leaves the field unset for zero: the thing has not happened.
template <class Message>
void SetTime(int64_t us, Message* message, google::protobuf::Timestamp* (Message::*field)()) {
  if (us == 0) return;
  google::protobuf::Timestamp* time = (message->*field)();
  time->set_seconds(us / 1'000'000);
  time->set_nanos(static_cast<int32_t>(us % 1'000'000 * 1000));
}

}  // namespace

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void ToResource(const domain::record::PersonHead& head, v1::Volunteer* volunteer) {
  volunteer->set_name(absl::StrCat("volunteers/", head.id()));
  volunteer->set_user(head.user());
  volunteer->set_state(head.state());
  volunteer->set_district(head.district());
  volunteer->set_total_minutes(head.total_minutes());
  volunteer->set_served_shifts(head.served_shifts());
  SetTime(head.stopped_until_us(), volunteer, &v1::Volunteer::mutable_stopped_until_time);
  SetTime(head.create_us(), volunteer, &v1::Volunteer::mutable_create_time);
  SetTime(head.update_us(), volunteer, &v1::Volunteer::mutable_update_time);
}

void ToResource(const domain::record::ShiftHead& head, v1::Shift* shift) {
  shift->set_name(domain::ShiftName(head.id()));
  shift->set_place(head.place());
  shift->set_session(head.session());
  SetTime(head.start_us(), shift, &v1::Shift::mutable_start_time);
  SetTime(head.end_us(), shift, &v1::Shift::mutable_end_time);
  shift->set_needed(head.needed());
  *shift->mutable_role() = head.role();
  shift->set_state(head.state());
  shift->set_cancel_reason(head.cancel_reason());
  const bool open = head.state() == v1::Shift::OPEN;
  shift->set_signed_up(head.signed_up() + head.claims_confirmed());
  shift->set_held(head.claims_held());
  shift->set_free(open ? std::max(0, head.needed() - domain::Taken(head)) : 0);
  shift->set_checked_in(head.checked_in());
  shift->set_checked_out(head.checked_out());
  shift->set_no_shows(head.no_shows());
  shift->set_served_minutes(head.served_minutes());
  SetTime(head.create_us(), shift, &v1::Shift::mutable_create_time);
  shift->set_role_name(head.role_name());
  if (head.has_requirements()) *shift->mutable_requirements() = head.requirements();
  shift->set_sign_up_mode(head.sign_up_mode());
  SetTime(head.actual_start_us(), shift, &v1::Shift::mutable_actual_start_time);
  SetTime(head.actual_end_us(), shift, &v1::Shift::mutable_actual_end_time);
  const domain::record::ConsequenceHead& known = head.consequence();
  shift->set_activation(head.activation());
  shift->set_call_out(head.call_out());
  shift->set_per_heads(head.per_heads());
  shift->set_heads(known.heads());
  *shift->mutable_disruptions() = known.disruptions();
  SetTime(known.from_start_us(), shift, &v1::Shift::mutable_moved_from_start_time);
  SetTime(known.from_end_us(), shift, &v1::Shift::mutable_moved_from_end_time);
  shift->set_move_reason(known.reason());
}

void ToResource(const domain::record::ShiftHead& head, absl::string_view person,
                const domain::record::SignupRecord& signup, v1::Signup* resource) {
  resource->set_name(domain::SignupName(head.id(), person));
  resource->set_volunteer(absl::StrCat("volunteers/", person));
  resource->set_state(domain::ShownState(head, signup));
  resource->set_shift(domain::ShiftName(head.id()));
  resource->set_place(head.place());
  SetTime(head.start_us(), resource, &v1::Signup::mutable_start_time);
  SetTime(head.end_us(), resource, &v1::Signup::mutable_end_time);
  SetTime(signup.create_us(), resource, &v1::Signup::mutable_create_time);
  SetTime(signup.check_in_us(), resource, &v1::Signup::mutable_check_in_time);
  SetTime(signup.check_out_us(), resource, &v1::Signup::mutable_check_out_time);
  resource->set_minutes(signup.minutes());
  const bool open = head.state() != v1::Shift::CANCELLED;
  if (signup.state() == v1::Signup::SIGNED_UP && open)
    SetTime(signup.moved().ask_until_us(), resource, &v1::Signup::mutable_ask_until_time);
  if (signup.state() == v1::Signup::RELEASED) resource->set_release_reason(signup.moved().release_reason());
}

void ToResource(absl::string_view person, const domain::record::HourEntry& entry, v1::HourRecord* resource) {
  resource->set_name(absl::StrCat("volunteers/", person, "/hourRecords/", entry.shift()));
  resource->set_shift(domain::ShiftName(entry.shift()));
  resource->set_place(entry.place());
  SetTime(entry.start_us(), resource, &v1::HourRecord::mutable_start_time);
  SetTime(entry.end_us(), resource, &v1::HourRecord::mutable_end_time);
  resource->set_minutes(entry.minutes());
  SetTime(entry.create_us(), resource, &v1::HourRecord::mutable_create_time);
}

}  // namespace kepu::volunteer
