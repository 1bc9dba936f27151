#include "services/event/domain/approval.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/event/domain/booking_changes.h"
#include "services/event/domain/places.h"
#include "services/event/domain/wait_list.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

absl::StatusOr<const record::BookingRecord*> FindPresent(const Session& session, absl::string_view id) {
  auto found = FindBooking(session, id);
  if (found.ok() && *found == nullptr) return refusal::NotFound(BookingName(session.head(), id));
  return found;
}

// A booking that waits for staff, and still may.
absl::StatusOr<const record::BookingRecord*> FindWaiting(const Session& session, absl::string_view id,
                                                         absl::Time now) {
  const record::SessionHead& head = session.head();
  auto found = FindPresent(session, id);
  if (!found.ok()) return found;
  if (absl::Status status = CheckOpen(head, now, true); !status.ok()) return status;
  if ((*found)->state() != v1::Booking::REQUESTED && (*found)->state() != v1::Booking::EXPIRED)
    return WrongState(head, id, (*found)->state());
  if ((*found)->state() == v1::Booking::REQUESTED && absl::ToUnixMicros(now) < (*found)->hold_expire_us())
    return found;
  return refusal::Refuse(kNo, "HOLD_EXPIRED", {{"name", BookingName(head, id)}});
}

absl::string_view KindText(v1::PaperKind kind) {
  return absl::StripPrefix(v1::PaperKind_Name(kind), "PAPER_KIND_");
}

}  // namespace

void CheckTerms(const v1::BookingTerms& terms, refusal::FieldErrors* errors) {
  std::set<int> kinds, papers;
  for (int i = 0; i < terms.approval_kinds_size(); ++i) {
    const int kind = terms.approval_kinds(i);
    const std::string path = absl::StrCat("session.terms.approval_kinds[", i, "]");
    if (kind == v1::Booking::KIND_UNSPECIFIED || !v1::Booking::Kind_IsValid(kind))
      errors->Add(path, "must be PERSON, FAMILY, GROUP or SCHOOL");
    if (!kinds.insert(kind).second) errors->Add(path, "is there twice");
  }
  for (int i = 0; i < terms.papers_size(); ++i) {
    const std::string path = absl::StrCat("session.terms.papers[", i, "]");
    if (terms.papers(i) == v1::PAPER_KIND_UNSPECIFIED || !v1::PaperKind_IsValid(terms.papers(i)))
      errors->Add(path, "must be a kind of paper, like PAPER_KIND_INSURANCE");
    if (!papers.insert(terms.papers(i)).second) errors->Add(path, "is there twice");
  }
  if (!papers.empty() && kinds.empty() && terms.approval_heads() == 0)
    errors->Add("session.terms.papers",
                "goes with approval_kinds or approval_heads: who approves looks at them");
}

bool NeedsApproval(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party) {
  const v1::BookingTerms& terms = head.terms();
  if (terms.approval_heads() > 0 && Heads(party) >= terms.approval_heads()) return true;
  return std::count(terms.approval_kinds().begin(), terms.approval_kinds().end(), kind) > 0;
}

bool MustWait(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party,
              bool by_staff) {
  if (by_staff && head.terms().papers().empty()) return false;
  return NeedsApproval(head, kind, party);
}

bool MustWait(const record::SessionHead& head, const PartyCommand& command) {
  if (command.approved) return false;
  if (!command.moved_from.empty() && command.approved_under == head.terms().SerializeAsString()) return false;
  return MustWait(head, command.kind, command.party, command.by_staff);
}

absl::Status NeedsApprovalThere(const record::SessionHead& head) {
  return refusal::Refuse(kNo, "NEEDS_APPROVAL", {{"session", NameOf(head)}});
}

absl::Duration ApprovalSpan(const record::SessionHead& head, const Rules& rules, absl::Time now) {
  const absl::Time start = absl::FromUnixMicros(head.start_us());
  for (const absl::Duration span : {rules.approval, rules.offer})
    if (now + span <= start) return span;
  return rules.offer_short;
}

record::Fact RequestFact(const record::SessionHead& head, absl::string_view id,
                         const record::BookingRecord& booking, absl::string_view reservation,
                         const Rules& rules, absl::Time now) {
  record::Fact fact = At(now);
  record::BookingRequested* requested = fact.mutable_booking_requested();
  requested->set_id(std::string(id));
  requested->set_from_wait_list(booking.from_wait_list());
  requested->set_reservation(std::string(reservation));
  int64_t deadline_us = 0;
  *requested->mutable_hold() = PlaceHold(head, ApprovalSpan(head, rules, now), now, &deadline_us);
  requested->set_hold_expire_us(deadline_us);
  return fact;
}

