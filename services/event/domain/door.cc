#include "services/event/domain/door.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/attendance.h"
#include "services/event/domain/booking_changes.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

// The door is open from some time before the start to the end; a device tells later what it saw then.
absl::Status CheckDoorTime(const record::SessionHead& head, absl::Time at, const Rules& rules,
                           absl::Time now) {
  const absl::Time opens = DoorOpens(head, rules);
  if (at < opens) {
    return refusal::Refuse(
        kNo, "CHECK_IN_NOT_OPEN",
        {{"session", NameOf(head)}, {"opens", calendar::UtcText(absl::ToUnixMicros(opens))}});
  }
  if (at > now) return refusal::BadField("time", "must not be in the future");
  if (at < absl::FromUnixMicros(head.end_us())) return absl::OkStatus();
  return refusal::Refuse(kNo, "SESSION_ENDED",
                         {{"session", NameOf(head)}, {"end", calendar::UtcText(head.end_us())}});
}

record::Fact CheckedIn(const Arrival& arrival, const Places& taken, const v1::Party& came, absl::Time now) {
  record::Fact fact = At(now);
  record::BookingCheckedIn* checked_in = fact.mutable_booking_checked_in();
  checked_in->set_id(arrival.id);
  *checked_in->mutable_taken() = {taken.begin(), taken.end()};
  checked_in->set_at_us(absl::ToUnixMicros(arrival.at));
  checked_in->set_heads(static_cast<int32_t>(Heads(came)));
  checked_in->set_by(arrival.by);
  return fact;
}

}  // namespace

absl::Time DoorOpens(const record::SessionHead& head, const Rules& rules) {
  return absl::FromUnixMicros(head.start_us()) - rules.check_in_before;
}

absl::StatusOr<Facts> DecideArrival(const Session& session, const Arrival& arrival, const Rules& rules,
                                    absl::Time now) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, arrival.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(BookingName(head, arrival.id));
  const record::BookingRecord& booking = **found;
  if (booking.state() == v1::Booking::CHECKED_IN) return Facts{};
  if (head.state() == v1::Session::CANCELLED) return CheckOpen(head, now, true);
  if (booking.state() != v1::Booking::CONFIRMED) return WrongState(head, arrival.id, booking.state());
  if (absl::Status status = CheckDoorTime(head, arrival.at, rules, now); !status.ok()) return status;
  const v1::Party& came = arrival.party ? *arrival.party : booking.party();
  if (absl::Status status = CheckRoster(head, arrival.id, booking, came); !status.ok()) return status;
  Facts facts;
  Places taken(booking.taken().begin(), booking.taken().end());
  const bool others = came.SerializeAsString() != booking.party().SerializeAsString();
  if (others) {
    BookingChange change;
    change.party = came;
    change.needs = booking.needs();
    change.by_staff = true;
    change.at_door = true;
    change.too_few_adults = !arrival.override_reason.empty();
    auto changed = DecideChangeBooking(session, arrival.id, change, rules, now);
    if (!changed.ok()) return changed.status();
    facts = *std::move(changed);
    taken = PlacesOf(head, booking.kind(), came);
  }
  // Before what is offered of the places that are left.
  facts.insert(facts.begin() + (others ? 1 : 0), CheckedIn(arrival, taken, came, now));
  record::BookingCheckedIn* checked_in = facts[others ? 1 : 0].mutable_booking_checked_in();
  if (others) *checked_in->mutable_booked() = booking.party();
  checked_in->set_override_reason(arrival.override_reason);
  *checked_in->mutable_attended() = AttendedBy(booking, came);
  return facts;
}

