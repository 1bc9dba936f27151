#include "services/event/domain/wait_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/places.h"
#include "services/event/domain/school_party.h"

namespace kepu::event::domain {
namespace {

// Offers to the front in the commit that frees the places; more would make the commits of a rush long.
constexpr int kOffersPerDecision = 8;
// Parties behind the front that are looked at in one step, and references read to fill the front up.
constexpr uint64_t kLookedAtPerStep = 16;

int PriorityOf(const PartyCommand& command) {
  if (command.kind == v1::Booking::SCHOOL) return command.served_last ? 3 : command.served_first ? 1 : 2;
  return command.kind == v1::Booking::GROUP ? 3 : 4;
}

Places NeedOf(const google::protobuf::RepeatedField<int32_t>& need) { return {need.begin(), need.end()}; }
// Afresh: it may have joined before the session came to count for a limit of its place.
Places NeedOf(const record::SessionHead& head, const record::WaitRecord& entry) {
  return PlacesOf(head, entry.kind(), entry.party());
}

// The offer: a hold of the same id as the entry, for whose duration the places are the party's alone.
record::Fact OfferTo(const record::SessionHead& head, absl::string_view id, const record::WaitRecord& entry,
                     int passed_limit, const Rules& rules, absl::Time now) {
  record::Fact fact = At(now);
  record::BookingMade* made = fact.mutable_booking_made();
  made->set_id(std::string(id));
  *made->mutable_wait() = entry.place();
  record::BookingRecord* booking = made->mutable_booking();
  booking->set_kind(entry.kind());
  *booking->mutable_party() = entry.party();
  const Places need = NeedOf(head, entry);
  *booking->mutable_taken() = {need.begin(), need.end()};
  booking->set_state(v1::Booking::HELD);
  booking->set_booker(entry.booker());
  booking->set_person(entry.person());
  booking->set_from_wait_list(true);
  booking->set_school(entry.school());
  booking->set_school_class(entry.school_class());
  booking->set_grade(entry.grade());
  for (const record::Allotted& part : TakeAllotted(head, need, entry.allotments()))
    *booking->add_allotted() = part;
  booking->set_create_us(absl::ToUnixMicros(now));
  booking->set_update_us(booking->create_us());
  booking->set_free_us(FreeUntil(head, entry.kind(), rules, now));
  int64_t deadline_us = 0;
  *made->mutable_hold() = PlaceHold(head, OfferSpan(head, rules, now), now, &deadline_us);
  booking->set_hold_expire_us(deadline_us);
  made->set_passed(PassedOver(head, passed_limit, need, rules, now));
  return fact;
}

// The next in order have to move up first: places may be kept for them.
bool FrontHasRoom(const record::SessionHead& head) {
  return head.wait().front_size() < kMaxFront && AnyBehindFront(head);
}

// What a party with these allotments can have of what is not kept for the first `before` parties in front.
Places FreeBehind(const record::SessionHead& head, int before, uint32_t allotments, const Rules& rules,
                  absl::Time now) {
  Places left = FreePlaces(head, allotments);
  for (int i = 0; i < before; ++i) {
    const record::WaitFront& front = head.wait().front(i);
    if (Kept(front, rules, now)) Keep(head, front, allotments, &left);
  }
  return left;
}

// Index of the first party in front that fits into what is not kept for those before it; -1: none.
int FirstThatFits(const record::SessionHead& head, const Rules& rules, absl::Time now) {
  for (int i = 0; i < head.wait().front_size(); ++i) {
    const record::WaitFront& front = head.wait().front(i);
    if (Covers(FreeBehind(head, i, front.allotments(), rules, now), NeedOf(front.need()))) return i;
  }
  return -1;
}

absl::StatusOr<record::Fact> OfferToFront(const Session& session, const record::SessionHead& head, int index,
                                          const Rules& rules, absl::Time now) {
  const std::string& id = head.wait().front(index).id();
  absl::StatusOr<const record::WaitRecord*> entry = FindWait(session, id);
  if (!entry.ok()) {
    // The others are asked for too: they may be next, and are loaded together.
    for (const record::WaitFront& front : head.wait().front()) (void)FindWait(session, front.id()).status();
    return entry.status();
  }
  return OfferTo(head, id, **entry, index, rules, now);
}

struct Reference {
  uint64_t number = 0;
  std::string id;
};

// Entries [first, end) of a queue that are still there. Asks for all of them before it gives up, so that they
// are loaded together.
absl::StatusOr<std::vector<Reference>> References(const Session& session, int priority, uint64_t first,
                                                  uint64_t end) {
  std::vector<Reference> references;
  absl::Status missing;
  for (uint64_t n = first; n < end; ++n) {
    absl::StatusOr<const record::WaitRef*> ref =
        FindChild<record::WaitRef>(session, WaitRefField(priority, n), &record::SessionChild::wait_ref);
    if (!ref.ok()) {
      missing = ref.status();
    } else if (*ref != nullptr) {
      references.push_back({n, (*ref)->id()});
    }
  }
  if (!missing.ok()) return missing;
  for (const Reference& reference : references) {
    if (absl::Status status = FindWait(session, reference.id).status(); !status.ok()) missing = status;
  }
  if (!missing.ok()) return missing;
  return references;
}

// Moves parties up into the front.
absl::StatusOr<record::Fact> FillFront(const Session& session, const record::SessionHead& head,
                                       absl::Time now) {
  int priority = 1;
  while (head.wait().queues(priority - 1).first() == head.wait().queues(priority - 1).next()) ++priority;
  const record::WaitQueue& queue = head.wait().queues(priority - 1);
  uint64_t end = std::min(queue.next(), queue.first() + kLookedAtPerStep);
  absl::StatusOr<std::vector<Reference>> references = References(session, priority, queue.first(), end);
  if (!references.ok()) return references.status();
  record::Fact fact = At(now);
  record::WaitFronted* fronted = fact.mutable_wait_fronted();
  fronted->set_priority(priority);
  fronted->set_first(end);
  int room = kMaxFront - head.wait().front_size();
  for (const Reference& reference : *references) {
    if (fronted->entries_size() == room) {
      fronted->set_first(reference.number);
      break;
    }
    record::WaitFront* front = fronted->add_entries();
    front->set_id(reference.id);
    front->mutable_place()->set_priority(priority);
    front->mutable_place()->set_number(reference.number);
    const record::WaitRecord& entry = **FindWait(session, reference.id);
    const Places need = NeedOf(head, entry);
    *front->mutable_need() = {need.begin(), need.end()};
    front->set_passed(entry.passed());
    front->set_passed_since_us(entry.passed_since_us());
    front->set_allotments(entry.allotments());
  }
  return fact;
}

// Looks at parties behind the front, a few at a time, for one that fits.
absl::StatusOr<record::Fact> LookBehindFront(const Session& session, const record::SessionHead& head,
                                             const Rules& rules, absl::Time now) {
  record::Fact fact = At(now);
  record::WaitScanned* scanned = fact.mutable_wait_scanned();
  const Places left = FreeForStrangers(head, ~0U, rules, now);
  int32_t most = left.empty() ? 0 : *std::max_element(left.begin(), left.end());
  const record::WaitPlace& from = head.wait().scan();
  for (int priority = std::max(from.priority(), 1); priority <= head.wait().queues_size(); ++priority) {
    const record::WaitQueue& queue = head.wait().queues(priority - 1);
    uint64_t first = std::max(queue.first(), priority == from.priority() ? from.number() : 0);
    if (first >= queue.next() || queue.least() > most) continue;
    uint64_t end = std::min(queue.next(), first + kLookedAtPerStep);
    absl::StatusOr<std::vector<Reference>> references = References(session, priority, first, end);
    if (!references.ok()) return references.status();
    for (const Reference& reference : *references) {
      const record::WaitRecord& entry = **FindWait(session, reference.id);
      if (Covers(FreeForStrangers(head, entry.allotments(), rules, now), NeedOf(head, entry)))
        return OfferTo(head, reference.id, entry, kMaxFront, rules, now);
    }
    scanned->mutable_next()->set_priority(priority);
    scanned->mutable_next()->set_number(end);
    return fact;
  }
  return fact;
}

absl::StatusOr<record::Fact> NextStep(const Session& session, const record::SessionHead& head,
                                      const Rules& rules, absl::Time now) {
  if (head.wait().waiting() == 0 || head.wait().closed() || Started(head, now)) {
    record::Fact done = At(now);
    done.mutable_wait_scanned();
    return done;
  }
  if (FrontHasRoom(head)) return FillFront(session, head, now);
  int fits = FirstThatFits(head, rules, now);
  if (fits >= 0) return OfferToFront(session, head, fits, rules, now);
  return LookBehindFront(session, head, rules, now);
}

// Notes who made room in the front for somebody who comes before it, so that nothing counted for it is lost.
absl::Status StepBack(const Session& session, const record::SessionHead& after, record::WaitJoined* joined) {
  const auto& front = session.head().wait().front();
  if (front.size() < kMaxFront) return absl::OkStatus();
  const record::WaitFront& last = *front.rbegin();
  if (after.wait().front().rbegin()->id() == last.id()) return absl::OkStatus();
  *joined->mutable_stepped_back() = last;
  return FindWait(session, last.id()).status();
}

}  // namespace

int64_t PositionOf(const record::SessionHead& head, absl::string_view id, const record::WaitPlace& place) {
  int64_t before = 0;
  for (const record::WaitFront& front : head.wait().front()) {
    ++before;
    if (front.id() == id) return before;
  }
  for (int priority = 1; priority <= head.wait().queues_size() && priority <= place.priority(); ++priority) {
    const record::WaitQueue& queue = head.wait().queues(priority - 1);
    const uint64_t end = priority < place.priority() ? queue.next() : place.number();
    before += static_cast<int64_t>(end - std::min(end, queue.first()));
  }
  return before + 1;
}

absl::Status Offer(const Session& session, record::SessionHead& head, int limit, const Rules& rules,
                   absl::Time now, Facts* facts) {
  for (int i = 0; i < limit && head.wait().has_scan(); ++i) {
    absl::StatusOr<record::Fact> fact = NextStep(session, head, rules, now);
    // What was found so far stands by itself; the rest goes on when its parties are loaded.
    if (!fact.ok() && !facts->empty()) return absl::OkStatus();
    if (!fact.ok()) return fact.status();
    ApplyHead(head, *fact);
    facts->push_back(*std::move(fact));
  }
  return absl::OkStatus();
}

absl::StatusOr<Facts> ThenOffer(const Session& session, record::Fact fact, const Rules& rules,
                                absl::Time now) {
  Facts facts = {std::move(fact)};
  if (session.head().wait().waiting() == 0) return facts;
  record::SessionHead head = session.head();
  ApplyHead(head, facts.front());
  for (int i = 0; i < kOffersPerDecision && head.wait().has_scan(); ++i) {
    int fits = Started(head, now) || FrontHasRoom(head) ? -1 : FirstThatFits(head, rules, now);
    if (fits < 0) break;
    absl::StatusOr<record::Fact> offer = OfferToFront(session, head, fits, rules, now);
    if (!offer.ok()) return offer.status();
    ApplyHead(head, *offer);
    facts.push_back(*std::move(offer));
  }
  return facts;
}

absl::StatusOr<Facts> DecideJoin(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckOpen(head, now, false); !status.ok()) return status;
  if (absl::Status status = CheckRound(head, command); !status.ok()) return status;
  if (absl::Status status = CheckBookingTime(head, now); !status.ok()) return status;
  if (absl::Status status = IsDisrupted(head) ? CheckUnblocked(head) : absl::OkStatus(); !status.ok())
    return status;
  Places need = PlacesOf(head, command.kind, command.party);
  if (absl::Status status = CheckParty(head, command, need); !status.ok()) return status;
  if (absl::Status status = CheckKind(head, command.kind, command.party, rules); !status.ok()) return status;
  if (!command.school.empty()) {
    if (absl::Status status = CheckSchoolParty(head, command, rules); !status.ok()) return status;
  }
  if (absl::Status status = CheckPerson(session, command); !status.ok()) return status;
  if (head.wait().waiting() >= kMaxWaiting) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "WAIT_LIST_FULL",
                           {{"session", NameOf(head)}, {"max", absl::StrCat(kMaxWaiting)}});
  }
  Facts facts = {At(now)};
  record::WaitJoined* joined = facts.back().mutable_wait_joined();
  joined->set_id(command.id);
  record::WaitRecord* entry = joined->mutable_entry();
  entry->set_kind(command.kind);
  *entry->mutable_party() = command.party;
  *entry->mutable_need() = {need.begin(), need.end()};
  entry->set_state(v1::WaitEntry::WAITING);
  int priority = PriorityOf(command);
  entry->mutable_place()->set_priority(priority);
  entry->mutable_place()->set_number(
      head.wait().queues_size() < priority ? 0 : head.wait().queues(priority - 1).next());
  entry->set_booker(command.booker);
  entry->set_person(command.person);
  entry->set_school(command.school);
  entry->set_school_class(command.school_class);
  entry->set_grade(command.grade);
  entry->set_allotments(AllotmentsFor(head, command.belongs_to));
  entry->set_create_us(absl::ToUnixMicros(now));
  entry->set_update_us(entry->create_us());
  record::SessionHead after = head;
  ApplyHead(after, facts.back());
  if (absl::Status status = StepBack(session, after, joined); !status.ok()) return status;
  // Nobody who waits fits into what is free, unless that is still being looked at; so who fits need not wait.
  if (head.wait().has_scan() || IsBlocked(head)) return facts;
  int before = 0;
  while (before < after.wait().front_size() && InOrder(after.wait().front(before).place(), entry->place()))
    ++before;
  const Places left = FreeBehind(after, before, entry->allotments(), rules, now);
  if (Covers(left, need)) facts.push_back(OfferTo(after, command.id, *entry, before, rules, now));
  return facts;
}

absl::StatusOr<Facts> DecideLeave(const Session& session, absl::string_view id, const Rules& rules,
                                  absl::Time now) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::WaitRecord*> found = FindWait(session, id);
  if (!found.ok()) return found.status();
  const record::WaitRecord* entry = *found;
  if (entry == nullptr) return refusal::NotFound(WaitEntryName(head, id));
  v1::WaitEntry::State state = ShownState(head, *entry);
  if (state == v1::WaitEntry::LEFT || state == v1::WaitEntry::EXPIRED) return Facts{};
  if (state == v1::WaitEntry::OFFERED) return DecideCancel(session, id, true, rules, now);
  if (state != v1::WaitEntry::WAITING) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE",
                           {{"name", WaitEntryName(head, id)}, {"state", v1::WaitEntry::State_Name(state)}});
  }
  record::Fact fact = At(now);
  fact.mutable_wait_left()->set_id(std::string(id));
  *fact.mutable_wait_left()->mutable_wait() = entry->place();
  return ThenOffer(session, std::move(fact), rules, now);
}

}  // namespace kepu::event::domain
