#include "services/event/domain/apply.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/keeping.h"
#include "services/event/domain/apply_schedule.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/session_claims.h"

namespace kepu::event::domain {
namespace {

absl::Status Missing(absl::string_view field) {
  return absl::InternalError(absl::StrCat("a fact changes a child that is not there: ", field));
}

absl::Status SetBooking(Session& session, absl::string_view id, v1::Booking::State state, int64_t time_us,
                        bool erase_person) {
  std::string field = BookingField(id);
  record::SessionChild* child = session.Mutable(field);
  if (child == nullptr) return Missing(field);
  record::BookingRecord* booking = child->mutable_booking();
  booking->set_state(state);
  booking->clear_hold_expire_us();
  booking->set_update_us(time_us);
  if (erase_person && !booking->person().empty()) session.Erase(PersonField(booking->person()));
  return absl::OkStatus();
}

absl::Status SetWait(Session& session, absl::string_view id, v1::WaitEntry::State state, int64_t time_us) {
  std::string field = WaitField(id);
  record::SessionChild* child = session.Mutable(field);
  if (child == nullptr) return Missing(field);
  child->mutable_wait()->set_state(state);
  child->mutable_wait()->set_update_us(time_us);
  return absl::OkStatus();
}

void PutPerson(Session& session, absl::string_view id, absl::string_view person, absl::string_view booker,
               bool waiting) {
  if (person.empty()) return;
  record::SessionChild child;
  child.mutable_person()->set_id(std::string(id));
  child.mutable_person()->set_waiting(waiting);
  child.mutable_person()->set_booker(std::string(booker));
  session.Put(PersonField(person), std::move(child));
}

void PutHold(Session& session, absl::string_view id, const record::HoldPlace& hold, int64_t expire_us) {
  record::SessionChild entry;
  entry.mutable_hold()->set_booking(std::string(id));
  entry.mutable_hold()->set_deadline_us(expire_us);
  session.Put(HoldField(hold.queue(), hold.number()), std::move(entry));
}

absl::Status Made(Session& session, const record::BookingMade& made, int64_t time_us) {
  const record::BookingRecord& booking = made.booking();
  record::SessionChild child;
  *child.mutable_booking() = booking;
  session.Put(BookingField(made.id()), std::move(child));
  PutPerson(session, made.id(), booking.person(), booking.booker(), false);
  if (made.has_hold()) PutHold(session, made.id(), made.hold(), booking.hold_expire_us());
  const record::SessionHead& head = session.head();
  if (head.index_tail_size() == kIndexChunk - 1) {
    record::SessionChild chunk;
    *chunk.mutable_index()->mutable_ids() = head.index_tail();
    chunk.mutable_index()->add_ids(made.id());
    session.Put(IndexField(head.index_chunks()), std::move(chunk));
  }
  if (!made.has_wait()) return absl::OkStatus();
  session.Erase(WaitRefField(made.wait().priority(), made.wait().number()));
  return SetWait(session, made.id(), v1::WaitEntry::OFFERED, time_us);
}

// Entries before the new front are gone.
void DropHolds(Session& session, const record::HoldFront& front) {
  if (static_cast<int>(front.queue()) >= session.head().holds_size()) return;
  for (uint64_t n = session.head().holds(static_cast<int>(front.queue())).first(); n < front.first(); ++n) {
    session.Erase(HoldField(front.queue(), n));
  }
}

absl::Status Expired(Session& session, const record::BookingExpired& expired, int64_t time_us) {
  DropHolds(session, expired.front());
  absl::Status status = SetBooking(session, expired.id(), v1::Booking::EXPIRED, time_us, true);
  if (!status.ok() || !expired.from_wait_list()) return status;
  return SetWait(session, expired.id(), v1::WaitEntry::EXPIRED, time_us);
}

absl::Status Cancelled(Session& session, const record::BookingCancelled& cancelled, int64_t time_us) {
  absl::Status status = SetBooking(session, cancelled.id(), v1::Booking::CANCELLED, time_us, true);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(cancelled.id()))->mutable_booking();
  booking->set_late(cancelled.late());
  booking->set_moved_to(cancelled.moved_to());
  if (!cancelled.from_wait_list() || cancelled.from() != v1::Booking::HELD) return status;
  return SetWait(session, cancelled.id(), v1::WaitEntry::LEFT, time_us);
}

absl::Status Confirmed(Session& session, const record::BookingConfirmed& confirmed, int64_t time_us) {
  absl::Status status = SetBooking(session, confirmed.id(), v1::Booking::CONFIRMED, time_us, false);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(confirmed.id()))->mutable_booking();
  if (!confirmed.reservation().empty()) booking->set_reservation(confirmed.reservation());
  // What was offered in place of another booking has its place now.
  if (!booking->offered_for().empty()) booking->set_moved_from(booking->offered_for());
  if (!status.ok() || !confirmed.from_wait_list()) return status;
  return SetWait(session, confirmed.id(), v1::WaitEntry::TAKEN, time_us);
}