absl::StatusOr<Facts> DecideLateArrival(const Session& session, const Arrival& arrival, const Rules& rules,
                                        absl::Time now) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, arrival.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(BookingName(head, arrival.id));
  const record::BookingRecord& booking = **found;
  if (booking.state() != v1::Booking::CHECKED_IN) return DecideArrival(session, arrival, rules, now);
  if (absl::Status status = CheckDoorTime(head, arrival.at, rules, now); !status.ok()) return status;
  const int64_t heads = arrival.party ? Heads(*arrival.party) : 0;
  if (heads == 0) return refusal::BadField("party", "is required: who comes now");
  const int64_t booked = Heads(booking.has_booked() ? booking.booked() : booking.party());
  const int64_t rest = std::max<int64_t>(0, booked - Heads(booking.party()));
  if (heads > rest) {
    return refusal::Refuse(kNo, "PARTY_COMPLETE",
                           {{"name", BookingName(head, arrival.id)},
                            {"booked", absl::StrCat(booked)},
                            {"rest", absl::StrCat(rest)}});
  }
  v1::Party party = booking.party();
  party.set_adults(party.adults() + arrival.party->adults());
  party.set_pupils(party.pupils() + arrival.party->pupils());
  party.set_others(party.others() + arrival.party->others());
  party.set_wheelchairs(party.wheelchairs() + arrival.party->wheelchairs());
  const Places need = PlacesOf(head, booking.kind(), party);
  Places more = need;
  for (int p = 0; p < std::min(booking.taken_size(), head.pools_size()); ++p)
    more[static_cast<size_t>(p)] = std::max(0, more[static_cast<size_t>(p)] - booking.taken(p));
  // Others may have what they left meanwhile; they come in while there is room.
  uint32_t allotments = 0;
  for (const record::Allotted& part : booking.allotted()) allotments |= 1U << part.allotment();
  if (absl::Status status = CheckRoom(head, more, allotments, rules, now); !status.ok()) return status;
  Facts facts = {At(now)};
  record::LateArrival& late = *facts.back().mutable_late_arrival();
  late.set_id(arrival.id);
  *late.mutable_party() = party;
  *late.mutable_before() = booking.taken();
  *late.mutable_taken() = {need.begin(), need.end()};
  late.set_heads(static_cast<int32_t>(heads));
  late.set_at_us(absl::ToUnixMicros(arrival.at));
  late.set_by(arrival.by);
  *late.mutable_attended() = AttendedBy(booking, *arrival.party);
  return facts;
}

absl::StatusOr<Facts> DecideDeparture(const Session& session, absl::string_view id, int32_t heads,
                                      absl::Time at, absl::Time now) {
  const record::SessionHead& head = session.head();
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(BookingName(head, id));
  const record::BookingRecord& booking = **found;
  if (booking.state() != v1::Booking::CHECKED_IN) return WrongState(head, id, booking.state());
  if (at > now) return refusal::BadField("time", "must not be in the future");
  if (heads == 0 && booking.inside() == 0) return Facts{};
  if (heads > booking.inside()) {
    return refusal::Refuse(kNo, "NOT_INSIDE",
                           {{"name", BookingName(head, id)}, {"inside", absl::StrCat(booking.inside())}});
  }
  Facts facts = {At(now)};
  record::BookingCheckedOut* checked_out = facts.back().mutable_booking_checked_out();
  checked_out->set_id(std::string(id));
  checked_out->set_heads(heads == 0 ? booking.inside() : heads);
  checked_out->set_at_us(absl::ToUnixMicros(at));
  return facts;
}

absl::StatusOr<Facts> DecideWalkIn(const Session& session, const PartyCommand& command, absl::Time at,
                                   const Rules& rules, absl::Time now) {
  const record::SessionHead& head = session.head();
  // What a device noted is told when the session may be over.
  if (absl::Status status = CheckDoorTime(head, at, rules, now); !status.ok()) return status;
  PartyCommand let_in = command;
  let_in.approved = true;
  absl::StatusOr<Facts> facts = DecideBook(session, let_in, rules, std::min(now, at));
  if (!facts.ok()) return facts;
  for (record::Fact& fact : *facts) fact.set_time_us(absl::ToUnixMicros(now));
  Arrival arrival;
  arrival.id = command.id;
  arrival.by = command.booker;
  arrival.at = at;
  facts->push_back(CheckedIn(arrival, PlacesOf(head, command.kind, command.party), command.party, now));
  record::Attended* attended = facts->back().mutable_booking_checked_in()->mutable_attended();
  attended->set_kind(command.kind);
  *attended->mutable_party() = command.party;
  attended->set_school(command.school);
  return facts;
}

absl::StatusOr<const v1::DoorRecord*> FindDoorRecord(const Session& session, absl::string_view device,
                                                     absl::string_view id) {
  const std::string field = DoorNumberField(device, id);
  if (!session.PresentOrAssumeAbsent(field)) return nullptr;
  auto number = session.Find(field);
  if (!number.ok()) return number.status();
  if (*number == nullptr) return nullptr;
  return FindChild<v1::DoorRecord>(session, DoorField((*number)->door_number()),
                                   &record::SessionChild::door_record);
}

absl::StatusOr<Facts> DecideRecord(const Session& session, const v1::DoorRecord& record, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (head.door_records() >= kMaxDoorRecords) {
    return refusal::Refuse(kNo, "TOO_MANY_DOOR_RECORDS",
                           {{"session", NameOf(head)}, {"most", absl::StrCat(kMaxDoorRecords)}});
  }
  Facts facts = {At(now)};
  *facts.back().mutable_door_recorded()->mutable_record() = record;
  return facts;
}

}  // namespace kepu::event::domain
