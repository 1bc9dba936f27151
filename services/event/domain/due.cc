#include "services/event/domain/due.h"

#include <algorithm>

#include "libs/reservation/keeping.h"
#include "services/event/domain/bookings.h"
#include "services/event/domain/reschedule.h"
#include "services/event/domain/staffing.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

// Holds looked at in one go: each expired one writes three children.
constexpr uint64_t kHoldsPerStep = 24;
// Offers and steps of looking for parties in one go.
constexpr int kOffersPerStep = 16;
// Entries of the wait list swept in one go: each writes three children, together at most a hundred.
constexpr uint64_t kSweptPerStep = 32;
// Steps of a sweep are spread out, so that one cancelled session does not fill the commits of its partition.
constexpr absl::Duration kSweepPause = absl::Milliseconds(10);

bool BookingsToSweep(const record::SessionHead& head) {
  return head.state() == v1::Session::CANCELLED &&
         head.swept_chunks() < head.index_chunks() + (head.index_tail().empty() ? 0U : 1U);
}

bool ToSweep(const record::SessionHead& head) {
  return BookingsToSweep(head) || (head.wait().closed() && AnyBehindFront(head));
}

absl::StatusOr<Facts> SweepBookings(const Session& session, absl::Time now) {
  const record::SessionHead& head = session.head();
  auto ids = IdsOf(session, head.swept_chunks());
  if (!ids.ok()) return ids.status();
  Facts facts = {At(now)};
  record::BookingsSwept* swept = facts.back().mutable_bookings_swept();
  Facts released;
  swept->set_chunk(head.swept_chunks());
  Places held(static_cast<size_t>(head.pools_size()));
  Places confirmed = held;
  absl::Status missing;
  for (const std::string& id : *ids) {
    absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
    if (!found.ok()) {
      missing = found.status();
      continue;
    }
    const record::BookingRecord* booking = *found;
    bool is_held = booking != nullptr && HasPlaces(booking->state());
    if (!is_held && (booking == nullptr || booking->state() != v1::Booking::CONFIRMED)) continue;
    if (booking->from_wait_list()) {
      if (absl::Status status = FindWait(session, id).status(); !status.ok()) missing = status;
    }
    if (absl::Status status = GiveBack(session, booking->reservation(), now, &released); !status.ok())
      missing = status;
    swept->add_ids(id);
    swept->add_bookers(booking->booker());
    if (booking->state() == v1::Booking::HELD && booking->from_wait_list())
      swept->set_offers(swept->offers() + 1);
    Places& places = is_held ? held : confirmed;
    for (int p = 0; p < booking->taken_size(); ++p) places[static_cast<size_t>(p)] += booking->taken(p);
    for (const record::Allotted& part : booking->allotted()) *swept->add_allotted() = part;
  }
  if (!missing.ok()) return missing;
  *swept->mutable_held() = {held.begin(), held.end()};
  *swept->mutable_confirmed() = {confirmed.begin(), confirmed.end()};
  facts.insert(facts.end(), released.begin(), released.end());
  return facts;
}

bool AnyConfirmed(const record::SessionHead& head) {
  return std::any_of(head.pools().begin(), head.pools().end(),
                     [](const record::PoolHead& pool) { return pool.confirmed() > 0; });
}

// When it is noted who did not come; InfiniteFuture: never.
absl::Time NextMissed(const record::SessionHead& head, const Rules& rules) {
  const bool left = head.missed_chunks() < head.index_chunks() + (head.index_tail().empty() ? 0U : 1U);
  if (!left || head.state() != v1::Session::SCHEDULED || !AnyConfirmed(head)) return absl::InfiniteFuture();
  return absl::FromUnixMicros(head.end_us()) + rules.missed_after;
}

absl::StatusOr<Facts> NoteMissed(const Session& session, absl::Time now) {
  const record::SessionHead& head = session.head();
  auto ids = IdsOf(session, head.missed_chunks());
  if (!ids.ok()) return ids.status();
  Facts facts = {At(now)};
  record::BookingsMissed* missed = facts.back().mutable_bookings_missed();
  missed->set_chunk(head.missed_chunks());
  Places confirmed(static_cast<size_t>(head.pools_size()));
  absl::Status missing;
  for (const std::string& id : *ids) {
    absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
    if (!found.ok()) missing = found.status();
    if (!found.ok() || *found == nullptr || (*found)->state() != v1::Booking::CONFIRMED) continue;
    record::BookingsMissed::Missed* one = missed->add_missed();
    one->set_id(id);
    one->set_whose(WhoseIs(**found));
    for (int p = 0; p < (*found)->taken_size(); ++p) confirmed[static_cast<size_t>(p)] += (*found)->taken(p);
    for (const record::Allotted& part : (*found)->allotted()) *missed->add_allotted() = part;
  }
  if (!missing.ok()) return missing;
  *missed->mutable_confirmed() = {confirmed.begin(), confirmed.end()};
  return facts;
}