// The booking that a fact changes in place; null: a defect.
record::BookingRecord* MutableBooking(Session& session, absl::string_view id, int64_t time_us) {
  record::SessionChild* child = session.Mutable(BookingField(id));
  if (child == nullptr) return nullptr;
  child->mutable_booking()->set_update_us(time_us);
  return child->mutable_booking();
}

absl::Status Requested(Session& session, const record::BookingRequested& requested, int64_t time_us) {
  absl::Status status = SetBooking(session, requested.id(), v1::Booking::REQUESTED, time_us, false);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(requested.id()))->mutable_booking();
  booking->set_hold_expire_us(requested.hold_expire_us());
  if (!requested.reservation().empty()) booking->set_reservation(requested.reservation());
  if (!booking->offered_for().empty()) booking->set_moved_from(booking->offered_for());
  PutHold(session, requested.id(), requested.hold(), requested.hold_expire_us());
  return requested.from_wait_list() ? SetWait(session, requested.id(), v1::WaitEntry::TAKEN, time_us)
                                    : status;
}

absl::Status Approved(Session& session, const record::BookingApproved& approved, int64_t time_us) {
  absl::Status status = SetBooking(session, approved.id(), v1::Booking::CONFIRMED, time_us, false);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(approved.id()))->mutable_booking();
  booking->set_decided_by(approved.by());
  *booking->mutable_papers() = approved.papers();
  return status;
}

absl::Status Declined(Session& session, const record::BookingDeclined& declined, int64_t time_us) {
  absl::Status status = SetBooking(session, declined.id(), v1::Booking::NOT_APPROVED, time_us, true);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(declined.id()))->mutable_booking();
  booking->set_decided_by(declined.by());
  booking->set_decline_reason(declined.reason());
  return status;
}

absl::Status ApplyToRequests(Session& session, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  const int64_t time_us = fact.time_us();
  switch (fact.kind_case()) {
    case Kind::kBookingRequested:
      return Requested(session, fact.booking_requested(), time_us);
    case Kind::kBookingApproved:
      return Approved(session, fact.booking_approved(), time_us);
    case Kind::kBookingDeclined:
      return Declined(session, fact.booking_declined(), time_us);
    case Kind::kCounterOffered: {
      record::BookingRecord* booking = MutableBooking(session, fact.counter_offered().id(), time_us);
      if (booking == nullptr) return Missing(fact.counter_offered().id());
      booking->set_counter_offer(fact.counter_offered().offer());
      booking->set_counter_expire_us(fact.counter_offered().expire_us());
      return absl::OkStatus();
    }
    case Kind::kCounterOfferEnded: {
      record::BookingRecord* booking = MutableBooking(session, fact.counter_offer_ended().id(), time_us);
      if (booking == nullptr) return Missing(fact.counter_offer_ended().id());
      booking->clear_counter_offer();
      booking->clear_counter_expire_us();
      return absl::OkStatus();
    }
    case Kind::kRosterNoted: {
      record::BookingRecord* booking = MutableBooking(session, fact.roster_noted().id(), time_us);
      if (booking == nullptr) return Missing(fact.roster_noted().id());
      booking->set_roster_pupils(fact.roster_noted().pupils());
      booking->set_roster_consents(fact.roster_noted().consents());
      return absl::OkStatus();
    }
    default:
      // The head alone, or another kind of aggregate.
      return absl::OkStatus();
  }
}

