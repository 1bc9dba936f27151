#include "services/event/domain/session_claims.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"
#include "services/event/domain/approval.h"
#include "services/event/domain/bookings.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;
using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

// The id of the booking that a claim makes; derived, so that a repeat makes the same.
std::string BookingIdOf(const record::SessionHead& head, absl::string_view claim_id) {
  return names::MakeId(names::PartitionOf(head.id()),
                       absl::StrCat(absl::HexStringToBytes(claim_id), claim_id));
}

absl::StatusOr<PartyCommand> PartyOf(const record::SessionHead& head, absl::string_view claim_id,
                                     const Demand& demand) {
  record::SessionParty party;
  if (demand.kind() != reservation::v1::SESSION || demand.part().empty() ||
      !party.ParseFromString(demand.detail()))
    return refusal::BadField("demand",
                             "places of a session are claimed as SESSION, by a class and its party");
  PartyCommand command;
  command.id = BookingIdOf(head, claim_id);
  command.kind = v1::Booking::SCHOOL;
  command.party = party.party();
  command.booker = party.booker();
  command.school = party.school();
  command.school_class = demand.part();
  command.grade = party.grade();
  command.belongs_to = {party.school()};
  return command;
}

absl::StatusOr<const record::SessionClaim*> FindSessionClaim(const Session& session,
                                                             absl::string_view claim_id) {
  auto child = session.FindOrAssumeAbsent(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim();
}

// The live claim of the same places that this one takes over; null: there is none.
absl::StatusOr<const record::SessionClaim*> FindBefore(const Session& session, const Demand& demand) {
  if (demand.in_place_of().empty()) return nullptr;
  auto before = FindSessionClaim(session, reservation::ClaimId(demand.in_place_of(), demand));
  if (!before.ok() || *before == nullptr) return before;
  const Claim& claim = (*before)->claim();
  const bool same = reservation::IsLive(claim) && claim.demand().detail() == demand.detail();
  return same ? before : nullptr;
}

absl::StatusOr<Facts> Tried(const Session& session, const ClaimFact& claim, record::Fact fact,
                            const Rules& rules, absl::Time now) {
  const Demand& demand = claim.tried().demand();
  auto before = FindBefore(session, demand);
  if (!before.ok()) return before.status();
  if (*before != nullptr) {
    fact.mutable_session_claimed()->set_booking((*before)->booking());
    if (auto booking = FindBooking(session, (*before)->booking()); !booking.ok()) return booking.status();
    return Facts{std::move(fact)};
  }
  auto command = PartyOf(session.head(), claim.claim_id(), demand);
  if (!command.ok()) return command.status();
  auto facts = DecideHold(session, *command, rules, now);
  if (!facts.ok()) return facts.status();
  // It ends when the claim does, never by itself.
  record::BookingMade* made = facts->front().mutable_booking_made();
  made->clear_hold();
  made->mutable_booking()->clear_hold_expire_us();
  made->mutable_booking()->set_visit_day(demand.purpose());
  fact.mutable_session_claimed()->set_booking(command->id);
  facts->push_back(std::move(fact));
  return facts;
}

}  // namespace

absl::StatusOr<const Claim*> FindClaim(const Session& session, absl::string_view claim_id) {
  auto found = FindSessionClaim(session, claim_id);
  if (!found.ok()) return found.status();
  return *found == nullptr ? nullptr : &(*found)->claim();
}

absl::Status CheckSessionRoom(const Session& session, absl::string_view claim_id, const Demand& demand,
                              const Rules& rules, absl::Time now) {
  const record::SessionHead& head = session.head();
  if (head.id().empty()) return refusal::NotFound(demand.thing());
  auto command = PartyOf(head, claim_id, demand);
  if (!command.ok()) return command.status();
  if (absl::ToUnixMicros(calendar::FromProto(demand.start_time())) != head.start_us() ||
      absl::ToUnixMicros(calendar::FromProto(demand.end_time())) != head.end_us()) {
    return refusal::Refuse(kNo, "SESSION_NOT_THEN",
                           {{"session", NameOf(head)},
                            {"start", calendar::UtcText(head.start_us())},
                            {"end", calendar::UtcText(head.end_us())}});
  }
  if (NeedsApproval(head, v1::Booking::SCHOOL, command->party)) return NeedsApprovalThere(head);
  auto before = FindBefore(session, demand);
  if (!before.ok()) return before.status();
  if (*before != nullptr) return absl::OkStatus();
  return DecideHold(session, *command, rules, now).status();
}

absl::StatusOr<Facts> DecideClaimed(const Session& session, const ClaimFact& claim, const Rules& rules,
                                    absl::Time now) {
  record::Fact fact = At(now);
  *fact.mutable_session_claimed()->mutable_claim() = claim;
  if (claim.has_tried()) return Tried(session, claim, std::move(fact), rules, now);
  auto known = FindSessionClaim(session, claim.claim_id());
  if (!known.ok()) return known.status();
  Facts facts = {std::move(fact)};
  if (*known == nullptr || !reservation::IsLive((*known)->claim())) return facts;
  const std::string& id = (*known)->booking();
  auto booking = FindBooking(session, id);
  if (!booking.ok()) return booking.status();
  if (*booking == nullptr) return absl::InternalError(absl::StrCat("a claim without its booking: ", id));
  if (claim.has_confirmed() && ShownState(session.head(), **booking) == v1::Booking::HELD) {
    record::BookingConfirmed* confirmed = facts.emplace_back(At(now)).mutable_booking_confirmed();
    confirmed->set_id(id);
    *confirmed->mutable_taken() = (*booking)->taken();
  }
  if (!claim.has_ended() || (*booking)->claims_size() > 1) return facts;
  auto given_up = DecideGiveUp(session, id, rules, now);
  if (!given_up.ok()) return given_up.status();
  facts.insert(facts.end(), given_up->begin(), given_up->end());
  return facts;
}

absl::Status ApplyClaimed(Session& session, const record::SessionClaimed& claimed) {
  const ClaimFact& claim = claimed.claim();
  const std::string field = reservation::ClaimField(claim.claim_id());
  const record::SessionChild* child = session.Mutable(field);
  record::SessionClaim before;
  if (child != nullptr) before = child->claim();
  auto after = reservation::ApplyClaim(child == nullptr ? nullptr : &before.claim(), claim);
  if (!after.ok()) return after.status();
  const bool was_live = child != nullptr && reservation::IsLive(before.claim());
  const bool is_live = *after && reservation::IsLive(**after);
  const std::string booking = was_live ? before.booking() : claimed.booking();
  if (!*after) {
    session.Erase(field);
  } else {
    record::SessionChild next;
    *next.mutable_claim()->mutable_claim() = **after;
    if (is_live) next.mutable_claim()->set_booking(booking);
    session.Put(field, std::move(next));
  }
  reservation::FileChild(session, session.head().keeping(), field, reservation::EndOf(claim),
                         reservation::Filing<record::SessionChild>);
  if (was_live == is_live) return absl::OkStatus();
  record::SessionChild* owned = session.Mutable(BookingField(booking));
  if (owned == nullptr) return absl::InternalError(absl::StrCat("a claim without its booking: ", booking));
  auto& claims = *owned->mutable_booking()->mutable_claims();
  if (is_live) {
    *claims.Add() = claim.claim_id();
  } else {
    claims.erase(std::remove(claims.begin(), claims.end(), claim.claim_id()), claims.end());
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
