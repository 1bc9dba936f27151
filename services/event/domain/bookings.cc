#include "services/event/domain/bookings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/places.h"
#include "services/event/domain/reschedule.h"
#include "services/event/domain/school_party.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

// What is set aside for others will be everybody's: when, and of which allotment, if `need` fits then.
absl::Status SetAside(const record::SessionHead& head, const Places& need) {
  const record::AllotmentHead* first = nullptr;
  for (const record::AllotmentHead& allotment : head.allotments()) {
    if (allotment.released() || allotment.taken() >= allotment.places()) continue;
    if (need[static_cast<size_t>(allotment.pool())] == 0) continue;
    if (first == nullptr || allotment.release_us() < first->release_us()) first = &allotment;
  }
  if (first == nullptr || !Covers(FreePlaces(head, ~0U), need)) return absl::OkStatus();
  return refusal::Refuse(kPrecondition, "PLACES_SET_ASIDE",
                         {{"session", NameOf(head)},
                          {"allotment", first->id()},
                          {"until", calendar::UtcText(first->release_us())},
                          {"wait_list", head.wait().waiting() < kMaxWaiting ? "possible" : "full"}});
}

// The session has the places and its day has not: what would work is another day, or to wait.
absl::Status DayFull(const record::SessionHead& head, const Places& need, const Places& available) {
  for (int i = 0; i < head.pools_size(); ++i) {
    const auto p = static_cast<size_t>(i);
    if (need[p] == 0 || need[p] <= available[p]) continue;
    const record::PoolHead& pool = head.pools(i);
    // The session's own come first.
    if (pool.day_limit().empty()) return absl::OkStatus();
    return refusal::Refuse(
        kPrecondition, "DAY_QUOTA_USED_UP",
        {{"session", NameOf(head)},
         {"place", head.place()},
         {"date", calendar::FormatDate(calendar::DayOf(absl::FromUnixMicros(head.start_us())))},
         {"limit", pool.day_limit()},
         {"most", absl::StrCat(pool.day_most())},
         {"free", absl::StrCat(std::max(0, available[p]))},
         {"wait_list", head.wait().waiting() < kMaxWaiting ? "possible" : "full"}});
  }
  return absl::OkStatus();
}

// Why `need` does not fit: gone, set aside, or only held by others for now.
absl::Status Full(const record::SessionHead& head, const Places& need, const Places& available) {
  if (absl::Status status = SetAside(head, need); !status.ok() && head.wait().waiting() == 0) return status;
  bool only_held = head.wait().waiting() == 0;
  if (absl::Status status = DayFull(head, need, available); !status.ok()) return status;
  std::string pool;
  int32_t left = 0;
  for (int i = 0; i < head.pools_size(); ++i) {
    auto p = static_cast<size_t>(i);
    if (need[p] == 0 || need[p] <= available[p]) continue;
    if (pool.empty()) {
      pool = head.pools(i).id();
      left = available[p];
    }
    only_held &= need[p] <= available[p] + head.pools(i).held();
  }
  refusal::Params params = {{"session", NameOf(head)},
                            {"pool", pool},
                            {"free", absl::StrCat(left)},
                            {"wait_list", head.wait().waiting() < kMaxWaiting ? "possible" : "full"}};
  int64_t until = 0;
  for (const record::HoldQueue& queue : head.holds()) {
    if (queue.first() == queue.next()) continue;
    until = until == 0 ? queue.first_deadline_us() : std::min(until, queue.first_deadline_us());
  }
  // Claims of visit days end with those and not at a time.
  if (!only_held || until == 0) return refusal::Refuse(kPrecondition, "SESSION_FULL", std::move(params));
  params.emplace_back("until", calendar::UtcText(until));
  return refusal::Refuse(kPrecondition, "SESSION_HELD", std::move(params));
}

// What a booking begins as.
v1::Booking::State FirstState(const record::SessionHead& head, const PartyCommand& command, bool hold) {
  if (hold) return v1::Booking::HELD;
  return MustWait(head, command) ? v1::Booking::REQUESTED : v1::Booking::CONFIRMED;
}

