#include "services/event/domain/session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {

std::string BookingField(absl::string_view id) { return absl::StrCat("b/", id); }
std::string HoldField(uint32_t queue, uint64_t number) { return absl::StrCat("h/", queue, "/", number); }
std::string WaitField(absl::string_view id) { return absl::StrCat("w/", id); }
std::string WaitRefField(int priority, uint64_t number) { return absl::StrCat("q/", priority, "/", number); }
std::string PersonField(absl::string_view digest) { return absl::StrCat("i/", digest); }
std::string IndexField(uint32_t chunk) { return absl::StrCat("x/", chunk); }

std::string NameOf(const record::SessionHead& head) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id());
}
std::string BookingName(const record::SessionHead& head, absl::string_view id) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id(), "/bookings/", id);
}
std::string WaitEntryName(const record::SessionHead& head, absl::string_view id) {
  return absl::StrCat("events/", head.event(), "/sessions/", head.id(), "/waitEntries/", id);
}

int64_t Heads(const v1::Party& party) {
  return int64_t{party.adults()} + int64_t{party.pupils()} + int64_t{party.others()};
}

Places PlacesOf(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party) {
  Places places;
  places.reserve(static_cast<size_t>(head.pools_size()));
  for (const record::PoolHead& pool : head.pools()) {
    bool open = pool.kinds().empty() || std::count(pool.kinds().begin(), pool.kinds().end(), kind) > 0;
    bool pupils_only = pool.counts() == v1::Pool::PUPILS_ONLY;
    places.push_back(!open ? 0 : static_cast<int32_t>(pupils_only ? party.pupils() : Heads(party)));
  }
  return places;
}

int32_t FreeOf(const record::PoolHead& pool) {
  return pool.capacity() - pool.held() - pool.confirmed() - pool.checked_in();
}

Places FreePlaces(const record::SessionHead& head) {
  Places places;
  places.reserve(static_cast<size_t>(head.pools_size()));
  for (const record::PoolHead& pool : head.pools()) places.push_back(FreeOf(pool));
  return places;
}

bool Covers(const Places& places, const Places& need) {
  for (size_t i = 0; i < need.size(); ++i) {
    if (need[i] > 0 && need[i] > places[i]) return false;
  }
  return true;
}

void Keep(const Places& need, Places* places) {
  for (size_t i = 0; i < need.size(); ++i) (*places)[i] -= std::min((*places)[i], need[i]);
}

bool Kept(const record::WaitFront& front, const Rules& rules, absl::Time now) {
  if (front.passed() >= rules.passed_over_times_max) return true;
  return front.passed_since_us() > 0 &&
         now >= absl::FromUnixMicros(front.passed_since_us()) + rules.passed_over_max;
}

Places FreeForStrangers(const record::SessionHead& head, const Rules& rules, absl::Time now) {
  Places places = FreePlaces(head);
  for (const record::WaitFront& front : head.wait().front()) {
    if (Kept(front, rules, now)) Keep({front.need().begin(), front.need().end()}, &places);
  }
  return places;
}

uint32_t PassedOver(const record::SessionHead& head, int limit, const Places& taken, const Rules& rules,
                    absl::Time now) {
  uint32_t bits = 0;
  for (int i = 0; i < std::min(limit, head.wait().front_size()); ++i) {
    const record::WaitFront& front = head.wait().front(i);
    bool shares = false;
    for (int p = 0; p < front.need_size(); ++p)
      shares |= front.need(p) > 0 && taken[static_cast<size_t>(p)] > 0;
    if (shares && !Kept(front, rules, now)) bits |= 1U << i;
  }
  return bits;
}

bool AnyBehindFront(const record::SessionHead& head) {
  return std::any_of(head.wait().queues().begin(), head.wait().queues().end(),
                     [](const record::WaitQueue& queue) { return queue.first() < queue.next(); });
}

bool InOrder(const record::WaitPlace& a, const record::WaitPlace& b) {
  return a.priority() != b.priority() ? a.priority() < b.priority() : a.number() < b.number();
}

v1::Booking::State ShownState(const record::SessionHead& head, const record::BookingRecord& booking) {
  bool live = booking.state() == v1::Booking::HELD || booking.state() == v1::Booking::CONFIRMED;
  return live && head.state() == v1::Session::CANCELLED ? v1::Booking::CANCELLED : booking.state();
}

v1::WaitEntry::State ShownState(const record::SessionHead& head, const record::WaitRecord& entry) {
  bool cancelled = head.state() == v1::Session::CANCELLED && entry.state() == v1::WaitEntry::OFFERED;
  bool in_vain = head.wait().closed() && entry.state() == v1::WaitEntry::WAITING;
  return cancelled || in_vain ? v1::WaitEntry::EXPIRED : entry.state();
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
