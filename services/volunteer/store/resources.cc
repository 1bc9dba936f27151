#include "services/volunteer/store/resources.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/domain/shift_terms.h"
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
  *volunteer->mutable_kinds() = domain::ProfileOf(head).kinds();
  volunteer->set_category(head.category());
  volunteer->set_source(head.source());
  *volunteer->mutable_languages() = head.languages();
  *volunteer->mutable_skills() = head.skills();
  const bool nobody_asked = head.verification() == v1::Volunteer::VERIFICATION_UNSPECIFIED;
  volunteer->set_verification(nobody_asked ? v1::Volunteer::UNVERIFIED : head.verification());
  SetTime(head.background_check_until_us(), volunteer, &v1::Volunteer::mutable_background_check_until_time);
  volunteer->set_venue(head.venue());
}

domain::record::Sealed SealedOf(const domain::record::PersonHead& head) {
  domain::record::Sealed sealed;
  sealed.set_birth_year_band(head.sealed_birth_year_band());
  sealed.set_languages(head.sealed_languages());
  sealed.set_birth_date(head.sealed_birth_date());
  sealed.set_reject_reason(head.sealed_reject_reason());
  sealed.set_id_number(head.sealed_id_number());
  *sealed.mutable_consents() = head.consents();
  sealed.set_minor(head.minor());
  return sealed;
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
  shift->set_trainee_places(head.trainee_places());
  shift->set_trainees(head.trainees());
  shift->set_free_trainee_places(open ? std::max(0, head.trainee_places() - head.trainees()) : 0);
  shift->set_trainees_alone(domain::TraineesAlone(head));
  shift->set_break_minutes(head.break_minutes());
  shift->set_plan(head.plan());
  shift->set_stop(head.stop());
  shift->set_etag(domain::EtagOf(head));
  SetTime(head.actual_start_us(), shift, &v1::Shift::mutable_actual_start_time);
  SetTime(head.actual_end_us(), shift, &v1::Shift::mutable_actual_end_time);
  shift->set_break_minutes(head.break_minutes());
  for (const std::string& leader : head.leaders()) shift->add_leaders(absl::StrCat("volunteers/", leader));
  shift->set_pending_hours(head.hours().proposed());
  shift->set_recorded_minutes(head.hours().posted_minutes());
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
  resource->set_shift(domain::ShiftName(head.id()));
  resource->set_place(head.place());
  SetTime(head.start_us(), resource, &v1::Signup::mutable_start_time);
  SetTime(head.end_us(), resource, &v1::Signup::mutable_end_time);
  SetTime(signup.create_us(), resource, &v1::Signup::mutable_create_time);
  ShowAttendance(domain::ViewOf(signup), resource);
  resource->set_state(domain::ShownState(head, signup));
  if (signup.attendance().has_correction())
    ShowCorrection(signup.attendance().correction(), resource->mutable_correction());
  SetTime(signup.check_in_us(), resource, &v1::Signup::mutable_check_in_time);
  SetTime(signup.check_out_us(), resource, &v1::Signup::mutable_check_out_time);
  resource->set_minutes(signup.minutes());
  resource->set_trainee(signup.trainee());
  const bool open = head.state() != v1::Shift::CANCELLED;
  const bool comes = signup.state() == v1::Signup::SIGNED_UP || signup.state() == v1::Signup::REQUESTED;
  if (comes && open) SetTime(signup.moved().ask_until_us(), resource, &v1::Signup::mutable_ask_until_time);
  if (signup.state() == v1::Signup::RELEASED) resource->set_release_reason(signup.moved().release_reason());
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
    fresh.set_trainee(moved.trainee());
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

void ShowAttendance(const domain::record::AttendanceView& view, v1::Signup* resource) {
  resource->set_state(view.state());
  resource->clear_check_in_time();
  resource->clear_check_out_time();
  SetTime(view.check_in_us(), resource, &v1::Signup::mutable_check_in_time);
  SetTime(view.check_out_us(), resource, &v1::Signup::mutable_check_out_time);
  resource->set_minutes(view.minutes());
  resource->set_hours_state(view.hours_state());
  *resource->mutable_hours_flags() = view.flags();
  resource->set_recorded_minutes(view.posted_minutes());
  resource->set_ran_minutes(view.ran_minutes());
}

void ShowCorrection(const domain::record::Correction& correction, v1::HoursCorrection* resource) {
  resource->set_minutes(correction.minutes());
  resource->set_by_volunteer(correction.by_volunteer());
  SetTime(correction.create_us(), resource, &v1::HoursCorrection::mutable_create_time);
}

void ToResource(absl::string_view person, const domain::record::HourRow& row, v1::HourRecord* resource) {
  const std::string prefix = absl::StrCat("volunteers/", person, "/hourRecords/");
  resource->set_name(absl::StrCat(prefix, domain::RowId(row.number())));
  resource->set_shift(domain::ShiftName(row.shift()));
  resource->set_place(row.place());
  SetTime(row.start_us(), resource, &v1::HourRecord::mutable_start_time);
  SetTime(row.end_us(), resource, &v1::HourRecord::mutable_end_time);
  resource->set_minutes(row.minutes());
  SetTime(row.create_us(), resource, &v1::HourRecord::mutable_create_time);
  resource->set_number(static_cast<int32_t>(row.number()));
  resource->set_kind(row.kind());
  if (row.corrects() > 0) resource->set_corrects(absl::StrCat(prefix, domain::RowId(row.corrects())));
  resource->set_hash(absl::BytesToHexString(row.hash()));
  resource->set_previous_hash(absl::BytesToHexString(row.previous_hash()));
  SetTime(row.approve_us(), resource, &v1::HourRecord::mutable_approve_time);
  resource->set_approved_as(row.approved_as());
}

}  // namespace kepu::volunteer