// For how long it has its places when it begins as that.
absl::Duration FirstSpan(const record::SessionHead& head, const PartyCommand& command,
                         v1::Booking::State state, const Rules& rules, absl::Time now) {
  if (state == v1::Booking::REQUESTED) return ApprovalSpan(head, rules, now);
  if (!command.offered_for.empty()) return OfferSpan(head, rules, now);
  const bool many = command.kind == v1::Booking::GROUP || command.kind == v1::Booking::SCHOOL;
  return many ? rules.group_hold : rules.person_hold;
}

absl::StatusOr<Facts> Make(const Session& session, const PartyCommand& command, bool hold, const Rules& rules,
                           absl::Time now) {
  const record::SessionHead& head = session.head();
  if (absl::Status status = CheckOpen(head, now, command.by_staff); !status.ok()) return status;
  if (absl::Status status = CheckRound(head, command); !status.ok()) return status;
  // What a round gives out is booked when the round is applied.
  const bool any_time = command.by_staff || !command.round.empty();
  if (absl::Status status = any_time ? absl::OkStatus() : CheckBookingTime(head, now); !status.ok())
    return status;
  Places need = PlacesOf(head, command.kind, command.party);
  if (absl::Status status = CheckParty(head, command, need); !status.ok()) return status;
  const bool free = command.by_staff || !command.moved_from.empty();
  if (absl::Status status = free ? absl::OkStatus() : CheckKind(head, command.kind, command.party, rules);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckPerson(session, command); !status.ok()) return status;
  if (!command.school.empty()) {
    if (absl::Status status = CheckSchoolParty(head, command, rules); !status.ok()) return status;
  }
  const uint32_t allotments = AllotmentsFor(head, command.belongs_to);
  if (absl::Status status = CheckRoom(head, need, allotments, rules, now); !status.ok()) return status;
  const v1::Booking::State state = FirstState(head, command, hold);
  // What stands must not become something that may be declined.
  if (state == v1::Booking::REQUESTED && !command.moved_from.empty()) return NeedsApprovalThere(head);

  Facts facts = {At(now)};
  record::BookingMade* made = facts.back().mutable_booking_made();
  made->set_id(command.id);
  record::BookingRecord* booking = made->mutable_booking();
  booking->set_kind(command.kind);
  *booking->mutable_party() = command.party;
  *booking->mutable_taken() = {need.begin(), need.end()};
  booking->set_state(state);
  booking->set_booker(command.booker);
  booking->set_person(command.person);
  booking->set_school(command.school);
  booking->set_school_class(command.school_class);
  booking->set_grade(command.grade);
  booking->set_reservation(command.reservation);
  if (command.needs.ByteSizeLong() > 0) *booking->mutable_needs() = command.needs;
  booking->set_made_by(command.made_by);
  booking->set_moved_from(command.moved_from);
  booking->set_offered_for(command.offered_for);
  for (const record::Allotted& part : TakeAllotted(head, need, allotments)) *booking->add_allotted() = part;
  booking->set_create_us(absl::ToUnixMicros(now));
  booking->set_update_us(booking->create_us());
  booking->set_free_us(FreeUntil(head, command.kind, rules, now));
  if (state != v1::Booking::CONFIRMED) {
    int64_t deadline_us = 0;
    *made->mutable_hold() = PlaceHold(head, FirstSpan(head, command, state, rules, now), now, &deadline_us);
    booking->set_hold_expire_us(deadline_us);
  }
  if (head.wait().front_size() > 0) made->set_passed(PassedOver(head, kMaxFront, need, rules, now));
  return facts;
}

}  // namespace

absl::Status WrongState(const record::SessionHead& head, absl::string_view id, v1::Booking::State state) {
  return refusal::Refuse(kPrecondition, "WRONG_STATE",
                         {{"name", BookingName(head, id)}, {"state", v1::Booking::State_Name(state)}});
}

