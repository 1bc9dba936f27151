#include <algorithm>

#include "libs/reservation/keeping.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/apply_schedule.h"
#include "services/event/domain/attendance.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

using Amounts = google::protobuf::RepeatedField<int32_t>;
using Counter = void (*)(record::PoolHead&, int32_t);

void AddHeld(record::PoolHead& pool, int32_t n) { pool.set_held(pool.held() + n); }
void AddConfirmed(record::PoolHead& pool, int32_t n) { pool.set_confirmed(pool.confirmed() + n); }
void AddCheckedIn(record::PoolHead& pool, int32_t n) { pool.set_checked_in(pool.checked_in() + n); }

void Add(record::SessionHead& head, const Amounts& amounts, int32_t sign, Counter counter) {
  int pools = std::min(head.pools_size(), amounts.size());
  for (int i = 0; i < pools; ++i) counter(*head.mutable_pools(i), sign * amounts.Get(i));
}

using Parts = google::protobuf::RepeatedPtrField<record::Allotted>;

void AddAllotted(record::SessionHead& head, const Parts& parts, int32_t sign) {
  for (const record::Allotted& part : parts) {
    if (part.allotment() >= head.allotments_size()) continue;
    record::AllotmentHead* allotment = head.mutable_allotments(part.allotment());
    allotment->set_taken(allotment->taken() + sign * part.places());
  }
}

// An overfull pool is left in peace down to what is taken of it, never up again.
void LowerOverfull(record::SessionHead& head) {
  for (record::PoolHead& pool : *head.mutable_pools()) {
    if (pool.overfull() == 0) continue;
    pool.set_overfull(FreeOf(pool) >= 0 ? 0 : std::min(pool.overfull(), TakenOf(pool)));
  }
}

record::WaitQueue& QueueOf(record::SessionHead& head, int priority) {
  while (head.wait().queues_size() < kPriorities) head.mutable_wait()->add_queues();
  return *head.mutable_wait()->mutable_queues(std::clamp(priority, 1, kPriorities) - 1);
}

int32_t Largest(const Amounts& need) {
  return need.empty() ? 0 : *std::max_element(need.begin(), need.end());
}

void Lower(record::WaitQueue& queue, int32_t need) {
  queue.set_least(queue.least() == 0 ? need : std::min(queue.least(), need));
}

// Takes a party out of the front or out of the queue behind it.
void TakeOffWaitList(record::SessionHead& head, const record::WaitPlace& place) {
  record::WaitHead* wait = head.mutable_wait();
  wait->set_waiting(wait->waiting() - 1);
  auto* front = wait->mutable_front();
  auto it = std::find_if(front->begin(), front->end(), [&](const record::WaitFront& f) {
    return f.place().priority() == place.priority() && f.place().number() == place.number();
  });
  if (it != front->end()) {
    front->erase(it);
    return;
  }
  record::WaitQueue& queue = QueueOf(head, place.priority());
  if (queue.first() == place.number()) queue.set_first(place.number() + 1);
  if (wait->has_scan() && !InOrder(place, wait->scan())) {
    wait->mutable_scan()->set_priority(place.priority());
    wait->mutable_scan()->set_number(place.number() + 1);
  }
}

void PassOver(record::SessionHead& head, uint32_t passed, int64_t time_us) {
  for (int i = 0; i < head.wait().front_size(); ++i) {
    if ((passed >> i & 1U) == 0) continue;
    record::WaitFront* front = head.mutable_wait()->mutable_front(i);
    front->set_passed(front->passed() + 1);
    if (front->passed_since_us() == 0) front->set_passed_since_us(time_us);
  }
}

Counter CounterOf(v1::Booking::State state) { return HasPlaces(state) ? AddHeld : AddConfirmed; }

void AddHold(record::SessionHead& head, const record::HoldPlace& hold, int64_t expire_us) {
  while (head.holds_size() <= static_cast<int>(hold.queue())) head.add_holds();
  record::HoldQueue* queue = head.mutable_holds(static_cast<int>(hold.queue()));
  queue->set_duration_us(hold.duration_us());
  if (queue->first() == queue->next()) queue->set_first_deadline_us(expire_us);
  queue->set_next(hold.number() + 1);
  queue->set_last_deadline_us(expire_us);
}

