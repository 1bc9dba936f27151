#include "services/event/store/resources.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/places.h"
#include "services/event/domain/reschedule.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event {
namespace {

void ToResource(const domain::record::SessionHead& head, const domain::record::AllotmentHead& allotment,
                v1::Allotment* resource) {
  resource->set_id(allotment.id());
  resource->set_pool(head.pools(allotment.pool()).id());
  resource->set_places(allotment.places());
  *resource->mutable_beneficiaries() = allotment.beneficiaries();
  calendar::SetMicros(allotment.release_us(), resource->mutable_release_time());
  resource->set_taken(allotment.taken());
  resource->set_released(allotment.released());
}

void ScheduleToResource(const domain::record::SessionHead& head, v1::Session* resource) {
  resource->set_series(head.series());
  if (head.has_staffing()) *resource->mutable_staffing() = head.staffing().staffing();
  for (const domain::record::DisruptionHead& one : head.disruptions())
    if (!one.over()) *resource->add_disrupted_by() = one.disruption();
  if (head.has_ran()) {
    calendar::SetMicros(head.ran().start_us(), resource->mutable_actual_start_time());
    calendar::SetMicros(head.ran().end_us(), resource->mutable_actual_end_time());
  }
  if (head.rescheduled().times() == 0) return;
  calendar::SetMicros(head.rescheduled().time_us(), resource->mutable_reschedule_time());
  calendar::SetMicros(head.rescheduled().free_us(), resource->mutable_free_until());
}

}  // namespace

std::string EtagOf(const google::protobuf::Message& record, int shown_state) {
  // FNV-1a: stable over releases and processes, and etags are no secret.
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : record.SerializeAsString()) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  hash = (hash ^ static_cast<uint64_t>(shown_state)) * 0x100000001b3;
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

void ToResource(const domain::record::SessionHead& head, v1::Session* session) {
  session->set_name(domain::NameOf(head));
  session->set_place(head.place());
  session->set_space(head.space());
  session->set_programme(head.programme().programme());
  session->set_round(head.round());
  ScheduleToResource(head, session);
  calendar::SetMicros(head.start_us(), session->mutable_start_time());
  calendar::SetMicros(head.end_us(), session->mutable_end_time());
  session->set_time_zone(head.time_zone());
  session->set_state(head.state());
  session->set_cancel_reason(head.cancel_reason());
  for (const domain::record::PoolHead& pool : head.pools()) {
    // What it has of its day is the place's to show.
    if (!pool.day_limit().empty()) break;
    v1::Pool* out = session->add_pools();
    out->set_id(pool.id());
    out->set_capacity(pool.capacity());
    out->set_counts(pool.counts());
    *out->mutable_kinds() = pool.kinds();
    out->set_held(pool.held());
    out->set_confirmed(pool.confirmed());
    out->set_checked_in(pool.checked_in());
    out->set_unbounded(pool.unbounded());
    if (!pool.unbounded()) out->set_free(domain::FreeOf(pool));
    out->set_set_aside(domain::SetAsideOf(head, session->pools_size() - 1));
  }
  for (const domain::record::AllotmentHead& allotment : head.allotments())
    ToResource(head, allotment, session->add_allotments());
  if (head.open_us() != 0) calendar::SetMicros(head.open_us(), session->mutable_booking_open_time());
  if (head.close_us() != 0) calendar::SetMicros(head.close_us(), session->mutable_booking_close_time());
  if (head.has_terms()) *session->mutable_terms() = head.terms();
  session->set_camp(head.camp());
  session->set_overfull(domain::IsOverfull(head));
  session->set_arrived(head.arrived());
  session->set_inside(domain::InsideNow(head));
  session->set_left_unseen(head.inside() - domain::InsideNow(head));
  session->set_party_min(head.party_min());
  session->set_party_max(head.party_max());
  session->set_waiting(head.wait().waiting());
  session->set_offered(head.wait().offered());
  calendar::SetMicros(head.create_us(), session->mutable_create_time());
  calendar::SetMicros(head.update_us(), session->mutable_update_time());
  session->set_etag(absl::StrCat(absl::Hex(head.revision())));
}

