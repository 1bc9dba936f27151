#include "services/event/domain/invariants.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/reservation/claim.h"
#include "services/event/domain/attendance.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

// What the store allows for a head (store::kMaxHeadBytes).
constexpr size_t kHeadBytes = 4096;

struct Tally {
  std::vector<std::map<v1::Booking::State, int64_t>> places;  // by pool
  std::map<std::string, int> persons;                         // live claims by digest
  std::set<std::string> held;
  std::set<std::string> queued;
  std::set<std::string> waiting;
  std::set<std::string> referenced;
  size_t bookings = 0;
  size_t indexed = 0;
  int offered = 0;
  std::map<std::string, bool> reserved;  // reservations that bookings have, and whether they are live
  std::set<std::string> records;         // confirmed and not given back
  bool fits = true;                      // no booking takes places of a pool that is not there
  std::map<int, int64_t> allotted;       // by allotment, of live bookings
  int64_t inside = 0;
  uint32_t door_records = 0;
  KindCounts came{};
  std::set<std::string> claims, claimed;  // claim and booking, as claims and as bookings say
};

absl::Status Wrong(const record::SessionHead& head, absl::string_view what) {
  return absl::InternalError(absl::StrCat(NameOf(head), ": ", what));
}

void Count(const std::string& field, const record::SessionChild& child, Tally* tally) {
  if (child.has_booking()) {
    const record::BookingRecord& booking = child.booking();
    ++tally->bookings;
    tally->fits = tally->fits && static_cast<size_t>(booking.taken_size()) <= tally->places.size();
    for (int p = 0; tally->fits && p < booking.taken_size(); ++p) {
      tally->places[static_cast<size_t>(p)][booking.state()] += booking.taken(p);
    }
    bool held = HasPlaces(booking.state());
    bool live =
        held || booking.state() == v1::Booking::CONFIRMED || booking.state() == v1::Booking::CHECKED_IN;
    // Who has claimed its places ends it.
    if (held && booking.claims().empty()) tally->held.insert(field.substr(2));
    for (const std::string& claim : booking.claims())
      tally->claimed.insert(absl::StrCat(claim, " ", field.substr(2)));
    if (booking.state() == v1::Booking::HELD && booking.from_wait_list()) ++tally->offered;
    if (live && !booking.person().empty()) ++tally->persons[booking.person()];
    for (const record::Allotted& part : booking.allotted())
      if (live) tally->allotted[part.allotment()] += part.places();
    // A visit to which nobody came was the school's all the same.
    const bool kept = live || booking.state() == v1::Booking::NO_SHOW;
    if (!booking.reservation().empty()) tally->reserved[booking.reservation()] = kept;
    tally->inside += booking.inside();
    if (booking.state() == v1::Booking::CHECKED_IN) {
      KindCount& came = tally->came.at(static_cast<size_t>(booking.kind()));
      ++came.bookings;
      came.heads += HeadsOf(booking.party());
    }
  } else if (child.has_claim()) {
    if (reservation::IsLive(child.claim().claim()))
      tally->claims.insert(absl::StrCat(child.claim().claim().claim_id(), " ", child.claim().booking()));
  } else if (child.has_door_record()) {
    ++tally->door_records;
  } else if (child.has_reservation()) {
    if (child.reservation().state() == reservation::v1::Reservation::CONFIRMED &&
        !child.reservation().given_back()) {
      tally->records.insert(child.reservation().reservation());
    }
  } else if (child.has_hold()) {
    tally->queued.insert(child.hold().booking());
  } else if (child.has_wait()) {
    if (child.wait().state() != v1::WaitEntry::WAITING) return;
    tally->waiting.insert(field.substr(2));
    if (!child.wait().person().empty()) ++tally->persons[child.wait().person()];
  } else if (child.has_wait_ref()) {
    tally->referenced.insert(child.wait_ref().id());
  } else if (child.has_index()) {
    tally->indexed += static_cast<size_t>(child.index().ids_size());
  }
}