int32_t LastDayOf(const record::SessionHead& head) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(head.time_zone(), &zone)) zone = absl::UTCTimeZone();
  const absl::Time last = absl::FromUnixMicros(std::max(head.start_us(), head.end_us() - 1));
  return static_cast<int32_t>(absl::ToCivilDay(last, zone) - absl::CivilDay(1970, 1, 1));
}

std::string MissingPapers(const v1::BookingTerms& terms, const std::vector<PaperStanding>& papers) {
  std::vector<std::string> missing;
  for (const int kind : terms.papers()) {
    const auto it = std::find_if(papers.begin(), papers.end(),
                                 [&](const PaperStanding& paper) { return paper.kind == kind; });
    const v1::Paper::State state = it == papers.end() ? v1::Paper::MISSING : it->state;
    if (state == v1::Paper::ACCEPTED) continue;
    missing.push_back(
        absl::StrCat(KindText(static_cast<v1::PaperKind>(kind)), " (", v1::Paper::State_Name(state), ")"));
  }
  return absl::StrJoin(missing, ", ");
}

absl::StatusOr<Facts> DecideApprove(const Session& session, absl::string_view id,
                                    const std::vector<PaperStanding>& papers, absl::string_view by,
                                    absl::Time now) {
  const record::SessionHead& head = session.head();
  auto present = FindPresent(session, id);
  if (!present.ok()) return present.status();
  if ((*present)->state() == v1::Booking::CONFIRMED && !(*present)->decided_by().empty()) return Facts{};
  auto found = FindWaiting(session, id, now);
  if (!found.ok()) return found.status();
  if (const std::string missing = MissingPapers(head.terms(), papers); !missing.empty()) {
    return refusal::Refuse(kNo, "DOCUMENTS_MISSING", {{"name", BookingName(head, id)}, {"missing", missing}});
  }
  Facts facts = {At(now)};
  record::BookingApproved* approved = facts.back().mutable_booking_approved();
  approved->set_id(std::string(id));
  *approved->mutable_taken() = (*found)->taken();
  approved->set_by(std::string(by));
  approved->set_booker((*found)->booker());
  for (const PaperStanding& paper : papers) {
    if (std::count(head.terms().papers().begin(), head.terms().papers().end(), paper.kind) == 0) continue;
    approved->add_papers()->set_kind(paper.kind);
    approved->mutable_papers()->rbegin()->set_number(paper.number);
  }
  return facts;
}

absl::StatusOr<Facts> DecideDecline(const Session& session, absl::string_view id, absl::string_view reason,
                                    absl::string_view by, const Rules& rules, absl::Time now) {
  auto present = FindPresent(session, id);
  if (!present.ok()) return present.status();
  if ((*present)->state() == v1::Booking::NOT_APPROVED) return Facts{};
  auto found = FindWaiting(session, id, now);
  if (!found.ok()) return found.status();
  record::Fact fact = At(now);
  record::BookingDeclined* declined = fact.mutable_booking_declined();
  declined->set_id(std::string(id));
  *declined->mutable_taken() = (*found)->taken();
  *declined->mutable_allotted() = (*found)->allotted();
  declined->set_reason(std::string(reason));
  declined->set_by(std::string(by));
  declined->set_booker((*found)->booker());
  Facts released;
  if (absl::Status status = GiveBack(session, (*found)->reservation(), now, &released); !status.ok())
    return status;
  absl::StatusOr<Facts> facts = ThenOffer(session, std::move(fact), rules, now);
  if (facts.ok()) facts->insert(facts->end(), released.begin(), released.end());
  return facts;
}

absl::StatusOr<PartyCommand> PartyToOffer(const Session& session, absl::string_view booking_id,
                                          std::string id, absl::Time now) {
  const record::SessionHead& head = session.head();
  auto found = FindPresent(session, booking_id);
  if (!found.ok()) return found.status();
  const record::BookingRecord& booking = **found;
  const v1::Booking::State state = ShownState(head, booking);
  if (state != v1::Booking::REQUESTED && state != v1::Booking::CONFIRMED)
    return WrongState(head, booking_id, state);
  if (!booking.counter_offer().empty() && absl::ToUnixMicros(now) < booking.counter_expire_us()) {
    return refusal::Refuse(kNo, "COUNTER_OFFER_OPEN",
                           {{"name", BookingName(head, booking_id)}, {"offer", booking.counter_offer()}});
  }
  if (absl::Status status = CheckOnItsOwn(head, booking_id, booking); !status.ok()) return status;
  PartyCommand command = PartyOf(booking, std::move(id));
  command.by_staff = true;
  command.offered_for = BookingName(head, booking_id);
  return command;
}