absl::StatusOr<Facts> SweepWaitList(const Session& session, absl::Time now) {
  const record::SessionHead& head = session.head();
  int priority = 1;
  while (head.wait().queues(priority - 1).first() == head.wait().queues(priority - 1).next()) ++priority;
  const record::WaitQueue& queue = head.wait().queues(priority - 1);
  uint64_t end = std::min(queue.next(), queue.first() + kSweptPerStep);
  Facts facts = {At(now)};
  record::WaitSwept* swept = facts.back().mutable_wait_swept();
  swept->set_priority(priority);
  swept->set_first(end);
  absl::Status missing;
  for (uint64_t n = queue.first(); n < end; ++n) {
    absl::StatusOr<const record::WaitRef*> ref =
        FindChild<record::WaitRef>(session, WaitRefField(priority, n), &record::SessionChild::wait_ref);
    if (!ref.ok()) {
      missing = ref.status();
      continue;
    }
    if (*ref == nullptr) continue;
    swept->add_ids((*ref)->id());
    if (absl::Status status = FindWait(session, (*ref)->id()).status(); !status.ok()) missing = status;
  }
  if (!missing.ok()) return missing;
  return facts;
}

// The entries from the front that are due, and the first that is not, all asked for before giving up.
absl::StatusOr<std::vector<const record::HoldEntry*>> HoldsFromFront(const Session& session, uint32_t index,
                                                                     int64_t now_us) {
  const record::HoldQueue& queue = session.head().holds(static_cast<int>(index));
  std::vector<const record::HoldEntry*> entries;
  absl::Status missing;
  uint64_t end = std::min(queue.next(), queue.first() + kHoldsPerStep + 1);
  for (uint64_t n = queue.first(); n < end; ++n) {
    absl::StatusOr<const record::HoldEntry*> entry =
        FindChild<record::HoldEntry>(session, HoldField(index, n), &record::SessionChild::hold);
    if (!entry.ok()) {
      missing = entry.status();
      continue;
    }
    if (*entry == nullptr) return absl::InternalError("a queue of holds has a gap");
    entries.push_back(*entry);
    if ((*entry)->deadline_us() > now_us) break;
  }
  if (!missing.ok()) return missing;
  return entries;
}

// Ends the holds at the front of a queue that are past their deadline; those confirmed or cancelled in time
// just leave.
absl::StatusOr<Facts> ExpireHolds(const Session& session, uint32_t index, absl::Time now) {
  int64_t now_us = absl::ToUnixMicros(now);
  absl::StatusOr<std::vector<const record::HoldEntry*>> entries = HoldsFromFront(session, index, now_us);
  if (!entries.ok()) return entries.status();
  size_t count = 0;
  absl::Status missing;
  while (count < entries->size() && count < kHoldsPerStep && (*entries)[count]->deadline_us() <= now_us) {
    const std::string& id = (*entries)[count]->booking();
    absl::StatusOr<const record::BookingRecord*> booking = FindBooking(session, id);
    if (!booking.ok()) missing = booking.status();
    if (booking.ok() && *booking == nullptr) return absl::InternalError("a hold without its booking");
    if (booking.ok() && (*booking)->from_wait_list()) {
      if (absl::Status status = FindWait(session, id).status(); !status.ok()) missing = status;
    }
    if (booking.ok() && !(*booking)->reservation().empty()) {
      if (absl::Status status = FindRecord(session, (*booking)->reservation()).status(); !status.ok())
        missing = status;
    }
    ++count;
  }
  if (!missing.ok()) return missing;
  uint64_t first = session.head().holds(static_cast<int>(index)).first();
  auto front_after = [&](size_t gone, record::HoldFront* front) {
    front->set_queue(index);
    front->set_first(first + gone);
    if (gone < entries->size()) front->set_first_deadline_us((*entries)[gone]->deadline_us());
  };
  Facts facts;
  size_t left = 0;
  for (size_t i = 0; i < count; ++i) {
    const std::string& id = (*entries)[i]->booking();
    const record::BookingRecord& booking = **FindBooking(session, id);
    // One that waits for staff since then has another entry, with the deadline that it has now.
    if (!HasPlaces(booking.state()) || booking.hold_expire_us() > now_us) continue;
    record::BookingExpired* expired = facts.emplace_back(At(now)).mutable_booking_expired();
    expired->set_id(id);
    *expired->mutable_taken() = booking.taken();
    expired->set_from_wait_list(booking.from_wait_list() && booking.state() == v1::Booking::HELD);
    *expired->mutable_allotted() = booking.allotted();
    front_after(i + 1, expired->mutable_front());
    left = i + 1;
    if (absl::Status status = GiveBack(session, booking.reservation(), now, &facts); !status.ok())
      return status;
  }
  if (left < count) {
    front_after(count, facts.emplace_back(At(now)).mutable_holds_skipped()->mutable_front());
  }
  return facts;
}

