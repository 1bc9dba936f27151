#include <functional>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/hours.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/signup_apply.h"

namespace kepu::volunteer::domain {
namespace {

using reservation::v1::Claim;

absl::Status Missing(absl::string_view field) {
  return absl::InternalError(absl::StrCat("a fact changes a child that is not there: ", field));
}

absl::Status ChangeSignup(Shift& shift, const std::string& person,
                          const std::function<void(record::SignupRecord&)>& change) {
  record::ShiftChild* child = shift.Mutable(SignupField(person));
  if (child == nullptr) return Missing(SignupField(person));
  change(*child->mutable_signup());
  return absl::OkStatus();
}

absl::Status ApplySignedUp(Shift& shift, const record::SignedUp& signed_up, int64_t time_us) {
  record::ShiftChild child;
  child.mutable_signup()->set_state(v1::Signup::SIGNED_UP);
  child.mutable_signup()->set_reservation(signed_up.reservation());
  child.mutable_signup()->set_create_us(time_us);
  child.mutable_signup()->set_trainee(signed_up.trainee());
  // What was once set aside for somebody is shown for ever.
  if (const record::ShiftChild* before = shift.Mutable(SignupField(signed_up.person())))
    *child.mutable_signup()->mutable_overrides() = before->signup().overrides();
  shift.Put(SignupField(signed_up.person()), std::move(child));
  return signed_up.first() ? EnterIndex(shift, signed_up.person()) : absl::OkStatus();
}

}  // namespace

absl::Status EnterIndex(Shift& shift, const std::string& person) {
  const uint32_t place = shift.head().indexed();
  const std::string field = IndexField(place / kIndexChunk);
  record::ShiftChild index;
  if (place % kIndexChunk != 0) {
    const record::ShiftChild* known = shift.Mutable(field);
    if (known == nullptr) return Missing(field);
    index = *known;
  }
  index.mutable_index()->add_persons(person);
  shift.Put(field, std::move(index));
  return absl::OkStatus();
}

namespace {

absl::Status ApplyRecordFact(Shift& shift, const reservation::v1::ReservationFact& fact) {
  const std::string field = reservation::RecordField(fact.reservation());
  const record::ShiftChild* child = shift.Mutable(field);
  auto after = reservation::ApplyRecord(child == nullptr ? nullptr : &child->reservation(), fact);
  if (!after.ok()) return after.status();
  if (!*after) {
    shift.Erase(field);
    return absl::OkStatus();
  }
  record::ShiftChild next;
  *next.mutable_reservation() = **after;
  shift.Put(field, std::move(next));
  reservation::FileChild(shift, shift.head().keeping(), field, reservation::EndOf(fact),
                         reservation::Filing<record::ShiftChild>);
  return absl::OkStatus();
}

absl::Status ApplyClaimed(Shift& shift, const reservation::v1::ClaimFact& fact) {
  const std::string field = reservation::ClaimField(fact.claim_id());
  const record::ShiftChild* child = shift.Mutable(field);
  auto after = reservation::ApplyClaim(child == nullptr ? nullptr : &child->claim(), fact);
  if (!after.ok()) return after.status();
  if (!*after) {
    shift.Erase(field);
    return absl::OkStatus();
  }
  record::ShiftChild next;
  *next.mutable_claim() = **after;
  shift.Put(field, std::move(next));
  reservation::FileChild(shift, shift.head().keeping(), field, reservation::EndOf(fact),
                         reservation::Filing<record::ShiftChild>);
  return absl::OkStatus();
}

absl::Status ApplySwept(Shift& shift, const record::SignupsSwept& swept) {
  for (const std::string& person : swept.persons()) {
    absl::Status status = ChangeSignup(
        shift, person, [](record::SignupRecord& signup) { signup.set_state(v1::Signup::SHIFT_CANCELLED); });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ApplyChildren(Shift& shift, const record::Fact& fact) {
  const int64_t time_us = fact.time_us();
  switch (fact.kind_case()) {
    case record::Fact::kShiftCreated:
    case record::Fact::kShiftCancelled:
    case record::Fact::kShiftPublished:
    case record::Fact::kShiftChanged:
      return absl::OkStatus();
    case record::Fact::kSignedUp:
      return ApplySignedUp(shift, fact.signed_up(), time_us);
    case record::Fact::kWithdrawn:
      return ChangeSignup(shift, fact.withdrawn().person(), [&](record::SignupRecord& signup) {
        signup.set_state(v1::Signup::WITHDRAWN);
        signup.set_sealed_reason(fact.withdrawn().sealed_reason());
      });
    case record::Fact::kCheckedIn:
      return ChangeSignup(shift, fact.checked_in().person(), [&](record::SignupRecord& signup) {
        signup.set_state(v1::Signup::CHECKED_IN);
        signup.set_check_in_us(time_us);
        signup.clear_sealed_reason();
      });
    case record::Fact::kCheckedOut:
      return ChangeSignup(shift, fact.checked_out().person(), [&](record::SignupRecord& signup) {
        signup.set_state(v1::Signup::CHECKED_OUT);
        signup.set_check_out_us(time_us);
        signup.set_minutes(fact.checked_out().minutes());
      });
    case record::Fact::kMarkedNoShow:
      return ChangeSignup(shift, fact.marked_no_show().person(), [&](record::SignupRecord& signup) {
        signup.set_state(v1::Signup::NO_SHOW);
        signup.set_sealed_reason(fact.marked_no_show().sealed_reason());
        signup.set_no_show_us(fact.marked_no_show().at_us());
      });
    case record::Fact::kHoursPosted:
      return ChangeSignup(shift, fact.hours_posted().person(),
                          [](record::SignupRecord& signup) { signup.set_hours_posted(true); });
    case record::Fact::kSignupsSwept:
      return ApplySwept(shift, fact.signups_swept());
    case record::Fact::kReservation:
      return ApplyRecordFact(shift, fact.reservation());
    case record::Fact::kShiftClaimed:
      return ApplyClaimed(shift, fact.shift_claimed().claim());
    case record::Fact::kEndsForgotten:
      reservation::EraseForgotten(shift, shift.head().keeping(), fact.ends_forgotten(),
                                  reservation::Filing<record::ShiftChild>);
      return absl::OkStatus();
    case record::Fact::kAbsenceNoted:
    case record::Fact::kAbsenceRetracted:
    case record::Fact::kAbsencesWaived:
    case record::Fact::kAbsencePosted:
      return ApplyAbsence(shift, fact);
    case record::Fact::kAttendance:
    case record::Fact::kAttendanceSwept:
    case record::Fact::kSessionRan:
    case record::Fact::kLeadersSet:
      return ApplyHoursChildren(shift, fact);
    case record::Fact::kConsequence:
      return ApplyConsequenceToSignups(shift, fact.consequence(), time_us);
    default:
      return ApplyWays(shift, fact);
  }
}

// Places move between free, held and confirmed as the claim moves.
void CountClaim(record::ShiftHead& head, const record::ShiftClaimed& claimed) {
  if (claimed.from() == Claim::TRIED) head.set_claims_held(head.claims_held() - claimed.amount());
  if (claimed.from() == Claim::CONFIRMED)
    head.set_claims_confirmed(head.claims_confirmed() - claimed.amount());
  if (claimed.claim().has_tried()) head.set_claims_held(head.claims_held() + claimed.amount());
  if (claimed.claim().has_confirmed()) head.set_claims_confirmed(head.claims_confirmed() + claimed.amount());
}

// Trainees are beside those who are needed.
void CountPlace(record::ShiftHead& head, bool trainee, int32_t by) {
  if (trainee) head.set_trainees(head.trainees() + by);
  if (!trainee) head.set_signed_up(head.signed_up() + by);
}

void FileIn(record::ShiftHead& head, std::optional<absl::Time> end) {
  if (end) reservation::FileEnd(*head.mutable_keeping(), *end);
}

}  // namespace

void ApplyHead(record::ShiftHead& head, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kShiftCreated:
      head = fact.shift_created().shift();
      return;
    case record::Fact::kShiftCancelled:
      head.set_state(v1::Shift::CANCELLED);
      head.set_cancel_reason(fact.shift_cancelled().reason());
      head.mutable_consequence()->set_cancelled_us(fact.time_us());
      return;
    case record::Fact::kSignedUp:
      CountPlace(head, fact.signed_up().trainee(), 1);
      if (fact.signed_up().first()) head.set_indexed(head.indexed() + 1);
      return;
    case record::Fact::kWithdrawn:
      CountPlace(head, fact.withdrawn().trainee(), -1);
      if (fact.withdrawn().was_no_show()) head.set_no_shows(head.no_shows() - 1);
      return;
    case record::Fact::kCheckedIn:
      head.set_checked_in(head.checked_in() + 1);
      if (fact.checked_in().was_no_show()) head.set_no_shows(head.no_shows() - 1);
      return;
    case record::Fact::kCheckedOut:
      head.set_checked_in(head.checked_in() - 1);
      head.set_checked_out(head.checked_out() + 1);
      head.set_served_minutes(head.served_minutes() + fact.checked_out().minutes());
      head.mutable_hours()->set_proposed(head.hours().proposed() + 1);
      return;
    case record::Fact::kHoursPosted:
      head.mutable_hours()->set_proposed(head.hours().proposed() - 1);
      head.mutable_hours()->set_recorded(head.hours().recorded() + 1);
      return;
    case record::Fact::kMarkedNoShow:
      head.set_no_shows(head.no_shows() + 1);
      return;
    case record::Fact::kSignupsSwept:
      head.set_swept_chunks(fact.signups_swept().chunk() + 1);
      CountPlace(head, false, fact.signups_swept().trainees() - fact.signups_swept().persons_size());
      CountPlace(head, true, -fact.signups_swept().trainees());
      head.set_checked_in(head.checked_in() - fact.signups_swept().checked_in());
      return;
    case record::Fact::kAbsencesWaived:
      head.set_waived(fact.absences_waived().ground());
      return;
    case record::Fact::kShiftClaimed:
      CountClaim(head, fact.shift_claimed());
      return FileIn(head, reservation::EndOf(fact.shift_claimed().claim()));
    case record::Fact::kReservation:
      return FileIn(head, reservation::EndOf(fact.reservation()));
    case record::Fact::kConsequence:
      return ApplyConsequence(head, fact.consequence(), fact.time_us());
    case record::Fact::kEndsForgotten:
      return reservation::FoldForgetting(*head.mutable_keeping(), fact.ends_forgotten());
    default:
      // Each knows its own facts and passes over the others.
      ApplyTerms(head, fact);
      ApplyHoursHead(head, fact);
      ApplyWaysHead(head, fact);
  }
}

absl::Status Apply(Shift& shift, const record::Fact& fact) {
  if (shift.Exists() == fact.has_shift_created())
    return absl::InternalError("a shift is created first, and once");
  if (absl::Status status = ApplyChildren(shift, fact); !status.ok()) return status;
  ApplyHead(shift.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
