#include "services/event/domain/visit_day.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/keeping.h"

namespace kepu::event::domain {
namespace {

using State = v1::VisitDay::State;
using refusal::kNo;

template <class Child>
absl::StatusOr<const Child*> FindPart(const VisitDay& visit, const std::string& field,
                                      bool (record::VisitDayChild::*has)() const,
                                      const Child& (record::VisitDayChild::*get)() const) {
  auto child = visit.Find(field);
  if (!child.ok()) return child.status();
  return *child != nullptr && ((*child)->*has)() ? &((*child)->*get)() : nullptr;
}

// It is there, as it was when the decision was prepared, and has not begun.
absl::Status CheckChangeable(const VisitDay& visit, uint64_t revision, absl::Time now) {
  const record::VisitDayHead& head = visit.head();
  if (head.revision() != revision) {
    return refusal::Refuse(
        absl::StatusCode::kAborted, "ETAG_MISMATCH",
        {{"name", VisitDayName(head)}, {"etag", absl::StrCat(absl::Hex(head.revision()))}});
  }
  auto wishes = FindWishes(visit);
  if (!wishes.ok()) return wishes.status();
  const absl::Time start = InstantOf(head, *wishes == nullptr ? 0 : (*wishes)->given().day().start_minute());
  if (now < start) return absl::OkStatus();
  return refusal::Refuse(
      kNo, "VISIT_DAY_STARTED",
      {{"name", VisitDayName(head)}, {"start", calendar::UtcText(absl::ToUnixMicros(start))}});
}

absl::Status WrongState(const record::VisitDayHead& head) {
  return refusal::Refuse(kNo, "WRONG_STATE",
                         {{"name", VisitDayName(head)}, {"state", v1::VisitDay::State_Name(head.state())}});
}

void ApplyHead(record::VisitDayHead& head, const record::Fact& fact) {
  switch (fact.visit_day().kind_case()) {
    case record::VisitDayFact::kCreated: {
      // A pivot may remember a reservation before it is made.
      const reservation::v1::Keeping keeping = head.keeping();
      head = fact.visit_day().created().head();
      *head.mutable_keeping() = keeping;
      head.set_state(v1::VisitDay::DRAFT);
      head.set_create_us(fact.time_us());
      break;
    }
    case record::VisitDayFact::kPlanned:
      head.set_state(v1::VisitDay::PLANNED);
      break;
    case record::VisitDayFact::kConfirmed:
      head.set_state(v1::VisitDay::CONFIRMED);
      head.set_reservation(fact.visit_day().confirmed().reservation());
      break;
    case record::VisitDayFact::kReplanned:
      if (head.state() != v1::VisitDay::CONFIRMED) head.set_state(v1::VisitDay::PLANNED);
      head.set_reservation(fact.visit_day().replanned().reservation());
      break;
    case record::VisitDayFact::kCancelled:
      head.set_state(v1::VisitDay::CANCELLED);
      head.set_cancel_reason(fact.visit_day().cancelled().reason());
      break;
    default:
      return;
  }
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
}

void PutWishes(VisitDay& visit, const record::VisitWishes& wishes) {
  record::VisitDayChild child;
  *child.mutable_wishes() = wishes;
  visit.Put(kWishesField, std::move(child));
}

void PutPlan(VisitDay& visit, const record::VisitRows& plan) {
  record::VisitDayChild child;
  *child.mutable_plan() = plan;
  visit.Put(kPlanField, std::move(child));
}

absl::Status ApplyReservation(VisitDay& visit, const reservation::v1::ReservationFact& fact) {
  const std::string field = reservation::RecordField(fact.reservation());
  const record::VisitDayChild* child = visit.Mutable(field);
  auto after = reservation::ApplyRecord(child == nullptr ? nullptr : &child->reservation(), fact);
  if (!after.ok()) return after.status();
  record::VisitDayHead& head = visit.mutable_head();
  if (!*after) {
    visit.Erase(field);
    return absl::OkStatus();
  }
  record::VisitDayChild next;
  *next.mutable_reservation() = **std::move(after);
  visit.Put(field, std::move(next));
  const std::optional<absl::Time> end = reservation::EndOf(fact);
  reservation::FileChild(visit, head.keeping(), field, end, reservation::Filing<record::VisitDayChild>);
  if (end) reservation::FileEnd(*head.mutable_keeping(), *end);
  return absl::OkStatus();
}

// Appends what gives the claims back that the visit day has.
absl::Status AddGiveBack(const VisitDay& visit, absl::Time now, Facts* facts) {
  if (visit.head().reservation().empty()) return absl::OkStatus();
  auto found = FindPart<reservation::v1::Reservation>(
      visit, reservation::RecordField(visit.head().reservation()), &record::VisitDayChild::has_reservation,
      &record::VisitDayChild::reservation);
  if (!found.ok()) return found.status();
  if (auto fact = reservation::DecideGiveBack(*found, now)) facts->push_back(RecordFact(*fact));
  return absl::OkStatus();
}

}  // namespace

std::string VisitDayName(const record::VisitDayHead& head) { return absl::StrCat("visitDays/", head.id()); }

absl::Time InstantOf(const record::VisitDayHead& head, int minute) {
  return calendar::At(absl::CivilDay(1970, 1, 1) + head.day(), minute);
}

absl::StatusOr<const record::VisitWishes*> FindWishes(const VisitDay& visit) {
  return FindPart<record::VisitWishes>(visit, kWishesField, &record::VisitDayChild::has_wishes,
                                       &record::VisitDayChild::wishes);
}

absl::StatusOr<const record::VisitRows*> FindPlan(const VisitDay& visit) {
  return FindPart<record::VisitRows>(visit, kPlanField, &record::VisitDayChild::has_plan,
                                     &record::VisitDayChild::plan);
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const VisitDay& visit,
                                                                    absl::string_view reservation) {
  const std::string field = reservation::RecordField(reservation);
  if (!visit.PresentOrAssumeAbsent(field)) return nullptr;
  return FindPart<reservation::v1::Reservation>(visit, field, &record::VisitDayChild::has_reservation,
                                                &record::VisitDayChild::reservation);
}

absl::StatusOr<Facts> DecideCreateVisitDay(const VisitDay& visit, record::VisitDayHead head,
                                           const v1::VisitDay& wishes, absl::Time now) {
  if (!visit.head().id().empty()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", VisitDayName(visit.head())}});
  }
  Facts facts = {At(now)};
  record::VisitDayCreated& created = *facts.back().mutable_visit_day()->mutable_created();
  *created.mutable_head() = std::move(head);
  *created.mutable_wishes()->mutable_given() = wishes;
  return facts;
}

absl::StatusOr<Facts> DecidePlan(const VisitDay& visit, uint64_t revision, const record::VisitRows& plan,
                                 absl::Time now) {
  if (absl::Status status = CheckChangeable(visit, revision, now); !status.ok()) return status;
  const State state = visit.head().state();
  if (state != v1::VisitDay::DRAFT && state != v1::VisitDay::PLANNED) return WrongState(visit.head());
  Facts facts = {At(now)};
  *facts.back().mutable_visit_day()->mutable_planned()->mutable_plan() = plan;
  return facts;
}

absl::StatusOr<Facts> DecideConfirm(const VisitDay& visit, uint64_t revision, const std::string& reservation,
                                    absl::Time now) {
  if (absl::Status status = CheckChangeable(visit, revision, now); !status.ok()) return status;
  if (visit.head().state() != v1::VisitDay::PLANNED) return WrongState(visit.head());
  Facts facts = {At(now)};
  facts.back().mutable_visit_day()->mutable_confirmed()->set_reservation(reservation);
  return facts;
}

absl::StatusOr<Facts> DecideReplan(const VisitDay& visit, uint64_t revision, const v1::VisitDay& wishes,
                                   const record::VisitRows& plan, const std::string& reservation,
                                   absl::Time now) {
  if (absl::Status status = CheckChangeable(visit, revision, now); !status.ok()) return status;
  const bool confirmed = visit.head().state() == v1::VisitDay::CONFIRMED;
  if (visit.head().state() == v1::VisitDay::CANCELLED || confirmed == reservation.empty())
    return WrongState(visit.head());
  Facts facts = {At(now)};
  record::VisitDayReplanned& replanned = *facts.back().mutable_visit_day()->mutable_replanned();
  *replanned.mutable_wishes()->mutable_given() = wishes;
  *replanned.mutable_plan() = plan;
  replanned.set_reservation(reservation);
  if (absl::Status status = AddGiveBack(visit, now, &facts); !status.ok()) return status;
  return facts;
}

absl::StatusOr<Facts> DecideCancel(const VisitDay& visit, const std::string& reason, absl::Time now) {
  if (absl::Status status = CheckChangeable(visit, visit.head().revision(), now); !status.ok()) return status;
  if (visit.head().state() == v1::VisitDay::CANCELLED) return WrongState(visit.head());
  Facts facts = {At(now)};
  facts.back().mutable_visit_day()->mutable_cancelled()->set_reason(reason);
  if (absl::Status status = AddGiveBack(visit, now, &facts); !status.ok()) return status;
  return facts;
}

absl::Time NextDue(const VisitDay& visit) { return reservation::NextForgetting(visit.head().keeping()); }

absl::StatusOr<Facts> Due(const VisitDay& visit, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      visit, visit.head().keeping(), now, [](const record::VisitDayChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = visit.Find(field);
        if (!child.ok()) return child.status();
        return reservation::MayForget(*child == nullptr ? nullptr : &(*child)->reservation());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  record::Fact fact;
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

absl::Status Apply(VisitDay& visit, const record::Fact& fact) {
  if (fact.has_ends_forgotten()) {
    reservation::EraseForgotten(visit, visit.head().keeping(), fact.ends_forgotten(),
                                reservation::Filing<record::VisitDayChild>);
    reservation::FoldForgetting(*visit.mutable_head().mutable_keeping(), fact.ends_forgotten());
    return absl::OkStatus();
  }
  if (fact.has_reservation_changed()) return ApplyReservation(visit, fact.reservation_changed().fact());
  if (fact.visit_day().has_created()) PutWishes(visit, fact.visit_day().created().wishes());
  if (fact.visit_day().has_planned()) PutPlan(visit, fact.visit_day().planned().plan());
  if (fact.visit_day().has_replanned()) {
    PutWishes(visit, fact.visit_day().replanned().wishes());
    PutPlan(visit, fact.visit_day().replanned().plan());
  }
  ApplyHead(visit.mutable_head(), fact);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const VisitDay& visit) {
  const record::VisitDayHead& head = visit.head();
  const auto wrong = [&](absl::string_view what) {
    return absl::InternalError(absl::StrCat(VisitDayName(head), ": ", what));
  };
  const bool confirmed = head.state() == v1::VisitDay::CONFIRMED;
  bool held = false;
  for (const auto& [field, child] : visit.children()) {
    if (!child || !child->has_reservation()) continue;
    const reservation::v1::Reservation& record = child->reservation();
    if (record.state() != reservation::v1::Reservation::CONFIRMED || record.given_back()) continue;
    if (!confirmed || record.reservation() != head.reservation())
      return wrong("a reservation is for nothing");
    held = true;
  }
  return held == confirmed ? absl::OkStatus() : wrong("it is confirmed without its claims");
}

}  // namespace kepu::event::domain
