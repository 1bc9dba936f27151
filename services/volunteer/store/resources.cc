#include "services/volunteer/store/resources.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/signup.h"

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
  shift->set_held(head.claims_held() + head.requested() + head.invited() + head.offered());
  shift->set_requested(head.requested());
  shift->set_invited(head.invited());
  shift->set_offered(head.offered());
  shift->set_waiting(head.waiting());
  shift->set_stand_bys(head.stand_bys());
  shift->set_surplus(open ? std::max(0, domain::Taken(head) - head.needed()) : 0);
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
  if (domain::IsHeld(resource->state()))
    SetTime(signup.until_us(), resource, &v1::Signup::mutable_expire_time);
  if (!signup.overrides().empty()) ToResource(*signup.overrides().rbegin(), resource->mutable_override());
  if (signup.has_swap()) ToResource(signup.swap(), resource->mutable_swap_offer());
}

void ToResource(const domain::record::Override& override, v1::SignupOverride* resource) {
  resource->set_overridden_by(override.by());
  resource->set_over_needed(override.over_needed());
  resource->set_over_limits(override.over_limits());
  SetTime(override.time_us(), resource, &v1::SignupOverride::mutable_create_time);
}

void ToResource(const domain::record::SwapTerms& terms, v1::SwapOffer* resource) {
  resource->set_to(absl::StrCat("volunteers/", terms.to()));
  if (!terms.in_exchange().empty()) resource->set_in_exchange(domain::ShiftName(terms.in_exchange()));
  SetTime(terms.create_us(), resource, &v1::SwapOffer::mutable_create_time);
}

void ShowMoved(const domain::record::ShiftHead& head, const domain::record::SignupMoved& moved,
               int64_t time_us, v1::Signup* resource) {
  if (domain::IsOver(moved.from())) {
    domain::record::SignupRecord fresh;
    fresh.set_create_us(time_us);
    v1::Signup shown;
    ToResource(head, moved.person(), fresh, &shown);
    if (resource->has_override()) *shown.mutable_override() = resource->override();
    *resource = std::move(shown);
  }
  resource->set_state(moved.to());
  resource->clear_swap_offer();
  resource->clear_expire_time();
  if (domain::IsHeld(moved.to())) SetTime(moved.until_us(), resource, &v1::Signup::mutable_expire_time);
  if (moved.has_override()) ToResource(moved.override(), resource->mutable_override());
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