absl::Status CheckRoom(const record::SessionHead& head, const Places& need, uint32_t allotments,
                       const Rules& rules, absl::Time now) {
  const bool any = std::any_of(need.begin(), need.end(), [](int32_t places) { return places > 0; });
  if (absl::Status status = any ? CheckUnblocked(head) : absl::OkStatus(); !status.ok()) return status;
  Places available = FreeForStrangers(head, allotments, rules, now);
  // While it is not clear who on the wait list can have what is free, nobody else can.
  if (head.wait().has_scan()) available.assign(available.size(), 0);
  return Covers(available, need) ? absl::OkStatus() : Full(head, need, available);
}

absl::StatusOr<Facts> DecideHold(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now) {
  return Make(session, command, true, rules, now);
}

absl::StatusOr<Facts> DecideBook(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now) {
  return Make(session, command, false, rules, now);
}

absl::StatusOr<Facts> DecideConfirm(const Session& session, absl::string_view id, bool by_staff,
                                    const Rules& rules, absl::Time now, absl::string_view reservation) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
  if (!found.ok()) return found.status();
  const record::BookingRecord* booking = *found;
  if (booking == nullptr) return refusal::NotFound(BookingName(head, id));
  if (absl::Status status = CheckOpen(head, now, true); !status.ok()) return status;
  if (booking->state() == v1::Booking::HELD && IsDisrupted(head)) return CheckUnblocked(head);
  switch (booking->state()) {
    case v1::Booking::CONFIRMED:
    case v1::Booking::CHECKED_IN:
      // Another reservation has confirmed it: this one came to nothing.
      if (!reservation.empty()) return WrongState(head, id, booking->state());
      return Facts{};
    case v1::Booking::HELD:
      if (absl::ToUnixMicros(now) < booking->hold_expire_us()) break;
      [[fallthrough]];
    case v1::Booking::EXPIRED:
      return refusal::Refuse(kPrecondition, "HOLD_EXPIRED", {{"name", BookingName(head, id)}});
    default:
      return WrongState(head, id, booking->state());
  }
  if (booking->from_wait_list()) {
    if (absl::Status status = FindWait(session, id).status(); !status.ok()) return status;
  }
  if (!booking->offered_for().empty()) {
    return refusal::Refuse(kPrecondition, "COUNTER_OFFER",
                           {{"name", BookingName(head, id)}, {"booking", booking->offered_for()}});
  }
  if (MustWait(head, booking->kind(), booking->party(), by_staff))
    return Facts{RequestFact(head, id, *booking, reservation, rules, now)};
  Facts facts = {At(now)};
  record::BookingConfirmed* confirmed = facts.back().mutable_booking_confirmed();
  confirmed->set_id(std::string(id));
  *confirmed->mutable_taken() = booking->taken();
  confirmed->set_from_wait_list(booking->from_wait_list());
  confirmed->set_reservation(std::string(reservation));
  return facts;
}

int64_t FreeUntil(const record::SessionHead& head, v1::Booking::Kind kind, const Rules& rules,
                  absl::Time now) {
  const bool many = kind == v1::Booking::GROUP || kind == v1::Booking::SCHOOL;
  const absl::Time start = absl::FromUnixMicros(head.start_us());
  const absl::Time free = start - (many ? rules.free_before_group : rules.free_before_person);
  return absl::ToUnixMicros(std::min(start, std::max(free, now + rules.second_thoughts)));
}

absl::Duration OfferSpan(const record::SessionHead& head, const Rules& rules, absl::Time now) {
  const bool near = now + rules.offer_near > absl::FromUnixMicros(head.start_us());
  return near ? rules.offer_short : rules.offer;
}

const std::string& WhoseIs(const record::BookingRecord& booking) {
  return booking.school().empty() ? booking.booker() : booking.school();
}

absl::Status CheckOnItsOwn(const record::SessionHead& head, absl::string_view id,
                           const record::BookingRecord& booking) {
  if (booking.claims().empty()) return absl::OkStatus();
  return refusal::Refuse(kPrecondition, "PART_OF_VISIT_DAY",
                         {{"name", BookingName(head, id)}, {"visit_day", booking.visit_day()}});
}