void Made(record::SessionHead& head, const record::BookingMade& made, int64_t time_us) {
  const record::BookingRecord& booking = made.booking();
  Add(head, booking.taken(), 1, CounterOf(booking.state()));
  AddAllotted(head, booking.allotted(), 1);
  PassOver(head, made.passed(), time_us);
  if (made.has_wait()) {
    TakeOffWaitList(head, made.wait());
    head.mutable_wait()->set_offered(head.wait().offered() + 1);
    // The next in order moves up at once, so that it is counted who is passed over.
    if (!head.wait().has_scan() && head.wait().front_size() < kMaxFront) LookForParties(head);
  }
  if (made.has_hold()) AddHold(head, made.hold(), booking.hold_expire_us());
  head.add_index_tail(made.id());
  if (head.index_tail_size() == kIndexChunk) {
    head.clear_index_tail();
    head.set_index_chunks(head.index_chunks() + 1);
  }
}

void MoveFront(record::SessionHead& head, const record::HoldFront& front) {
  if (static_cast<int>(front.queue()) >= head.holds_size()) return;
  record::HoldQueue* queue = head.mutable_holds(static_cast<int>(front.queue()));
  queue->set_first(front.first());
  queue->set_first_deadline_us(front.first_deadline_us());
}

void EndOffer(record::SessionHead& head, bool from_wait_list) {
  if (from_wait_list) head.mutable_wait()->set_offered(head.wait().offered() - 1);
}

void Cancelled(record::SessionHead& head, const record::BookingCancelled& cancelled) {
  Add(head, cancelled.taken(), -1, CounterOf(cancelled.from()));
  AddAllotted(head, cancelled.allotted(), -1);
  EndOffer(head, cancelled.from() == v1::Booking::HELD && cancelled.from_wait_list());
  LookForParties(head);
}

void Changed(record::SessionHead& head, const record::BookingChanged& changed, int64_t time_us) {
  const Counter counter = CounterOf(changed.state());
  Add(head, changed.before(), -1, counter);
  Add(head, changed.taken(), 1, counter);
  AddAllotted(head, changed.allotted_before(), -1);
  AddAllotted(head, changed.allotted(), 1);
  PassOver(head, changed.passed(), time_us);
  LookForParties(head);
}

// A party goes into the front when nobody behind the front comes before it, and there is room or it comes
// before the last one there, who then steps back behind the front.
void Joined(record::SessionHead& head, const record::WaitJoined& joined) {
  const record::WaitPlace& place = joined.entry().place();
  record::WaitQueue& queue = QueueOf(head, place.priority());
  record::WaitHead* wait = head.mutable_wait();
  wait->set_waiting(wait->waiting() + 1);
  bool behind = false;
  for (int p = 1; p <= place.priority(); ++p)
    behind |= wait->queues(p - 1).first() < wait->queues(p - 1).next();
  auto* front = wait->mutable_front();
  bool room = front->size() < kMaxFront;
  if (behind || (!room && !InOrder(place, front->rbegin()->place()))) {
    queue.set_next(place.number() + 1);
    Lower(queue, Largest(joined.entry().need()));
    return;
  }
  queue.set_first(place.number() + 1);
  queue.set_next(place.number() + 1);
  if (!room) {
    const record::WaitFront& last = *front->rbegin();
    record::WaitQueue& back = QueueOf(head, last.place().priority());
    back.set_first(last.place().number());
    Lower(back, Largest(last.need()));
    front->RemoveLast();
    // Places that were kept for it are open to those before it now.
    LookForParties(head);
  }
  record::WaitFront* added = front->Add();
  added->set_id(joined.id());
  *added->mutable_place() = place;
  *added->mutable_need() = joined.entry().need();
  added->set_allotments(joined.entry().allotments());
  std::sort(front->begin(), front->end(),
            [](const auto& a, const auto& b) { return InOrder(a.place(), b.place()); });
}

void Fronted(record::SessionHead& head, const record::WaitFronted& fronted) {
  for (const record::WaitFront& entry : fronted.entries()) *head.mutable_wait()->add_front() = entry;
  record::WaitQueue& queue = QueueOf(head, fronted.priority());
  queue.set_first(fronted.first());
  if (queue.first() == queue.next()) queue.clear_least();
}

void CloseWaitList(record::SessionHead& head) {
  record::WaitHead* wait = head.mutable_wait();
  wait->set_closed(true);
  // Those in front are swept by number like the others.
  for (const record::WaitFront& front : wait->front()) {
    record::WaitQueue& queue = QueueOf(head, front.place().priority());
    queue.set_first(std::min(queue.first(), front.place().number()));
  }
  wait->clear_front();
  wait->clear_scan();
  wait->set_waiting(0);
}

