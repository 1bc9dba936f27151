#include "services/event/domain/booking_changes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/places.h"
#include "services/event/domain/reschedule.h"
#include "services/event/domain/school_party.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

absl::StatusOr<const record::BookingRecord*> FindStanding(const Session& session, absl::string_view id) {
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
  if (!found.ok()) return found;
  const record::SessionHead& head = session.head();
  if (*found == nullptr) return refusal::NotFound(BookingName(head, id));
  const v1::Booking::State state = ShownState(head, **found);
  if (HasPlaces(state) || state == v1::Booking::CONFIRMED) return found;
  return WrongState(head, id, state);
}

// After the number is final it moves by a little only.
absl::Status CheckFinal(const record::SessionHead& head, absl::string_view id,
                        const record::BookingRecord& booking, const v1::Party& party, const Rules& rules,
                        absl::Time now) {
  if (absl::ToUnixMicros(now) <= FreeUntilNow(head, booking)) return absl::OkStatus();
  const int64_t before = Heads(booking.party());
  const int64_t slack = std::max<int64_t>(1, before / rules.final_slack);
  const int64_t after = Heads(party);
  if (before - slack <= after && after <= before + slack) return absl::OkStatus();
  return refusal::Refuse(kNo, "HEADCOUNT_FINAL",
                         {{"name", BookingName(head, id)},
                          {"since", calendar::UtcText(booking.free_us())},
                          {"heads", absl::StrCat(before)},
                          {"least", absl::StrCat(before - slack)},
                          {"most", absl::StrCat(before + slack)}});
}

// What is taken of allotments by a party that had `before` of them and now needs `need`: what it had, as far
// as it is still needed, and more of the same.
std::vector<record::Allotted> AllottedAfter(const record::SessionHead& head,
                                            const record::BookingRecord& booking, const Places& need) {
  record::SessionHead without = head;
  uint32_t allotments = 0;
  for (const record::Allotted& part : booking.allotted()) {
    record::AllotmentHead* allotment = without.mutable_allotments(part.allotment());
    allotment->set_taken(allotment->taken() - part.places());
    // What it has of one that was released meanwhile stays with it.
    allotment->set_released(false);
    allotments |= 1U << part.allotment();
  }
  return TakeAllotted(without, need, allotments);
}

bool CanBeExcused(const record::BookingRecord& booking) {
  return !booking.waived() && (booking.state() == v1::Booking::NO_SHOW || booking.late());
}

absl::StatusOr<const record::BookingRecord*> FindExcusable(const Session& session, absl::string_view id) {
  absl::StatusOr<const record::BookingRecord*> found = FindBooking(session, id);
  if (!found.ok()) return found;
  if (*found == nullptr) return refusal::NotFound(BookingName(session.head(), id));
  if (CanBeExcused(**found)) return found;
  return refusal::Refuse(kNo, "NOTHING_TO_EXCUSE", {{"name", BookingName(session.head(), id)}});
}

}  // namespace

absl::StatusOr<Facts> DecideChangeBooking(const Session& session, absl::string_view id,
                                          const BookingChange& change, const Rules& rules, absl::Time now) {
  const record::SessionHead& head = session.head();
  auto found = FindStanding(session, id);
  if (!found.ok()) return found.status();
  const record::BookingRecord& booking = **found;
  if (absl::Status status = CheckOnItsOwn(head, id, booking); !status.ok() && !change.at_door) return status;
  const v1::Party& party = change.party;
  if (absl::Status status = CheckOpen(head, now, change.by_staff); !status.ok() && !change.at_door)
    return status;
  PartyCommand command;
  command.kind = booking.kind();
  command.party = party;
  command.school = booking.school();
  command.school_class = booking.school_class();
  command.grade = booking.grade();
  const Places need = PlacesOf(head, booking.kind(), party);
  if (absl::Status status = CheckParty(head, command, need); !status.ok()) return status;
  if (!command.school.empty() && !change.too_few_adults) {
    if (absl::Status status = CheckSchoolParty(head, command, rules); !status.ok()) return status;
  }
  if (!change.by_staff) {
    if (absl::Status status = CheckFinal(head, id, booking, party, rules, now); !status.ok()) return status;
    if (absl::Status status = CheckKind(head, booking.kind(), party, rules); !status.ok()) return status;
    // Nobody grows past what staff have to approve.
    if (booking.state() == v1::Booking::CONFIRMED && NeedsApproval(head, booking.kind(), party) &&
        !NeedsApproval(head, booking.kind(), booking.party()))
      return NeedsApprovalThere(head);
    // Staff offered places for so many.
    if (!booking.offered_for().empty()) return WrongState(head, id, booking.state());
  }
  uint32_t allotments = 0;
  for (const record::Allotted& part : booking.allotted()) allotments |= 1U << part.allotment();
  Places more = need;
  for (size_t i = 0; i < more.size(); ++i)
    more[i] = std::max(
        0, more[i] - (static_cast<int>(i) < booking.taken_size() ? booking.taken(static_cast<int>(i)) : 0));
  if (absl::Status status = CheckRoom(head, more, allotments, rules, now); !status.ok()) return status;

  record::Fact fact = At(now);
  record::BookingChanged* changed = fact.mutable_booking_changed();
  changed->set_id(std::string(id));
  *changed->mutable_party() = party;
  if (change.needs.ByteSizeLong() > 0) *changed->mutable_needs() = change.needs;
  *changed->mutable_before() = booking.taken();
  *changed->mutable_taken() = {need.begin(), need.end()};
  *changed->mutable_allotted_before() = booking.allotted();
  for (const record::Allotted& part : AllottedAfter(head, booking, need)) *changed->add_allotted() = part;
  changed->set_state(booking.state());
  if (head.wait().front_size() > 0) changed->set_passed(PassedOver(head, kMaxFront, more, rules, now));
  return ThenOffer(session, std::move(fact), rules, now);
}