void ToResource(const domain::record::SessionHead& head, absl::string_view id,
                const domain::record::BookingRecord& booking, v1::Booking* resource) {
  resource->set_name(domain::BookingName(head, id));
  resource->set_kind(booking.kind());
  *resource->mutable_party() = booking.party();
  for (int i = 0; i < booking.taken_size(); ++i) {
    if (booking.taken(i) == 0 || !head.pools(i).day_limit().empty()) continue;
    v1::Booking::Taken* taken = resource->add_taken();
    taken->set_pool(head.pools(i).id());
    taken->set_places(booking.taken(i));
  }
  resource->set_state(domain::ShownState(head, booking));
  if (domain::HasPlaces(resource->state())) {
    calendar::SetMicros(booking.hold_expire_us(), resource->mutable_hold_expire_time());
  }
  resource->set_booker(booking.booker());
  resource->set_school(booking.school());
  resource->set_school_class(booking.school_class());
  resource->set_grade(booking.grade());
  resource->set_from_wait_list(booking.from_wait_list());
  if (booking.has_needs()) *resource->mutable_needs() = booking.needs();
  resource->set_made_by(booking.made_by());
  const bool stands = domain::HasPlaces(resource->state()) || resource->state() == v1::Booking::CONFIRMED;
  if (stands) calendar::SetMicros(domain::FreeUntilNow(head, booking), resource->mutable_free_until());
  resource->set_late(booking.late());
  if (booking.check_in_us() != 0)
    calendar::SetMicros(booking.check_in_us(), resource->mutable_check_in_time());
  if (head.taken_to_have_left_us() == 0) resource->set_inside(booking.inside());
  if (booking.has_booked()) *resource->mutable_booked_party() = booking.booked();
  resource->set_override_reason(booking.override_reason());
  resource->set_visit_day(booking.visit_day());
  resource->set_moved_to(booking.moved_to());
  resource->set_moved_from(booking.moved_from());
  resource->set_decline_reason(booking.decline_reason());
  resource->set_decided_by(booking.decided_by());
  resource->set_offered_for(booking.offered_for());
  resource->set_counter_offer(booking.counter_offer());
  if (booking.counter_expire_us() != 0)
    calendar::SetMicros(booking.counter_expire_us(), resource->mutable_counter_offer_expire_time());
  resource->set_roster_pupils(booking.roster_pupils());
  resource->set_roster_consents(booking.roster_consents());
  resource->set_excuse(booking.excuse());
  resource->set_appeal(booking.appeal());
  calendar::SetMicros(booking.create_us(), resource->mutable_create_time());
  calendar::SetMicros(booking.update_us(), resource->mutable_update_time());
  resource->set_etag(EtagOf(booking, resource->state()));
}

void ToResource(const domain::record::SessionHead& head, absl::string_view id,
                const domain::record::WaitRecord& entry, v1::WaitEntry* resource) {
  resource->set_name(domain::WaitEntryName(head, id));
  resource->set_kind(entry.kind());
  *resource->mutable_party() = entry.party();
  resource->set_state(domain::ShownState(head, entry));
  resource->set_priority(entry.place().priority());
  if (resource->state() == v1::WaitEntry::WAITING)
    resource->set_position(static_cast<int32_t>(domain::PositionOf(head, id, entry.place())));
  if (entry.state() == v1::WaitEntry::OFFERED || entry.state() == v1::WaitEntry::TAKEN) {
    resource->set_offer(domain::BookingName(head, id));
  }
  resource->set_booker(entry.booker());
  resource->set_school(entry.school());
  resource->set_school_class(entry.school_class());
  resource->set_grade(entry.grade());
  calendar::SetMicros(entry.create_us(), resource->mutable_create_time());
  calendar::SetMicros(entry.update_us(), resource->mutable_update_time());
  resource->set_etag(EtagOf(entry, resource->state()));
}

}  // namespace kepu::event