void Created(record::SessionHead& head, const record::SessionCreated& created, int64_t time_us) {
  head.set_id(created.id());
  head.set_event(created.event());
  head.set_place(created.place());
  head.set_start_us(created.start_us());
  head.set_end_us(created.end_us());
  head.set_time_zone(created.time_zone());
  *head.mutable_pools() = created.pools();
  head.set_party_min(created.party_min());
  head.set_party_max(created.party_max());
  head.set_space(created.space());
  head.set_hall_reservation(created.hall_reservation());
  if (created.has_programme()) *head.mutable_programme() = created.programme();
  head.set_state(created.draft() ? v1::Session::DRAFT : v1::Session::SCHEDULED);
  head.set_open_us(created.open_us());
  head.set_close_us(created.close_us());
  *head.mutable_allotments() = created.allotments();
  if (created.has_terms()) *head.mutable_terms() = created.terms();
  head.set_camp(created.camp());
  head.set_create_us(time_us);
}

void SettingsChanged(record::SessionHead& head, const record::SessionSettingsChanged& settings) {
  for (int i = 0; i < std::min(head.pools_size(), settings.capacities_size()); ++i) {
    record::PoolHead* pool = head.mutable_pools(i);
    if (!pool->day_limit().empty()) continue;
    pool->set_capacity(settings.capacities(i));
    pool->set_overfull(FreeOf(*pool) < 0 ? TakenOf(*pool) : 0);
  }
  head.set_party_min(settings.party_min());
  head.set_party_max(settings.party_max());
  head.set_open_us(settings.open_us());
  head.set_close_us(settings.close_us());
  auto before = head.allotments();
  *head.mutable_allotments() = settings.allotments();
  for (int i = 0; i < head.allotments_size(); ++i)
    head.mutable_allotments(i)->set_taken(i < before.size() ? before.Get(i).taken() : 0);
  if (settings.has_terms())
    *head.mutable_terms() = settings.terms();
  else
    head.clear_terms();
  head.set_changes(head.changes() + 1);
  LookForParties(head);
}

void Released(record::SessionHead& head, const record::AllotmentsReleased& released) {
  for (const int32_t i : released.allotments()) {
    if (i < head.allotments_size()) head.mutable_allotments(i)->set_released(true);
  }
  LookForParties(head);
}

void Swept(record::SessionHead& head, const record::BookingsSwept& swept) {
  Add(head, swept.held(), -1, AddHeld);
  Add(head, swept.confirmed(), -1, AddConfirmed);
  AddAllotted(head, swept.allotted(), -1);
  head.mutable_wait()->set_offered(head.wait().offered() - swept.offers());
  head.set_swept_chunks(swept.chunk() + 1);
}

void Expired(record::SessionHead& head, const record::BookingExpired& expired) {
  Add(head, expired.taken(), -1, AddHeld);
  AddAllotted(head, expired.allotted(), -1);
  EndOffer(head, expired.from_wait_list());
  MoveFront(head, expired.front());
  LookForParties(head);
}

void Missed(record::SessionHead& head, const record::BookingsMissed& missed) {
  Add(head, missed.confirmed(), -1, AddConfirmed);
  AddAllotted(head, missed.allotted(), -1);
  head.set_missed_chunks(missed.chunk() + 1);
}

// What staff decide on.
void ApplyToRequests(record::SessionHead& head, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kBookingRequested:
      EndOffer(head, fact.booking_requested().from_wait_list());
      return AddHold(head, fact.booking_requested().hold(), fact.booking_requested().hold_expire_us());
    case Kind::kBookingApproved:
      Add(head, fact.booking_approved().taken(), -1, AddHeld);
      return Add(head, fact.booking_approved().taken(), 1, AddConfirmed);
    case Kind::kBookingDeclined:
      Add(head, fact.booking_declined().taken(), -1, AddHeld);
      AddAllotted(head, fact.booking_declined().allotted(), -1);
      return LookForParties(head);
    default:
      return;
  }
}

