#include "services/volunteer/domain/shift.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/presence.h"
#include "services/volunteer/domain/shift_swap.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

absl::Time StartOf(const record::ShiftHead& head) { return absl::FromUnixMicros(head.start_us()); }

std::string Utc(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }

}  // namespace

absl::Status CheckOpen(const record::ShiftHead& head, absl::Time now) {
  if (head.state() == v1::Shift::CANCELLED) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_CANCELLED",
                           {{"name", ShiftName(head.id())}});
  }
  if (now >= StartOf(head)) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_STARTED",
                           {{"name", ShiftName(head.id())}, {"start", Utc(StartOf(head))}});
  }
  return absl::OkStatus();
}

absl::Status CheckFree(const record::ShiftHead& head, int32_t amount) {
  if (Taken(head) + amount <= head.needed()) return absl::OkStatus();
  // Held is not full: what is undecided may come back.
  const int32_t undecided = head.claims_held() + head.requested() + head.invited() + head.offered();
  const bool held = Taken(head) - undecided + amount <= head.needed();
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, held ? "SHIFT_HELD" : "SHIFT_FULL",
                         {{"name", ShiftName(head.id())}, {"needed", absl::StrCat(head.needed())}});
}

absl::StatusOr<const record::SignupRecord*> SignupOrRefuse(const Shift& shift, absl::string_view person) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  auto signup = FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr) return refusal::NotFound(SignupName(shift.head().id(), person));
  return signup;
}

absl::Status WrongState(const char* reason, const Shift& shift, absl::string_view person,
                        v1::Signup::State state) {
  return refusal::Refuse(
      absl::StatusCode::kFailedPrecondition, reason,
      {{"name", SignupName(shift.head().id(), person)}, {"state", v1::Signup::State_Name(state)}});
}

bool IsToBeServed(v1::Signup::State state) {
  return state == v1::Signup::SIGNED_UP || state == v1::Signup::CHECKED_IN;
}

int32_t Taken(const record::ShiftHead& head) {
  return head.signed_up() + head.claims_held() + head.claims_confirmed() + head.requested() + head.invited() +
         head.offered();
}

v1::Signup::State ShownState(const record::ShiftHead& head, const record::SignupRecord& signup) {
  const bool swept =
      head.state() == v1::Shift::CANCELLED && (IsToBeServed(signup.state()) || IsHeld(signup.state()));
  return swept ? v1::Signup::SHIFT_CANCELLED : signup.state();
}

void CheckShiftTimes(absl::Time start, absl::Time end, absl::string_view prefix, absl::Time now,
                     refusal::FieldErrors* errors) {
  const std::string start_time = absl::StrCat(prefix, "start_time"),
                    end_time = absl::StrCat(prefix, "end_time");
  if (end <= start) errors->Add(end_time, "must come after start_time");
  if (end - start > kShiftMax) errors->Add(end_time, "a shift lasts at most 8 hours");
  if (start <= now) errors->Add(start_time, "must be in the future");
  if (start > now + kHorizon) errors->Add(start_time, "must be within a year");
}

absl::StatusOr<Facts> DecideCreate(const Shift& shift, const ShiftCommand& command, absl::Time now) {
  if (shift.Exists()) return Facts{};
  refusal::FieldErrors errors;
  CheckShiftTimes(command.start, command.end, "shift.", now, &errors);
  if (command.role.zh().empty()) errors.Add("shift.role.zh", "is required");
  CheckTerms(command, &errors);
  if (!errors.empty()) return errors.ToStatus();
  record::Fact fact = At(now);
  record::ShiftHead& head = *fact.mutable_shift_created()->mutable_shift();
  head.set_id(command.id);
  head.set_place(command.place);
  head.set_session(command.session);
  head.set_start_us(absl::ToUnixMicros(command.start));
  head.set_end_us(absl::ToUnixMicros(command.end));
  head.set_needed(command.needed);
  *head.mutable_role() = command.role;
  if (command.whereabouts) *head.mutable_whereabouts() = *command.whereabouts;
  head.set_role_name(command.role_name);
  if (command.requirements) *head.mutable_requirements() = *command.requirements;
  TakeTerms(command, &head);
  head.set_per_heads(command.per_heads);
  head.set_call_out(command.call_out);
  head.set_activation(command.activation);
  head.set_create_us(absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<Facts> DecideCancel(const Shift& shift, absl::string_view reason, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  if (head.state() == v1::Shift::CANCELLED) return Facts{};
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  // Whoever was granted a place by a claim keeps it: their reservation must end first.
  if (head.claims_held() + head.claims_confirmed() > 0) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_CLAIMED",
                           {{"name", ShiftName(head.id())},
                            {"places", absl::StrCat(head.claims_held() + head.claims_confirmed())}});
  }
  record::Fact fact = At(now);
  fact.mutable_shift_cancelled()->set_reason(reason.data(), reason.size());
  return Facts{fact};
}

reservation::v1::Demand DemandOf(const record::ShiftHead& head, absl::string_view person, bool trainee) {
  reservation::v1::Demand demand;
  demand.set_thing(absl::StrCat("volunteers/", person));
  demand.set_kind(reservation::v1::PERSON);
  demand.mutable_start_time()->set_seconds(head.start_us() / 1'000'000);
  demand.mutable_start_time()->set_nanos(static_cast<int32_t>(head.start_us() % 1'000'000 * 1000));
  demand.mutable_end_time()->set_seconds(head.end_us() / 1'000'000);
  demand.mutable_end_time()->set_nanos(static_cast<int32_t>(head.end_us() % 1'000'000 * 1000));
  demand.set_amount(1);
  demand.set_place(head.place());
  demand.set_purpose(ShiftName(head.id()));
  v1::Duty duty;
  if (head.has_whereabouts()) *duty.mutable_whereabouts() = head.whereabouts();
  if (head.has_requirements()) *duty.mutable_requirements() = head.requirements();
  duty.set_trainee(trainee);
  demand.set_detail(duty.SerializeAsString());
  return demand;
}