absl::StatusOr<Facts> DecideNoteOffer(const Session& session, absl::string_view id, absl::string_view offer,
                                      int64_t expire_us, absl::string_view by, absl::Time now) {
  if (auto found = FindPresent(session, id); !found.ok()) return found.status();
  Facts facts = {At(now)};
  record::CounterOffered* offered = facts.back().mutable_counter_offered();
  offered->set_id(std::string(id));
  offered->set_offer(std::string(offer));
  offered->set_expire_us(expire_us);
  offered->set_by(std::string(by));
  return facts;
}

absl::Status CheckOffered(const Session& session, absl::string_view id, absl::string_view offer) {
  const record::SessionHead& head = session.head();
  auto found = FindPresent(session, id);
  if (!found.ok()) return found.status();
  if ((*found)->counter_offer() != offer)
    return refusal::Refuse(kNo, "NO_COUNTER_OFFER", {{"name", BookingName(head, id)}});
  const v1::Booking::State state = (*found)->state();
  const bool stands =
      state == v1::Booking::REQUESTED || state == v1::Booking::CONFIRMED || state == v1::Booking::EXPIRED;
  const bool swept = state == v1::Booking::CANCELLED && head.state() == v1::Session::CANCELLED;
  return (stands || swept) && (*found)->moved_to().empty() ? absl::OkStatus() : WrongState(head, id, state);
}

absl::StatusOr<Facts> DecideTakeOffer(const Session& session, absl::string_view id, bool stands,
                                      const Rules& rules, absl::Time now, absl::string_view reservation) {
  const record::SessionHead& head = session.head();
  auto found = FindPresent(session, id);
  if (!found.ok()) return found.status();
  const record::BookingRecord& booking = **found;
  if (absl::Status status = CheckOpen(head, now, false); !status.ok()) return status;
  if (booking.state() == v1::Booking::EXPIRED || absl::ToUnixMicros(now) >= booking.hold_expire_us())
    return refusal::Refuse(kNo, "HOLD_EXPIRED", {{"name", BookingName(head, id)}});
  if (booking.state() != v1::Booking::HELD) return WrongState(head, id, booking.state());
  // Who offered it has approved it, but for papers that nobody looked at.
  if (!stands && MustWait(head, booking.kind(), booking.party(), true))
    return Facts{RequestFact(head, id, booking, reservation, rules, now)};
  Facts facts = {At(now)};
  record::BookingConfirmed* confirmed = facts.back().mutable_booking_confirmed();
  confirmed->set_id(std::string(id));
  *confirmed->mutable_taken() = booking.taken();
  confirmed->set_reservation(std::string(reservation));
  return facts;
}

absl::StatusOr<Facts> DecideEndOffer(const Session& session, absl::string_view id, absl::string_view offer,
                                     absl::Time now) {
  auto found = FindPresent(session, id);
  if (!found.ok()) return found.status();
  if ((*found)->counter_offer().empty()) return Facts{};
  if ((*found)->counter_offer() != offer)
    return refusal::Refuse(kNo, "NO_COUNTER_OFFER", {{"name", BookingName(session.head(), id)}});
  Facts facts = {At(now)};
  facts.back().mutable_counter_offer_ended()->set_id(std::string(id));
  return facts;
}

absl::Status CheckRoster(const record::SessionHead& head, absl::string_view id,
                         const record::BookingRecord& booking, const v1::Party& came) {
  if (!head.camp() || came.pupils() == 0) return absl::OkStatus();
  refusal::Params params = {{"name", BookingName(head, id)},
                            {"pupils", absl::StrCat(came.pupils())},
                            {"roster", absl::StrCat(booking.roster_pupils())}};
  if (booking.roster_pupils() != came.pupils())
    return refusal::Refuse(kNo, "ROSTER_INCOMPLETE", std::move(params));
  const int32_t missing = booking.roster_pupils() - booking.roster_consents();
  if (missing <= 0) return absl::OkStatus();
  params.emplace_back("missing", absl::StrCat(missing));
  return refusal::Refuse(kNo, "CONSENT_MISSING", std::move(params));
}

}  // namespace kepu::event::domain