void ApplyToBookings(record::SessionHead& head, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kBookingMade:
      return Made(head, fact.booking_made(), fact.time_us());
    case Kind::kBookingChanged:
      return Changed(head, fact.booking_changed(), fact.time_us());
    case Kind::kBookingConfirmed:
      Add(head, fact.booking_confirmed().taken(), -1, AddHeld);
      Add(head, fact.booking_confirmed().taken(), 1, AddConfirmed);
      return EndOffer(head, fact.booking_confirmed().from_wait_list());
    case Kind::kBookingCancelled:
      return Cancelled(head, fact.booking_cancelled());
    case Kind::kBookingExpired:
      return Expired(head, fact.booking_expired());
    case Kind::kBookingCheckedIn:
      Add(head, fact.booking_checked_in().taken(), -1, AddConfirmed);
      Add(head, fact.booking_checked_in().taken(), 1, AddCheckedIn);
      CountAttended(fact.booking_checked_in(), &head);
      head.set_arrived(head.arrived() + fact.booking_checked_in().heads());
      return head.set_inside(head.inside() + fact.booking_checked_in().heads());
    case Kind::kBookingCheckedOut:
      return head.set_inside(head.inside() - fact.booking_checked_out().heads());
    case Kind::kLateArrival:
      Add(head, fact.late_arrival().before(), -1, AddCheckedIn);
      Add(head, fact.late_arrival().taken(), 1, AddCheckedIn);
      CountAttended(fact.late_arrival(), &head);
      head.set_arrived(head.arrived() + fact.late_arrival().heads());
      return head.set_inside(head.inside() + fact.late_arrival().heads());
    case Kind::kHeadsTakenToHaveLeft:
      return head.set_taken_to_have_left_us(fact.time_us());
    case Kind::kDoorRecorded:
      return head.set_door_records(head.door_records() + 1);
    case Kind::kBookingsMissed:
      return Missed(head, fact.bookings_missed());
    case Kind::kBookingsSwept:
      return Swept(head, fact.bookings_swept());
    case Kind::kHoldsSkipped:
      return MoveFront(head, fact.holds_skipped().front());
    default:
      return;
  }
}

void ApplyToWaitList(record::SessionHead& head, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kWaitJoined:
      return Joined(head, fact.wait_joined());
    case Kind::kWaitLeft:
      TakeOffWaitList(head, fact.wait_left().wait());
      return LookForParties(head);
    case Kind::kWaitFronted:
      return Fronted(head, fact.wait_fronted());
    case Kind::kWaitScanned:
      if (!fact.wait_scanned().has_next()) return head.mutable_wait()->clear_scan();
      *head.mutable_wait()->mutable_scan() = fact.wait_scanned().next();
      return;
    case Kind::kWaitListClosed:
      return CloseWaitList(head);
    case Kind::kWaitSwept:
      return QueueOf(head, fact.wait_swept().priority()).set_first(fact.wait_swept().first());
    default:
      return;
  }
}

void ApplyToSession(record::SessionHead& head, const record::Fact& fact) {
  using Kind = record::Fact::KindCase;
  switch (fact.kind_case()) {
    case Kind::kSessionCreated:
      return Created(head, fact.session_created(), fact.time_us());
    case Kind::kSessionCancelled:
      head.set_state(v1::Session::CANCELLED);
      head.set_cancel_reason(fact.session_cancelled().reason());
      head.set_changes(head.changes() + 1);
      return CloseWaitList(head);
    case Kind::kSessionSettingsChanged:
      return SettingsChanged(head, fact.session_settings_changed());
    case Kind::kSessionPublished:
      head.set_state(v1::Session::SCHEDULED);
      return head.set_changes(head.changes() + 1);
    case Kind::kAllotmentsReleased:
      return Released(head, fact.allotments_released());
    case Kind::kReservationChanged:
      if (const auto end = reservation::EndOf(fact.reservation_changed().fact()))
        reservation::FileEnd(*head.mutable_keeping(), *end);
      return;
    case Kind::kSessionClaimed:
      if (const auto end = reservation::EndOf(fact.session_claimed().claim()))
        reservation::FileEnd(*head.mutable_keeping(), *end);
      return;
    case Kind::kEndsForgotten:
      return reservation::FoldForgetting(*head.mutable_keeping(), fact.ends_forgotten());
    case Kind::kSessionRoundSet:
      return head.set_round(fact.session_round_set().round());
    default:
      return;
  }
}

}  // namespace

// Look from the start, in the same commit or when next due.
void LookForParties(record::SessionHead& head) {
  record::WaitHead* wait = head.mutable_wait();
  if (wait->closed() || wait->waiting() == 0 || IsBlocked(head)) return;
  wait->mutable_scan()->set_priority(1);
  wait->mutable_scan()->set_number(0);
}

void ApplyHead(record::SessionHead& head, const record::Fact& fact) {
  head.set_revision(head.revision() + 1);
  if (fact.time_us() != 0) head.set_update_us(fact.time_us());
  // Each fact is of one of them.
  ApplyToSession(head, fact);
  ApplyToBookings(head, fact);
  ApplyToRequests(head, fact);
  ApplyToWaitList(head, fact);
  ApplyShares(head, fact);
  if (ApplySchedule(head, fact)) LookForParties(head);
  LowerOverfull(head);
}

}  // namespace kepu::event::domain
