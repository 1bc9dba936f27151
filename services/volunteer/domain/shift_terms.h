// What a shift asks for and how it changes: what it takes when it is made, drafts and their publishing,
// numbers raised and lowered, and places for trainees. Pure functions on values.
#pragma once

#include <string>

#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/eligibility.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Adds what cannot be of the terms that a new shift is given: fewer than two where two adults must serve,
// trainee places without a course to learn, a break as long as the shift.
void CheckTerms(const ShiftCommand& command, refusal::FieldErrors* errors);
// Puts them into the head of a new shift, which is a draft when the command says so.
void TakeTerms(const ShiftCommand& command, record::ShiftHead* head);

// What staff may change of a shift, as it stands.
record::ShiftChanged TermsOf(const record::ShiftHead& head);
// Changes with them, and not with who signs up.
std::string EtagOf(const record::ShiftHead& head);

// Opens a draft; no facts for one that is open. SHIFT_CANCELLED, SHIFT_STARTED.
absl::StatusOr<Facts> DecidePublish(const Shift& shift, absl::Time now);

// Staff change the terms, until the start: no facts when they stand already. FEWER_THAN_TAKEN names how many
// must leave first (norms 8.5 no. 7); TERMS_ARE_KEPT when what is asked of people would change while somebody
// is signed up.
absl::StatusOr<Facts> DecideUpdateShift(const Shift& shift, const record::ShiftChanged& after,
                                        absl::Time now);

// The number that something else asks for, as the heads of a session: it is lowered as far as places are not
// taken, and for two adults not below two. No facts when that stands already, or when the shift has started
// or is cancelled.
absl::StatusOr<Facts> DecideNeeded(const Shift& shift, int32_t needed, absl::Time now);
// So many more have a place than are needed.
int32_t Surplus(const record::ShiftHead& head, int32_t needed);

// May this person take a trainee place? Only who lacks a course of the shift, and has everything else that it
// asks for: NOT_A_TRAINEE, TRAINEE_PLACES_TAKEN, and what CheckEligible says.
absl::Status CheckTrainee(const record::ShiftHead& shift, const record::PersonHead& person, const Age& age,
                          const Rules& rules);
// The same of what a shift asks for alone: NOT_A_TRAINEE, and what CheckEligible says. `shift` is its name.
absl::Status CheckLearner(const v1::Requirements& needs, absl::string_view shift,
                          const record::PersonHead& person, const Age& age, absl::Time start, absl::Time end,
                          const Rules& rules);
// TRAINEE_PLACES_TAKEN.
absl::Status CheckTraineeFree(const record::ShiftHead& shift);
// Trainees are signed up, and nobody from whom they could learn: told, and no obstacle.
bool TraineesAlone(const record::ShiftHead& head);

// Folds the facts of this file; others leave the head as it is.
void ApplyTerms(record::ShiftHead& head, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
