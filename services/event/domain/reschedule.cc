#include "services/event/domain/reschedule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/bookings.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/due.h"

namespace kepu::event::domain {
namespace {

absl::Status Changed(const record::SessionHead& head) {
  return refusal::Refuse(refusal::kNo, "SESSION_CHANGED", {{"session", NameOf(head)}});
}

bool Stands(const record::SessionHead& head, const record::BookingRecord& booking) {
  const v1::Booking::State state = ShownState(head, booking);
  return state == v1::Booking::HELD || state == v1::Booking::CONFIRMED;
}

// Bookings made since so many were known: the ids from there on.
absl::StatusOr<std::vector<std::string>> MadeSince(const Session& session, size_t known) {
  const record::SessionHead& head = session.head();
  const size_t total =
      head.index_chunks() * static_cast<size_t>(kIndexChunk) + static_cast<size_t>(head.index_tail_size());
  std::vector<std::string> made;
  absl::Status missing;
  for (size_t chunk = known / kIndexChunk; chunk * kIndexChunk < total; ++chunk) {
    auto ids = IdsOf(session, static_cast<uint32_t>(chunk));
    if (!ids.ok()) {
      missing = ids.status();
      continue;
    }
    for (int i = 0; i < ids->size(); ++i)
      if (chunk * kIndexChunk + static_cast<size_t>(i) >= known) made.push_back(ids->Get(i));
  }
  if (!missing.ok()) return missing;
  return made;
}

// Every class that holds a time moves or is let go, and none that does not.
absl::Status CheckClasses(const Session& session, const Rescheduling& wish) {
  const record::SessionHead& head = session.head();
  auto since = MadeSince(session, wish.known);
  if (!since.ok()) return since.status();
  std::set<std::string> ids(wish.classes.begin(), wish.classes.end());
  ids.insert(since->begin(), since->end());
  absl::Status problem;
  for (const std::string& id : ids) {
    auto booking = FindBooking(session, id);
    if (!booking.ok()) {
      problem = booking.status();
      continue;
    }
    const bool holds = *booking != nullptr && HoldsClassTime(head, **booking);
    const bool settled = wish.moved.contains(id) || (holds && wish.cancelled.contains(id));
    if (holds != settled && problem.ok()) problem = Changed(head);
  }
  return problem;
}

// What a copy missed, the session itself has to know.
void PassOn(Session& copy, const Session& session) {
  for (const std::string& field : copy.TakeMissing()) session.Find(field).status().IgnoreError();
}

absl::Status CancelChosen(Session& copy, const Rescheduling& wish, const Rules& rules, absl::Time now,
                          Facts* facts) {
  for (const std::string& id : wish.cancelled) {
    auto cancelled = DecideCancel(copy, id, true, rules, now);
    if (!cancelled.ok()) return cancelled.status();
    for (const record::Fact& fact : *cancelled) {
      if (absl::Status status = Apply(copy, fact); !status.ok()) return status;
      facts->push_back(fact);
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool HoldsClassTime(const record::SessionHead& head, const record::BookingRecord& booking) {
  return !booking.reservation().empty() && Stands(head, booking);
}

absl::Status CheckReschedule(const record::SessionHead& head, const Rescheduling& wish, absl::Time now) {
  if (absl::Status status = CheckOpen(head, now, false); !status.ok()) {
    if (head.state() != v1::Session::DRAFT || Started(head, now)) return status;
  }
  if (absl::Status status = CheckRound(head, {}); !status.ok()) return status;
  if (head.changes() >= kMaxChanges) {
    return refusal::Refuse(refusal::kNo, "TOO_MANY_CHANGES",
                           {{"session", NameOf(head)}, {"most", absl::StrCat(kMaxChanges)}});
  }
  refusal::FieldErrors errors;
  const absl::Duration length = absl::Microseconds(wish.end_us - wish.start_us);
  if (absl::FromUnixMicros(wish.start_us) <= now)
    errors.Add("start_time", "has passed; a session moves to the future");
  if (length <= absl::ZeroDuration() || length > kLongestSitting)
    errors.Add("end_time", "must be after start_time, within 24 hours");
  if (head.open_us() >= wish.end_us && head.open_us() != 0) {
    errors.Add("start_time",
               absl::StrCat("must leave time to book: booking opens at ", calendar::UtcText(head.open_us())));
  }
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  // What it takes of its place's day is counted there; bookings that move take of the other day.
  if (TakesOfDay(head) && !IsSameQuotaDay(head, wish.start_us)) {
    return refusal::Refuse(refusal::kNo, "SESSION_BOUND_TO_DAY",
                           {{"session", NameOf(head)}, {"place", head.place()}});
  }
  if (wish.start_us != head.start_us() || wish.end_us != head.end_us() || wish.space != head.space())
    return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "NOTHING_TO_RESCHEDULE",
                         {{"session", NameOf(head)}, {"start", calendar::UtcText(head.start_us())}});
}

absl::StatusOr<Facts> DecideReschedule(const Session& session, const Rescheduling& wish, const Rules& rules,
                                       absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckReschedule(head, wish, now); !status.ok()) return status;
  const bool other_time = wish.start_us != head.start_us() || wish.end_us != head.end_us();
  if (absl::Status status = other_time ? CheckClasses(session, wish) : absl::OkStatus(); !status.ok())
    return status;
  Session copy = session;
  Facts facts;
  Facts given_back;
  absl::Status status = CancelChosen(copy, wish, rules, now, &facts);
  record::Fact fact = At(now);
  record::SessionRescheduled* moved = fact.mutable_session_rescheduled();
  for (const auto& [id, reservation] : wish.moved) {
    auto booking = FindBooking(copy, id);
    if (!booking.ok()) status.Update(booking.status());
    if (!booking.ok() || *booking == nullptr) continue;
    status.Update(GiveBack(copy, (*booking)->reservation(), now, &given_back));
    record::SessionRescheduled::Moved* one = moved->add_moved();
    one->set_booking(id);
    one->set_reservation(reservation);
  }
  status.Update(GiveBack(copy, head.hall_reservation(), now, &given_back));
  PassOn(copy, session);
  if (!status.ok()) return status;
  moved->set_start_us(wish.start_us);
  moved->set_end_us(wish.end_us);
  moved->set_space(wish.space);
  moved->set_hall_reservation(wish.hall_reservation);
  moved->set_reason(wish.reason);
  moved->set_by(wish.by);
  moved->set_free_us(std::min(absl::ToUnixMicros(now + kFreeAfterReschedule), wish.start_us));
  facts.push_back(std::move(fact));
  facts.insert(facts.end(), given_back.begin(), given_back.end());
  return facts;
}

int64_t FreeUntilNow(const record::SessionHead& head, const record::BookingRecord& booking) {
  const record::RescheduledHead& moved = head.rescheduled();
  if (moved.times() == 0 || booking.create_us() > moved.time_us()) return booking.free_us();
  return std::max(booking.free_us(), moved.free_us());
}

absl::Time NextAnnouncement(const record::SessionHead& head) {
  const record::Announcement& told = head.announcement();
  if (told.next_chunk() >= told.chunks() || head.state() != v1::Session::SCHEDULED)
    return absl::InfiniteFuture();
  return absl::FromUnixMicros(told.next_us());
}

absl::StatusOr<Facts> Announce(const Session& session, absl::Time now) {
  const record::SessionHead& head = session.head();
  const record::Announcement& announcement = head.announcement();
  auto ids = IdsOf(session, announcement.next_chunk());
  if (!ids.ok()) return ids.status();
  Facts facts = {At(now)};
  record::BookersTold* told = facts.back().mutable_bookers_told();
  told->set_chunk(announcement.next_chunk());
  told->set_number(announcement.number());
  told->set_kind(announcement.kind());
  absl::Status missing;
  for (const std::string& id : *ids) {
    auto booking = FindBooking(session, id);
    if (!booking.ok()) missing = booking.status();
    if (!booking.ok() || *booking == nullptr || !Stands(head, **booking)) continue;
    // Who booked since knew it.
    if ((*booking)->create_us() > announcement.time_us()) continue;
    told->add_ids(id);
    told->add_bookers((*booking)->booker());
  }
  if (!missing.ok()) return missing;
  return facts;
}

}  // namespace kepu::event::domain
