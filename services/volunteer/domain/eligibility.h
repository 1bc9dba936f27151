// Who may serve in what: what a shift asks for against what a person has and is. Pure functions on values.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

// What is known of a person's age: of who was of age when they registered at most the band of their birth.
struct Age {
  bool adult = false;
  // Of minors, as their sealed date says; none: nothing may be taken for granted.
  std::optional<absl::CivilDay> born;
  // Of adults, the first of five years; 0: not known. Only asked for where a shift asks for more than the
  // law.
  int birth_year_band = 0;
};

// Whole years on a day; of an adult whose date is not known, the least that the band allows and never less
// than the age of majority. 0 when nothing is known.
int YearsOn(const Age& age, absl::CivilDay day, const Rules& rules);

// Under age on the local day on which the time begins, which decides for all of it.
bool IsMinorAt(const Age& age, absl::Time start, const Rules& rules);

// May a person of this head and age serve from `start` to `end`? Everything must hold until the end.
// FAILED_PRECONDITION: COURSE_NEEDED, LANGUAGE_NEEDED, SKILL_NEEDED, CHECK_NEEDED, NOT_VERIFIED, TOO_YOUNG,
// TOO_OLD, and of minors those of CheckMinor; each names what is missing.
absl::Status CheckEligible(const record::PersonHead& head, const Age& age, const v1::Requirements& needs,
                           absl::Time start, absl::Time end, const Rules& rules);

// How long somebody of that age may serve on the day on which a time begins.
absl::Duration DayMaxOf(const Age& age, absl::Time start, const Rules& rules);

}  // namespace kepu::volunteer::domain