// The first allotment that is not released yet; InfiniteFuture: there is none.
absl::Time NextRelease(const record::SessionHead& head) {
  absl::Time next = absl::InfiniteFuture();
  for (const record::AllotmentHead& allotment : head.allotments()) {
    if (!allotment.released()) next = std::min(next, absl::FromUnixMicros(allotment.release_us()));
  }
  return next;
}

Facts Release(const record::SessionHead& head, absl::Time now) {
  Facts facts = {At(now)};
  for (int i = 0; i < head.allotments_size(); ++i) {
    const record::AllotmentHead& allotment = head.allotments(i);
    if (!allotment.released() && absl::FromUnixMicros(allotment.release_us()) <= now)
      facts.back().mutable_allotments_released()->add_allotments(i);
  }
  return facts;
}

absl::StatusOr<Facts> Forget(const Session& session, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      session, session.head().keeping(), now, [](const record::SessionChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = session.Find(field);
        if (!child.ok()) return child.status();
        if (*child != nullptr && (*child)->has_claim())
          return reservation::MayForget(&(*child)->claim().claim());
        return reservation::MayForget(*child == nullptr ? nullptr : &(*child)->reservation());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  // As with what a reservation goes through: the session is not changed by it.
  record::Fact fact;
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

// When whoever nobody saw leave is taken to have left; InfiniteFuture: nobody is.
absl::Time NextTakenToHaveLeft(const record::SessionHead& head, const Rules& rules) {
  if (head.inside() <= 0 || head.taken_to_have_left_us() != 0) return absl::InfiniteFuture();
  return absl::FromUnixMicros(head.end_us()) + rules.left_after;
}

}  // namespace

// The tail stands in the head.
absl::StatusOr<google::protobuf::RepeatedPtrField<std::string>> IdsOf(const Session& session,
                                                                      uint32_t number) {
  if (number >= session.head().index_chunks()) return session.head().index_tail();
  absl::StatusOr<const record::IndexChunk*> chunk =
      FindChild<record::IndexChunk>(session, IndexField(number), &record::SessionChild::index);
  if (!chunk.ok()) return chunk.status();
  return *chunk == nullptr ? session.head().index_tail() : (*chunk)->ids();
}

absl::StatusOr<Facts> Due(const Session& session, const Rules& rules, absl::Time now) {
  if (!session.Exists()) return Facts{};
  const record::SessionHead& head = session.head();
  if (ToSweep(head)) {
    if (now < NextDue(head, rules)) return Facts{};
    return BookingsToSweep(head) ? SweepBookings(session, now) : SweepWaitList(session, now);
  }
  for (int i = 0; i < head.holds_size(); ++i) {
    const record::HoldQueue& queue = head.holds(i);
    if (queue.first() == queue.next() || absl::FromUnixMicros(queue.first_deadline_us()) > now) continue;
    return ExpireHolds(session, static_cast<uint32_t>(i), now);
  }
  if (NextRelease(head) <= now) return Release(head, now);
  if (NextStaffing(head) <= now) return HoldUnheard(head, now);
  if (NextAnnouncement(head) <= now) return Announce(session, now);
  if (head.wait().waiting() > 0 && Started(head, now)) {
    Facts facts = {At(now)};
    facts.back().mutable_wait_list_closed();
    return facts;
  }
  if (NextTakenToHaveLeft(head, rules) <= now) {
    Facts facts = {At(now)};
    facts.back().mutable_heads_taken_to_have_left()->set_heads(head.inside());
    return facts;
  }
  if (!head.wait().has_scan() && NextMissed(head, rules) <= now) return NoteMissed(session, now);
  if (!head.wait().has_scan()) return Forget(session, now);
  Facts facts;
  record::SessionHead after = head;
  if (absl::Status status = Offer(session, after, kOffersPerStep, rules, now, &facts); !status.ok())
    return status;
  return facts;
}

absl::Time NextDue(const record::SessionHead& head, const Rules& rules) {
  if (ToSweep(head)) return absl::FromUnixMicros(head.update_us()) + kSweepPause;
  if (head.wait().has_scan()) return absl::FromUnixMicros(head.update_us());
  absl::Time next =
      std::min({reservation::NextForgetting(head.keeping()), NextRelease(head), NextMissed(head, rules),
                NextTakenToHaveLeft(head, rules), NextStaffing(head), NextAnnouncement(head)});
  if (head.wait().waiting() > 0) next = std::min(next, absl::FromUnixMicros(head.start_us()));
  for (const record::HoldQueue& queue : head.holds()) {
    if (queue.first() != queue.next()) next = std::min(next, absl::FromUnixMicros(queue.first_deadline_us()));
  }
  return next;
}

}  // namespace kepu::event::domain