absl::Status CheckPools(const record::SessionHead& head, const Tally& tally) {
  if (!tally.fits) return Wrong(head, "a booking of a pool that is not there");
  for (int i = 0; i < head.pools_size(); ++i) {
    const record::PoolHead& pool = head.pools(i);
    auto places = tally.places[static_cast<size_t>(i)];
    const std::string& name = pool.day_limit().empty() ? pool.id() : pool.day_limit();
    if (pool.held() < 0 || pool.confirmed() < 0 || pool.checked_in() < 0) {
      return Wrong(head, absl::StrCat("pool ", name, " counts below zero"));
    }
    // Of a day a session has what it takes at least.
    if (!pool.day_limit().empty() && (pool.unbounded() || TakenOf(pool) > pool.capacity()))
      return Wrong(head, absl::StrCat("takes more of its day's ", name, " than it has"));
    // Staff may leave a pool overfull; nothing is granted then.
    if (FreeOf(pool) < 0 && TakenOf(pool) > pool.overfull())
      return Wrong(head, absl::StrCat("pool ", name, " is oversold"));
    if (places[v1::Booking::HELD] + places[v1::Booking::REQUESTED] != pool.held() ||
        places[v1::Booking::CONFIRMED] != pool.confirmed() ||
        places[v1::Booking::CHECKED_IN] != pool.checked_in()) {
      return Wrong(head, absl::StrCat("pool ", name, " does not count what is booked"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAllotments(const record::SessionHead& head, Tally tally) {
  for (int i = 0; i < head.allotments_size(); ++i) {
    if (tally.allotted[i] != head.allotments(i).taken())
      return Wrong(head, absl::StrCat("allotment ", head.allotments(i).id(), " is miscounted"));
  }
  return absl::OkStatus();
}

absl::Status CheckWaitList(const record::SessionHead& head, const Tally& tally) {
  if (tally.waiting != tally.referenced) return Wrong(head, "the wait list and its queues differ");
  if (tally.offered != head.wait().offered()) return Wrong(head, "offers are miscounted");
  if (head.wait().closed()) return absl::OkStatus();
  if (static_cast<int>(tally.waiting.size()) != head.wait().waiting())
    return Wrong(head, "who waits is miscounted");
  if (head.wait().front_size() > kMaxFront) return Wrong(head, "the front of the wait list is too long");
  for (int i = 0; i < head.wait().front_size(); ++i) {
    const record::WaitFront& front = head.wait().front(i);
    if (!tally.waiting.contains(front.id())) return Wrong(head, "somebody in front does not wait");
    if (i > 0 && !InOrder(head.wait().front(i - 1).place(), front.place()))
      return Wrong(head, "the front is unsorted");
  }
  return absl::OkStatus();
}

// What is reserved elsewhere is reserved for as long as it is used here.
absl::Status CheckReservations(const record::SessionHead& head, Tally tally) {
  if (!head.hall_reservation().empty())
    tally.reserved[head.hall_reservation()] = head.state() != v1::Session::CANCELLED;
  for (const auto& [reservation, live] : tally.reserved) {
    if (live != tally.records.contains(reservation))
      return Wrong(head, absl::StrCat("reservation ", reservation, live ? " is not held" : " is still held"));
    tally.records.erase(reservation);
  }
  if (tally.records.empty()) return absl::OkStatus();
  return Wrong(head, absl::StrCat("reservation ", *tally.records.begin(), " is for nothing"));
}

}  // namespace

absl::Status CheckInvariants(const Session& session) {
  const record::SessionHead& head = session.head();
  Tally tally;
  tally.places.resize(static_cast<size_t>(head.pools_size()));
  size_t persons = 0;
  for (const auto& [field, child] : session.children()) {
    if (!child) continue;
    Count(field, *child, &tally);
    persons += absl::StartsWith(field, "i/") ? 1 : 0;
  }
  if (absl::Status status = CheckPools(head, tally); !status.ok()) return status;
  for (const auto& [person, count] : tally.persons) {
    if (count > 1) return Wrong(head, "a person has two live bookings");
    auto claim = session.children().find(PersonField(person));
    if (claim == session.children().end() || !claim->second)
      return Wrong(head, "a live booking without its person");
  }
  if (persons != tally.persons.size()) return Wrong(head, "a person stands for nothing");
  for (const std::string& id : tally.held) {
    if (!tally.queued.contains(id)) return Wrong(head, "a hold that would never end");
  }
  if (tally.indexed + static_cast<size_t>(head.index_tail_size()) != tally.bookings) {
    return Wrong(head, "the index does not list every booking");
  }
  if (tally.claims != tally.claimed) return Wrong(head, "claims and bookings differ");
  if (tally.inside != head.inside()) return Wrong(head, "who is inside is miscounted");
  if (absl::Status status = CheckAttended(head, tally.came); !status.ok()) return status;
  if (tally.door_records != head.door_records()) return Wrong(head, "a record of the door is lost");
  if (head.disruptions_size() > kMaxDisruptions) return Wrong(head, "too much is in its way");
  if (IsBlocked(head) && head.wait().has_scan())
    return Wrong(head, "places are offered that nobody can have");
  if (head.announcement().next_chunk() > head.announcement().chunks())
    return Wrong(head, "more people were told than there are");
  if (head.ByteSizeLong() >= kHeadBytes) return Wrong(head, "the head is too large");
  if (absl::Status status = CheckAllotments(head, tally); !status.ok()) return status;
  if (absl::Status status = CheckReservations(head, tally); !status.ok()) return status;
  return CheckWaitList(head, tally);
}

}  // namespace kepu::event::domain
