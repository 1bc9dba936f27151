// What a person is qualified for: awards in courses, from the dates of a course and from certificates of
// others, and their revocation. The head says what stands, one line for each course; the awards themselves
// are children, the latest twenty of a course. Pure functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

// Lines in the head, which must stay small; who has more loses those first that are not valid any more.
inline constexpr int kQualificationsMax = 30;
// Awards of one course that are kept: some decades of renewing it.
inline constexpr int kAwardsMax = 20;

// "q/<course>", by the course's resource name.
std::string QualificationField(absl::string_view course);

// The end of the last day on which an award is valid that was given on a day; 0 months: for ever, which is 0.
// Who gets it on the 31st keeps it until the last day of a shorter month.
int64_t ValidUntilUs(absl::CivilDay awarded, int32_t months);

// Valid at a time, until which it must last.
bool IsValid(const record::Qualification& qualification, absl::Time until);

// No facts when the award of that id is there. NOT_FOUND for nobody.
absl::StatusOr<Facts> DecideAward(const Person& person, const record::Award& award, absl::Time now);
// Every award of the course that stands. NOT_FOUND when there was none; no facts when all are revoked.
absl::StatusOr<Facts> DecideRevoke(const Person& person, absl::string_view course, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now);
// The award that is shown for a course: of those that stand the one that is valid longest, or the last
// revoked one. Null when there is none.
absl::StatusOr<const record::Award*> ShownAward(const Person& person, absl::string_view course);

void ApplyStanding(record::PersonHead& head, const record::Standing& standing);
void ApplyQualification(Person& person, const record::QualificationFact& fact, int64_t time_us);

}  // namespace kepu::volunteer::domain
