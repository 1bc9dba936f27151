#include "services/volunteer/domain/shift_terms.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer::domain {
namespace {

// As the contract bounds the field.
constexpr int kCoursesMax = 10;
// Two where never one adult may be alone with minors.
int32_t LeastNeeded(const v1::Requirements& requirements) { return requirements.two_adults() ? 2 : 1; }

bool Same(const google::protobuf::Message& one, const google::protobuf::Message& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

absl::Status CheckChangeable(const Shift& shift, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  if (head.state() == v1::Shift::CANCELLED)
    return refusal::Refuse(refusal::kNo, "SHIFT_CANCELLED", {{"name", ShiftName(head.id())}});
  if (now < absl::FromUnixMicros(head.start_us())) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "SHIFT_STARTED",
                         {{"name", ShiftName(head.id())}, {"start", calendar::UtcText(head.start_us())}});
}

absl::Status Fewer(const record::ShiftHead& head, int32_t places, int32_t taken) {
  return refusal::Refuse(refusal::kNo, "FEWER_THAN_TAKEN",
                         {{"name", ShiftName(head.id())},
                          {"places", absl::StrCat(places)},
                          {"taken", absl::StrCat(taken)},
                          {"must_leave", absl::StrCat(taken - places)}});
}

void CheckNumbers(const v1::Requirements& requirements, int32_t needed, int32_t trainee_places,
                  refusal::FieldErrors* errors) {
  if (needed < LeastNeeded(requirements)) {
    errors->Add("shift.needed", requirements.two_adults()
                                    ? "must be at least 2: never one adult alone with minors"
                                    : "must be at least 1");
  }
  if (trainee_places > 0 && requirements.courses().empty())
    errors->Add("shift.trainee_places", "are for a shift that asks for a course");
  if (requirements.courses_size() > kCoursesMax)
    errors->Add("shift.requirements.courses", "are more than 10 with those of the role");
}

}  // namespace

void CheckTerms(const ShiftCommand& command, refusal::FieldErrors* errors) {
  const v1::Requirements requirements = command.requirements.value_or(v1::Requirements());
  CheckNumbers(requirements, command.needed, command.trainee_places, errors);
  if (command.break_minutes > 0 && absl::Minutes(command.break_minutes) >= command.end - command.start)
    errors->Add("shift.break_minutes", "must be shorter than the shift");
}

void TakeTerms(const ShiftCommand& command, record::ShiftHead* head) {
  head->set_state(command.draft ? v1::Shift::DRAFT : v1::Shift::OPEN);
  head->set_unpublished(command.draft);
  head->set_trainee_places(command.trainee_places);
  head->set_break_minutes(command.break_minutes);
  head->set_plan(command.plan);
  head->set_stop(command.stop);
  const bool says = command.sign_up_mode != v1::SIGN_UP_MODE_UNSPECIFIED;
  head->set_sign_up_mode(says ? command.sign_up_mode : v1::FIRST_COME);
}

record::ShiftChanged TermsOf(const record::ShiftHead& head) {
  record::ShiftChanged terms;
  terms.set_needed(head.needed());
  *terms.mutable_role() = head.role();
  if (head.has_requirements()) *terms.mutable_requirements() = head.requirements();
  terms.set_sign_up_mode(head.sign_up_mode());
  terms.set_trainee_places(head.trainee_places());
  return terms;
}

std::string EtagOf(const record::ShiftHead& head) { return absl::StrCat(absl::Hex(head.revision() + 1)); }

absl::StatusOr<Facts> DecidePublish(const Shift& shift, absl::Time now) {
  if (shift.Exists() && shift.head().state() == v1::Shift::OPEN) return Facts{};
  if (absl::Status status = CheckChangeable(shift, now); !status.ok()) return status;
  record::Fact fact = At(now);
  fact.mutable_shift_published();
  return Facts{fact};
}