namespace {

// Of a booking that stands: gives its places back and offers them on.
absl::StatusOr<Facts> Cancel(const Session& session, absl::string_view id,
                             const record::BookingRecord& booking, bool by_staff, const Rules& rules,
                             absl::Time now, absl::string_view moved_to) {
  if (booking.from_wait_list()) {
    if (absl::Status status = FindWait(session, id).status(); !status.ok()) return status;
  }
  record::Fact fact = At(now);
  record::BookingCancelled* cancelled = fact.mutable_booking_cancelled();
  cancelled->set_id(std::string(id));
  *cancelled->mutable_taken() = booking.taken();
  cancelled->set_from(booking.state());
  cancelled->set_from_wait_list(booking.from_wait_list());
  *cancelled->mutable_allotted() = booking.allotted();
  cancelled->set_moved_to(std::string(moved_to));
  if (booking.state() == v1::Booking::CONFIRMED && !by_staff &&
      absl::ToUnixMicros(now) > FreeUntilNow(session.head(), booking)) {
    cancelled->set_late(true);
    cancelled->set_whose(WhoseIs(booking));
  }
  Facts released;
  if (absl::Status status = GiveBack(session, booking.reservation(), now, &released); !status.ok())
    return status;
  absl::StatusOr<Facts> facts = ThenOffer(session, std::move(fact), rules, now);
  if (facts.ok()) facts->insert(facts->end(), released.begin(), released.end());
  return facts;
}

}  // namespace

absl::StatusOr<Facts> DecideGiveUp(const Session& session, absl::string_view id, const Rules& rules,
                                   absl::Time now) {
  auto found = FindBooking(session, id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return Facts{};
  const v1::Booking::State state = ShownState(session.head(), **found);
  if (state != v1::Booking::HELD && state != v1::Booking::CONFIRMED) return Facts{};
  return Cancel(session, id, **found, true, rules, now, "");
}

absl::StatusOr<Facts> DecideCancel(const Session& session, absl::string_view id, bool by_staff,
                                   const Rules& rules, absl::Time now, absl::string_view moved_to) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
  if (!found.ok()) return found.status();
  const record::BookingRecord* booking = *found;
  if (booking == nullptr) return refusal::NotFound(BookingName(head, id));
  v1::Booking::State state = ShownState(head, *booking);
  if (state == v1::Booking::CANCELLED || state == v1::Booking::EXPIRED || state == v1::Booking::NOT_APPROVED)
    return Facts{};
  if (state == v1::Booking::CHECKED_IN || state == v1::Booking::NO_SHOW) return WrongState(head, id, state);
  if (absl::Status status = CheckOpen(head, now, by_staff || HasPlaces(state)); !status.ok()) return status;
  if (absl::Status status = CheckOnItsOwn(head, id, *booking); !status.ok()) return status;
  return Cancel(session, id, *booking, by_staff, rules, now, moved_to);
}

absl::Status CheckParty(const record::SessionHead& head, const PartyCommand& command, const Places& need) {
  int64_t heads = Heads(command.party);
  if (heads == 0) return refusal::BadField("party", "has nobody in it; give adults, pupils or others");
  if (command.party.wheelchairs() > heads)
    return refusal::BadField("party.wheelchairs", "must not be more than all who come");
  refusal::Params params = {{"session", NameOf(head)}, {"heads", absl::StrCat(heads)}};
  if (head.party_max() > 0 && heads > head.party_max()) {
    params.emplace_back("max", absl::StrCat(head.party_max()));
    return refusal::Refuse(kPrecondition, "PARTY_TOO_LARGE", std::move(params));
  }
  if (heads < head.party_min()) {
    params.emplace_back("min", absl::StrCat(head.party_min()));
    return refusal::Refuse(kPrecondition, "PARTY_TOO_SMALL", std::move(params));
  }
  bool takes = false;
  for (int i = 0; i < head.pools_size(); ++i) {
    const record::PoolHead& pool = head.pools(i);
    const bool of_day = !pool.day_limit().empty();
    const int32_t most = of_day ? pool.day_most() : pool.capacity();
    takes |= need[static_cast<size_t>(i)] > 0 && !of_day;
    if (pool.unbounded() || need[static_cast<size_t>(i)] <= most) continue;
    params.emplace_back("max", absl::StrCat(most));
    return refusal::Refuse(kPrecondition, "PARTY_TOO_LARGE", std::move(params));
  }
  if (takes) return absl::OkStatus();
  return refusal::Refuse(kPrecondition, "KIND_NOT_SERVED",
                         {{"session", NameOf(head)}, {"kind", v1::Booking::Kind_Name(command.kind)}});
}