absl::StatusOr<Facts> DecideWithdraw(const Shift& shift, absl::string_view person,
                                     absl::string_view sealed_reason, const Rules& rules, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const record::ShiftHead& head = shift.head();
  const v1::Signup::State state = ShownState(head, **signup);
  if (IsOver(state)) return Facts{};
  if (IsHeld(state)) return DecideLetGo(shift, person, v1::Signup::WITHDRAWN, sealed_reason, now);
  if (state != v1::Signup::SIGNED_UP) return WrongState("ALREADY_ATTENDED", shift, person, state);
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  if (absl::Status status = CheckNotSwapping(shift, person, **signup); !status.ok()) return status;
  const absl::Time limit = StartOf(head) - rules.leave_limit;
  // Who is asked about a new time owes no reason.
  if (now > limit && sealed_reason.empty() && !AskedUntil(**signup, now)) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "TOO_LATE_TO_WITHDRAW",
                           {{"name", SignupName(head.id(), person)}, {"limit", Utc(limit)}});
  }
  auto held = FindRecord(shift, (*signup)->reservation());
  if (!held.ok()) return held.status();
  record::Fact fact = At(now);
  fact.mutable_withdrawn()->set_person(person.data(), person.size());
  fact.mutable_withdrawn()->set_sealed_reason(std::string(sealed_reason));
  fact.mutable_withdrawn()->set_trainee((*signup)->trainee());
  Facts facts{fact};
  if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  return ThenOffer(shift, std::move(facts), now);
}

absl::StatusOr<Facts> DecideCheckIn(const Shift& shift, absl::string_view person, const Rules& rules,
                                    absl::Time now) {
  return DecideMark(shift, {std::string(person), v1::CAME, v1::BY_STAFF}, rules, now);
}

absl::StatusOr<Facts> DecideCheckOut(const Shift& shift, absl::string_view person, const Rules& rules,
                                     absl::Time now) {
  return DecideMark(shift, {std::string(person), v1::WENT, v1::BY_STAFF}, rules, now);
}

absl::StatusOr<Facts> DecideNoShow(const Shift& shift, absl::string_view person,
                                   absl::string_view sealed_reason, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state == v1::Signup::NO_SHOW) return Facts{};
  if (state != v1::Signup::SIGNED_UP) return WrongState("NOT_SIGNED_UP", shift, person, state);
  if (absl::Status status = CheckNotSwapping(shift, person, **signup); !status.ok()) return status;
  if (now < StartOf(shift.head())) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_NOT_STARTED",
                           {{"start", Utc(StartOf(shift.head()))}});
  }
  record::Fact fact = At(now);
  fact.mutable_marked_no_show()->set_person(person.data(), person.size());
  fact.mutable_marked_no_show()->set_sealed_reason(std::string(sealed_reason));
  fact.mutable_marked_no_show()->set_at_us(absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::Status CheckPlaces(const Shift& shift, const reservation::v1::Demand& demand, absl::Time now) {
  if (!shift.Exists() || shift.head().unpublished()) return refusal::NotFound(demand.thing());
  if (IsSwapClaim(demand)) return CheckSwapClaim(shift, demand, now);
  if (demand.amount() < 1) return refusal::BadField("demand.amount", "must be at least 1");
  if (absl::Status status = CheckOpen(shift.head(), now); !status.ok()) return status;
  return CheckFree(shift.head(), demand.amount());
}

absl::StatusOr<const reservation::v1::Claim*> FindClaim(const Shift& shift, absl::string_view claim_id) {
  auto child = shift.FindOrAssumeAbsent(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim();
}

absl::StatusOr<record::Fact> ClaimedFact(const Shift& shift, const reservation::v1::ClaimFact& claim) {
  auto before = FindClaim(shift, claim.claim_id());
  if (!before.ok()) return before.status();
  record::Fact fact;
  record::ShiftClaimed& claimed = *fact.mutable_shift_claimed();
  *claimed.mutable_claim() = claim;
  if (*before != nullptr) {
    claimed.set_from((*before)->state());
    claimed.set_amount((*before)->demand().amount());
  } else if (claim.has_tried()) {
    claimed.set_amount(claim.tried().demand().amount());
  }
  return fact;
}

absl::StatusOr<const record::SignupRecord*> FindSignup(const Shift& shift, absl::string_view person) {
  auto child = shift.Find(SignupField(person));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->signup();
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecord(const Shift& shift,
                                                               absl::string_view reservation) {
  auto child = shift.Find(reservation::RecordField(reservation));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->reservation();
}

absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Shift& shift,
                                                                    absl::string_view reservation) {
  if (!shift.PresentOrAssumeAbsent(reservation::RecordField(reservation))) return nullptr;
  return FindRecord(shift, reservation);
}

record::Fact RecordFact(const reservation::v1::ReservationFact& fact) {
  record::Fact whole;
  *whole.mutable_reservation() = fact;
  return whole;
}

}  // namespace kepu::volunteer::domain
