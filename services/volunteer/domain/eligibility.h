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

// What is known of a person's age: of who was of age when they registered nothing more.
struct Age {
  bool adult = false;
  // Of minors, as their sealed date says; none: nothing may be taken for granted.
  std::optional<absl::CivilDay> born;
};

// Whole years on a day; of an adult whose date is not known, the age of majority.
int YearsOn(const Age& age, absl::CivilDay day, const Rules& rules);

// May a person of this head and age serve from `start` to `end`? Everything must hold until the end.
// FAILED_PRECONDITION: COURSE_NEEDED, LANGUAGE_NEEDED, SKILL_NEEDED, CHECK_NEEDED, NOT_VERIFIED, TOO_YOUNG,
// TOO_OLD; each names what is missing.
absl::Status CheckEligible(const record::PersonHead& head, const Age& age, const v1::Requirements& needs,
                           absl::Time start, absl::Time end, const Rules& rules);

}  // namespace kepu::volunteer::domain