PartyLimits LimitsOf(const record::SessionHead& head, v1::Booking::Kind kind, const Rules& rules) {
  PartyLimits limits{std::max(1, head.party_min()), head.party_max()};
  const auto bound = [&](int32_t most) {
    if (most > 0) limits.most = limits.most == 0 ? most : std::min(limits.most, most);
  };
  if (kind == v1::Booking::PERSON) bound(rules.person_max);
  if (kind == v1::Booking::FAMILY) bound(rules.family_max);
  if (kind == v1::Booking::SCHOOL) {
    limits.least = std::max(limits.least, head.programme().group_min());
    bound(head.programme().group_max());
  }
  return limits;
}

absl::Status CheckKind(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party,
                       const Rules& rules) {
  const int32_t most = kind == v1::Booking::PERSON   ? rules.person_max
                       : kind == v1::Booking::FAMILY ? rules.family_max
                                                     : 0;
  if (most == 0 || Heads(party) <= most) return absl::OkStatus();
  return refusal::Refuse(kPrecondition, "PARTY_OF_KIND_TOO_LARGE",
                         {{"session", NameOf(head)},
                          {"kind", v1::Booking::Kind_Name(kind)},
                          {"heads", absl::StrCat(Heads(party))},
                          {"max", absl::StrCat(most)}});
}

absl::Status CheckRound(const record::SessionHead& head, const PartyCommand& command) {
  if (head.round().empty() || head.round() == command.round) return absl::OkStatus();
  return refusal::Refuse(kPrecondition, "HELD_FOR_ROUND",
                         {{"session", NameOf(head)}, {"round", head.round()}});
}

absl::Status CheckPerson(const Session& session, const PartyCommand& command) {
  if (command.person.empty()) return absl::OkStatus();
  std::string field = PersonField(command.person);
  if (!session.PresentOrAssumeAbsent(field)) return absl::OkStatus();
  absl::StatusOr<const record::PersonRecord*> found =
      FindChild<record::PersonRecord>(session, field, &record::SessionChild::person);
  if (!found.ok()) return found.status();
  const record::PersonRecord& person = **found;
  const record::SessionHead& head = session.head();
  refusal::Params params = {{"session", NameOf(head)}};
  // Who is named only to the one who made it: an identity number must not be a way to find other people's
  // bookings.
  if (person.booker() == command.booker) {
    params.emplace_back("name",
                        person.waiting() ? WaitEntryName(head, person.id()) : BookingName(head, person.id()));
  }
  return refusal::Refuse(absl::StatusCode::kAlreadyExists,
                         person.waiting() ? "ALREADY_WAITING" : "ALREADY_BOOKED", std::move(params));
}

record::HoldPlace PlaceHold(const record::SessionHead& head, absl::Duration duration, absl::Time now,
                            int64_t* deadline_us) {
  int64_t duration_us = absl::ToInt64Microseconds(duration);
  int chosen = -1;
  for (int i = 0; i < head.holds_size() && chosen < 0; ++i) {
    if (head.holds(i).duration_us() == duration_us) chosen = i;
  }
  for (int i = 0; i < head.holds_size() && chosen < 0; ++i) {
    if (head.holds(i).first() == head.holds(i).next()) chosen = i;
  }
  if (chosen < 0) chosen = std::min(head.holds_size(), kMaxHoldQueues - 1);
  record::HoldPlace place;
  place.set_queue(static_cast<uint32_t>(chosen));
  place.set_duration_us(duration_us);
  *deadline_us = absl::ToUnixMicros(now) + duration_us;
  if (chosen < head.holds_size()) {
    const record::HoldQueue& queue = head.holds(chosen);
    place.set_number(queue.next());
    // Within a queue deadlines never decrease, also when it is shared because the rules changed too often.
    if (queue.first() != queue.next()) *deadline_us = std::max(*deadline_us, queue.last_deadline_us());
  }
  return place;
}

}  // namespace kepu::event::domain