absl::Status Changed(Session& session, const record::BookingChanged& changed, int64_t time_us) {
  record::BookingRecord* booking = MutableBooking(session, changed.id(), time_us);
  if (booking == nullptr) return Missing(changed.id());
  *booking->mutable_party() = changed.party();
  *booking->mutable_needs() = changed.needs();
  if (!changed.has_needs()) booking->clear_needs();
  *booking->mutable_taken() = changed.taken();
  *booking->mutable_allotted() = changed.allotted();
  return absl::OkStatus();
}

absl::Status Missed(Session& session, const record::BookingsMissed& missed, int64_t time_us) {
  for (const record::BookingsMissed::Missed& one : missed.missed()) {
    absl::Status status = SetBooking(session, one.id(), v1::Booking::NO_SHOW, time_us, true);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Appealed(Session& session, const record::BookingAppealed& appealed, int64_t time_us) {
  record::BookingRecord* booking = MutableBooking(session, appealed.id(), time_us);
  if (booking == nullptr) return Missing(appealed.id());
  booking->set_appeal(v1::Booking::OPEN);
  booking->set_excuse(appealed.excuse());
  return absl::OkStatus();
}

absl::Status Judged(Session& session, const record::BookingJudged& judged, int64_t time_us) {
  record::BookingRecord* booking = MutableBooking(session, judged.id(), time_us);
  if (booking == nullptr) return Missing(judged.id());
  booking->set_waived(judged.waived());
  booking->set_excuse(judged.excuse());
  if (booking->appeal() == v1::Booking::OPEN)
    booking->set_appeal(judged.waived() ? v1::Booking::GRANTED : v1::Booking::DECLINED);
  return absl::OkStatus();
}

absl::Status CheckedIn(Session& session, const record::BookingCheckedIn& checked_in, int64_t time_us) {
  absl::Status status = SetBooking(session, checked_in.id(), v1::Booking::CHECKED_IN, time_us, false);
  if (!status.ok()) return status;
  record::BookingRecord* booking = session.Mutable(BookingField(checked_in.id()))->mutable_booking();
  booking->set_check_in_us(checked_in.at_us());
  booking->set_inside(checked_in.heads());
  booking->set_override_reason(checked_in.override_reason());
  if (checked_in.has_booked()) *booking->mutable_booked() = checked_in.booked();
  return absl::OkStatus();
}

absl::Status CheckedOut(Session& session, const record::BookingCheckedOut& checked_out, int64_t time_us) {
  record::BookingRecord* booking = MutableBooking(session, checked_out.id(), time_us);
  if (booking == nullptr) return Missing(checked_out.id());
  booking->set_inside(booking->inside() - checked_out.heads());
  return absl::OkStatus();
}

absl::Status CameLater(Session& session, const record::LateArrival& late, int64_t time_us) {
  record::BookingRecord* booking = MutableBooking(session, late.id(), time_us);
  if (booking == nullptr) return Missing(late.id());
  *booking->mutable_party() = late.party();
  *booking->mutable_taken() = late.taken();
  booking->set_inside(booking->inside() + late.heads());
  return absl::OkStatus();
}

void Recorded(Session& session, const v1::DoorRecord& door_record) {
  const uint32_t number = session.head().door_records();
  record::SessionChild child;
  *child.mutable_door_record() = door_record;
  session.Put(DoorField(number), std::move(child));
  record::SessionChild place;
  place.set_door_number(number);
  session.Put(DoorNumberField(door_record.device(), door_record.id()), std::move(place));
}

absl::Status Joined(Session& session, const record::WaitJoined& joined) {
  const record::WaitRecord& entry = joined.entry();
  record::SessionChild child;
  *child.mutable_wait() = entry;
  session.Put(WaitField(joined.id()), std::move(child));
  record::SessionChild ref;
  ref.mutable_wait_ref()->set_id(joined.id());
  session.Put(WaitRefField(entry.place().priority(), entry.place().number()), std::move(ref));
  PutPerson(session, joined.id(), entry.person(), entry.booker(), true);
  if (!joined.has_stepped_back()) return absl::OkStatus();
  std::string field = WaitField(joined.stepped_back().id());
  record::SessionChild* back = session.Mutable(field);
  if (back == nullptr) return Missing(field);
  back->mutable_wait()->set_passed(joined.stepped_back().passed());
  back->mutable_wait()->set_passed_since_us(joined.stepped_back().passed_since_us());
  return absl::OkStatus();
}

// Ends the wait of a party that still waits.
absl::Status EndWait(Session& session, absl::string_view id, v1::WaitEntry::State state, int64_t time_us) {
  absl::Status status = SetWait(session, id, state, time_us);
  if (!status.ok()) return status;
  const record::WaitRecord& entry = session.Mutable(WaitField(id))->wait();
  std::string ref = WaitRefField(entry.place().priority(), entry.place().number());
  std::string person = entry.person();
  session.Erase(ref);
  if (!person.empty()) session.Erase(PersonField(person));
  return absl::OkStatus();
}

absl::Status BookingsSwept(Session& session, const record::BookingsSwept& swept, int64_t time_us) {
  for (const std::string& id : swept.ids()) {
    absl::Status status = SetBooking(session, id, v1::Booking::CANCELLED, time_us, true);
    if (!status.ok()) return status;
    // An offer that ended with its session takes its wait entry along.
    record::SessionChild* wait = session.Mutable(WaitField(id));
    if (wait != nullptr && wait->wait().state() == v1::WaitEntry::OFFERED) {
      wait->mutable_wait()->set_state(v1::WaitEntry::EXPIRED);
      wait->mutable_wait()->set_update_us(time_us);
    }
  }
  return absl::OkStatus();
}

// Remembers what staff did, as the session was before it.
void Remember(Session& session, const record::Fact& fact) {
  const record::SessionHead& head = session.head();
  record::SessionChild child;
  v1::SessionChange& change = *child.mutable_change();
  calendar::SetMicros(fact.time_us(), change.mutable_time());
  if (fact.has_session_published()) {
    change.set_kind(v1::SessionChange::PUBLISHED);
    change.set_by(fact.session_published().by());
  } else if (fact.has_session_cancelled()) {
    change.set_kind(v1::SessionChange::CANCELLED);
    change.set_by(fact.session_cancelled().by());
    change.set_reason(fact.session_cancelled().reason());
  } else {
    const record::SessionSettingsChanged& settings = fact.session_settings_changed();
    const bool overridden = !settings.override_reason().empty();
    change.set_kind(overridden ? v1::SessionChange::OVERRIDDEN : v1::SessionChange::UPDATED);
    change.set_by(settings.by());
    change.set_reason(settings.override_reason());
    for (int i = 0; i < head.pools_size() && head.pools(i).day_limit().empty(); ++i) {
      change.add_capacities_before(head.pools(i).capacity());
      change.add_capacities(settings.capacities(i));
    }
  }
  session.Put(ChangeField(head.changes()), std::move(child));
}

absl::Status ReservationChanged(Session& session, const reservation::v1::ReservationFact& fact) {
  const std::string field = reservation::RecordField(fact.reservation());
  const record::SessionChild* child = session.Mutable(field);
  auto after = reservation::ApplyRecord(child == nullptr ? nullptr : &child->reservation(), fact);
  if (!after.ok()) return after.status();
  if (!*after) {
    session.Erase(field);
    return absl::OkStatus();
  }
  record::SessionChild next;
  *next.mutable_reservation() = **std::move(after);
  session.Put(field, std::move(next));
  reservation::FileChild(session, session.head().keeping(), field, reservation::EndOf(fact),
                         reservation::Filing<record::SessionChild>);
  return absl::OkStatus();
}

absl::Status ApplyChildren(Session& session, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  int64_t time_us = fact.time_us();
  switch (fact.kind_case()) {
    case Kind::kBookingMade:
      return Made(session, fact.booking_made(), time_us);
    case Kind::kBookingConfirmed:
      return Confirmed(session, fact.booking_confirmed(), time_us);
    case Kind::kBookingCancelled:
      return Cancelled(session, fact.booking_cancelled(), time_us);
    case Kind::kBookingExpired:
      return Expired(session, fact.booking_expired(), time_us);
    case Kind::kBookingCheckedIn:
      return CheckedIn(session, fact.booking_checked_in(), time_us);
    case Kind::kBookingCheckedOut:
      return CheckedOut(session, fact.booking_checked_out(), time_us);
    case Kind::kLateArrival:
      return CameLater(session, fact.late_arrival(), time_us);
    case Kind::kSessionLimitsCounted:
      return ApplyCounted(session, fact.session_limits_counted());
    case Kind::kDoorRecorded:
      Recorded(session, fact.door_recorded().record());
      return absl::OkStatus();
    case Kind::kBookingChanged:
      return Changed(session, fact.booking_changed(), time_us);
    case Kind::kBookingsMissed:
      return Missed(session, fact.bookings_missed(), time_us);
    case Kind::kBookingAppealed:
      return Appealed(session, fact.booking_appealed(), time_us);
    case Kind::kBookingJudged:
      return Judged(session, fact.booking_judged(), time_us);
    case Kind::kHoldsSkipped:
      DropHolds(session, fact.holds_skipped().front());
      return absl::OkStatus();
    case Kind::kWaitJoined:
      return Joined(session, fact.wait_joined());
    case Kind::kWaitLeft:
      return EndWait(session, fact.wait_left().id(), v1::WaitEntry::LEFT, time_us);
    case Kind::kBookingsSwept:
      return BookingsSwept(session, fact.bookings_swept(), time_us);
    case Kind::kWaitSwept:
      for (const std::string& id : fact.wait_swept().ids()) {
        absl::Status status = EndWait(session, id, v1::WaitEntry::EXPIRED, time_us);
        if (!status.ok()) return status;
      }
      return absl::OkStatus();
    case Kind::kSessionClaimed:
      return ApplyClaimed(session, fact.session_claimed());
    case Kind::kReservationChanged:
      return ReservationChanged(session, fact.reservation_changed().fact());
    case Kind::kEndsForgotten:
      reservation::EraseForgotten(session, session.head().keeping(), fact.ends_forgotten(),
                                  reservation::Filing<record::SessionChild>);
      return absl::OkStatus();
    case Kind::kSessionCancelled:
    case Kind::kSessionSettingsChanged:
    case Kind::kSessionPublished:
      Remember(session, fact);
      return absl::OkStatus();
    default:
      return ApplyToRequests(session, fact);
  }
}

}  // namespace

absl::Status Apply(Session& session, const record::Fact& fact) {
  // The head as it was before tells the children part where the index stands and which holds are gone.
  if (absl::Status status = ApplyChildren(session, fact); !status.ok()) return status;
  if (absl::Status status = ApplyScheduleChildren(session, fact); !status.ok()) return status;
  ApplyHead(session.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