PartyCommand PartyOf(const record::BookingRecord& booking, std::string id) {
  PartyCommand command;
  command.id = std::move(id);
  command.kind = booking.kind();
  command.party = booking.party();
  command.booker = booking.booker();
  command.person = booking.person();
  command.school = booking.school();
  command.school_class = booking.school_class();
  command.grade = booking.grade();
  command.needs = booking.needs();
  command.made_by = booking.made_by();
  return command;
}

absl::StatusOr<PartyCommand> PartyToMove(const Session& session, absl::string_view booking_id, std::string id,
                                         bool by_staff) {
  auto found = FindStanding(session, booking_id);
  if (!found.ok()) return found.status();
  const record::BookingRecord& booking = **found;
  if (booking.state() != v1::Booking::CONFIRMED)
    return WrongState(session.head(), booking_id, booking.state());
  if (absl::Status status = CheckOnItsOwn(session.head(), booking_id, booking); !status.ok()) return status;
  PartyCommand command = PartyOf(booking, std::move(id));
  command.by_staff = by_staff;
  command.moved_from = BookingName(session.head(), booking_id);
  command.approved = by_staff;
  command.approved_under = session.head().terms().SerializeAsString();
  return command;
}

absl::StatusOr<Facts> DecideAppeal(const Session& session, absl::string_view id, v1::Booking::Excuse excuse,
                                   const Rules& rules, absl::Time now) {
  auto found = FindExcusable(session, id);
  if (!found.ok()) return found.status();
  const std::string name = BookingName(session.head(), id);
  if ((*found)->appeal() != v1::Booking::APPEAL_UNSPECIFIED) {
    return refusal::Refuse(kNo, "APPEAL_MADE",
                           {{"name", name}, {"appeal", v1::Booking::Appeal_Name((*found)->appeal())}});
  }
  const absl::Time until = absl::FromUnixMicros((*found)->update_us()) + rules.appeal_within;
  if (now > until) {
    return refusal::Refuse(kNo, "APPEAL_TOO_LATE",
                           {{"name", name}, {"until", calendar::UtcText(absl::ToUnixMicros(until))}});
  }
  Facts facts = {At(now)};
  facts.back().mutable_booking_appealed()->set_id(std::string(id));
  facts.back().mutable_booking_appealed()->set_excuse(excuse);
  return facts;
}

absl::StatusOr<Facts> DecideJudge(const Session& session, absl::string_view id, bool waive,
                                  v1::Booking::Excuse excuse, absl::string_view by, absl::Time now) {
  auto found = FindExcusable(session, id);
  if (!found.ok()) return found.status();
  const bool open = (*found)->appeal() == v1::Booking::OPEN;
  if (!waive && !open) return refusal::Refuse(kNo, "NO_APPEAL", {{"name", BookingName(session.head(), id)}});
  if (excuse == v1::Booking::EXCUSE_UNSPECIFIED) excuse = (*found)->excuse();
  if (waive && excuse == v1::Booking::EXCUSE_UNSPECIFIED)
    return refusal::BadField("excuse", "is required where there is no appeal, like WEATHER");
  Facts facts = {At(now)};
  record::BookingJudged* judged = facts.back().mutable_booking_judged();
  judged->set_id(std::string(id));
  judged->set_waived(waive);
  judged->set_excuse(excuse);
  judged->set_whose(WhoseIs(**found));
  judged->set_by(std::string(by));
  return facts;
}

}  // namespace kepu::event::domain
