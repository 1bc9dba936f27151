#include "services/event/domain/session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {

std::string BookingField(absl::string_view id) { return absl::StrCat("b/", id); }
std::string HoldField(uint32_t queue, uint64_t number) { return absl::StrCat("h/", queue, "/", number); }
std::string WaitField(absl::string_view id) { return absl::StrCat("w/", id); }
std::string WaitRefField(int priority, uint64_t number) { return absl::StrCat("q/", priority, "/", number); }
std::string PersonField(absl::string_view digest) { return absl::StrCat("i/", digest); }
std::string IndexField(uint32_t chunk) { return absl::StrCat("x/", chunk); }
std::string ChangeField(uint32_t number) { return absl::StrCat("g/", number); }

std::string DoorField(uint32_t number) { return absl::StrCat("d/", number); }
std::string DoorNumberField(absl::string_view device, absl::string_view id) {
  return absl::StrCat("n/", device, "/", id);
}

std::string NameOf(const record::SessionHead& head) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id());
}
std::string BookingName(const record::SessionHead& head, absl::string_view id) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id(), "/bookings/", id);
}
std::string WaitEntryName(const record::SessionHead& head, absl::string_view id) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id(), "/waitEntries/", id);
}

bool AnyBehindFront(const record::SessionHead& head) {
  return std::any_of(head.wait().queues().begin(), head.wait().queues().end(),
                     [](const record::WaitQueue& queue) { return queue.first() < queue.next(); });
}

bool InOrder(const record::WaitPlace& a, const record::WaitPlace& b) {
  return a.priority() != b.priority() ? a.priority() < b.priority() : a.number() < b.number();
}

bool HasPlaces(v1::Booking::State state) {
  return state == v1::Booking::HELD || state == v1::Booking::REQUESTED;
}

v1::Booking::State ShownState(const record::SessionHead& head, const record::BookingRecord& booking) {
  bool live = HasPlaces(booking.state()) || booking.state() == v1::Booking::CONFIRMED;
  return live && head.state() == v1::Session::CANCELLED ? v1::Booking::CANCELLED : booking.state();
}

v1::WaitEntry::State ShownState(const record::SessionHead& head, const record::WaitRecord& entry) {
  bool cancelled = head.state() == v1::Session::CANCELLED && entry.state() == v1::WaitEntry::OFFERED;
  bool in_vain = head.wait().closed() && entry.state() == v1::WaitEntry::WAITING;
  return cancelled || in_vain ? v1::WaitEntry::EXPIRED : entry.state();
}

int32_t InsideNow(const record::SessionHead& head) {
  return head.taken_to_have_left_us() == 0 ? head.inside() : 0;
}

bool Started(const record::SessionHead& head, absl::Time now) {
  return now >= absl::FromUnixMicros(head.start_us());
}
bool Ended(const record::SessionHead& head, absl::Time now) {
  return now >= absl::FromUnixMicros(head.end_us());
}

absl::Status CheckOpen(const record::SessionHead& head, absl::Time now, bool may_have_started) {
  constexpr auto kCode = absl::StatusCode::kFailedPrecondition;
  if (head.state() == v1::Session::CANCELLED) {
    return refusal::Refuse(kCode, "SESSION_CANCELLED",
                           {{"session", NameOf(head)}, {"why", head.cancel_reason()}});
  }
  if (head.state() == v1::Session::DRAFT)
    return refusal::Refuse(kCode, "SESSION_NOT_PUBLISHED", {{"session", NameOf(head)}});
  if (Ended(head, now)) {
    return refusal::Refuse(
        kCode, "SESSION_ENDED",
        {{"session", NameOf(head)},
         {"end", absl::FormatTime(absl::FromUnixMicros(head.end_us()), absl::UTCTimeZone())}});
  }
  if (!may_have_started && Started(head, now)) {
    return refusal::Refuse(
        kCode, "SESSION_STARTED",
        {{"session", NameOf(head)},
         {"start", absl::FormatTime(absl::FromUnixMicros(head.start_us()), absl::UTCTimeZone())}});
  }
  return absl::OkStatus();
}

absl::Status CheckBookingTime(const record::SessionHead& head, absl::Time now) {
  const int64_t now_us = absl::ToUnixMicros(now);
  if (head.open_us() != 0 && now_us < head.open_us()) {
    return refusal::Refuse(refusal::kNo, "BOOKING_NOT_OPEN",
                           {{"session", NameOf(head)}, {"opens", calendar::UtcText(head.open_us())}});
  }
  if (head.close_us() == 0 || now_us < head.close_us()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "BOOKING_CLOSED",
                         {{"session", NameOf(head)}, {"closed", calendar::UtcText(head.close_us())}});
}

record::Fact At(absl::Time now) {
  record::Fact fact;
  fact.set_time_us(absl::ToUnixMicros(now));
  return fact;
}

absl::StatusOr<const record::BookingRecord*> FindBooking(const Session& session, absl::string_view id) {
  return FindChild<record::BookingRecord>(session, BookingField(id), &record::SessionChild::booking);
}
absl::StatusOr<const record::WaitRecord*> FindWait(const Session& session, absl::string_view id) {
  return FindChild<record::WaitRecord>(session, WaitField(id), &record::SessionChild::wait);
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecord(const Session& session,
                                                               absl::string_view reservation) {
  return FindChild<reservation::v1::Reservation>(session, reservation::RecordField(reservation),
                                                 &record::SessionChild::reservation);
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Session& session,
                                                                    absl::string_view reservation) {
  if (!session.PresentOrAssumeAbsent(reservation::RecordField(reservation))) return nullptr;
  return FindRecord(session, reservation);
}

record::Fact RecordFact(const reservation::v1::ReservationFact& fact) {
  // Without a time of its own: what a reservation goes through does not change when the session was updated.
  record::Fact whole;
  *whole.mutable_reservation_changed()->mutable_fact() = fact;
  return whole;
}

absl::Status GiveBack(const Session& session, const std::string& reservation, absl::Time now, Facts* facts) {
  if (reservation.empty()) return absl::OkStatus();
  auto found = FindRecord(session, reservation);
  if (!found.ok()) return found.status();
  if (auto fact = reservation::DecideGiveBack(*found, now)) facts->push_back(RecordFact(*fact));
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