absl::StatusOr<Facts> DecideUpdateShift(const Shift& shift, const record::ShiftChanged& after,
                                        absl::Time now) {
  if (absl::Status status = CheckChangeable(shift, now); !status.ok()) return status;
  const record::ShiftHead& head = shift.head();
  const record::ShiftChanged before = TermsOf(head);
  if (Same(before, after)) return Facts{};
  refusal::FieldErrors errors;
  CheckNumbers(after.requirements(), after.needed(), after.trainee_places(), &errors);
  if (after.role().zh().empty()) errors.Add("shift.role.zh", "is required");
  if (!errors.empty()) return errors.ToStatus();
  // Raising is always possible; an over-full shift may come down step by step.
  if (after.needed() < std::min(Taken(head), head.needed())) return Fewer(head, after.needed(), Taken(head));
  if (after.trainee_places() < head.trainees()) return Fewer(head, after.trainee_places(), head.trainees());
  const bool asks_otherwise =
      !Same(before.requirements(), after.requirements()) || before.sign_up_mode() != after.sign_up_mode();
  if (asks_otherwise && Taken(head) + head.trainees() > 0) {
    return refusal::Refuse(
        refusal::kNo, "TERMS_ARE_KEPT",
        {{"name", ShiftName(head.id())}, {"taken", absl::StrCat(Taken(head) + head.trainees())}});
  }
  record::Fact fact = At(now);
  *fact.mutable_shift_changed() = after;
  return ThenOffer(shift, {fact}, now);
}

absl::StatusOr<Facts> DecideNeeded(const Shift& shift, int32_t needed, absl::Time now) {
  if (!CheckChangeable(shift, now).ok()) return Facts{};
  const record::ShiftHead& head = shift.head();
  record::ShiftChanged after = TermsOf(head);
  after.set_needed(std::max({needed, Taken(head), LeastNeeded(head.requirements())}));
  if (after.needed() == head.needed()) return Facts{};
  record::Fact fact = At(now);
  *fact.mutable_shift_changed() = std::move(after);
  return ThenOffer(shift, {fact}, now);
}

int32_t Surplus(const record::ShiftHead& head, int32_t needed) { return std::max(0, Taken(head) - needed); }

absl::Status CheckTrainee(const record::ShiftHead& shift, const record::PersonHead& person, const Age& age,
                          const Rules& rules) {
  const absl::Status learns =
      CheckLearner(shift.requirements(), ShiftName(shift.id()), person, age,
                   absl::FromUnixMicros(shift.start_us()), absl::FromUnixMicros(shift.end_us()), rules);
  return learns.ok() ? CheckTraineeFree(shift) : learns;
}

absl::Status CheckLearner(const v1::Requirements& needs, absl::string_view shift,
                          const record::PersonHead& person, const Age& age, absl::Time start, absl::Time end,
                          const Rules& rules) {
  v1::Requirements courses, rest = needs;
  *courses.mutable_courses() = needs.courses();
  rest.clear_courses();
  // Ages and the law of minors belong to the rest: all that is lacking here is a course.
  const absl::Status lacking = CheckEligible(person, age, courses, start, end, rules);
  if (refusal::ReasonOf(lacking) != "COURSE_NEEDED") {
    if (!lacking.ok()) return lacking;
    return refusal::Refuse(refusal::kNo, "NOT_A_TRAINEE", {{"name", std::string(shift)}});
  }
  return CheckEligible(person, age, rest, start, end, rules);
}

absl::Status CheckTraineeFree(const record::ShiftHead& shift) {
  if (shift.trainees() < shift.trainee_places()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "TRAINEE_PLACES_TAKEN",
                         {{"name", ShiftName(shift.id())}, {"places", absl::StrCat(shift.trainee_places())}});
}

bool TraineesAlone(const record::ShiftHead& head) {
  return head.trainees() > 0 && head.signed_up() + head.claims_confirmed() == 0;
}

void ApplyTerms(record::ShiftHead& head, const record::Fact& fact) {
  if (fact.has_shift_published()) {
    head.set_state(v1::Shift::OPEN);
    head.set_unpublished(false);
  } else if (fact.has_shift_changed()) {
    const record::ShiftChanged& now = fact.shift_changed();
    head.set_needed(now.needed());
    *head.mutable_role() = now.role();
    head.clear_requirements();
    if (now.has_requirements()) *head.mutable_requirements() = now.requirements();
    head.set_sign_up_mode(now.sign_up_mode());
    head.set_trainee_places(now.trainee_places());
  } else {
    return;
  }
  head.set_revision(head.revision() + 1);
}

}  // namespace kepu::volunteer::domain
