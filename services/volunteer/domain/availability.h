// When a volunteer may be asked and what they would rather do: kept in the person's head, so that a proposal
// over all of them reads nothing else. Pure functions on values.
#pragma once

#include "absl/status/statusor.h"
#include "kepu/volunteer/v1/match.pb.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/timeline.h"

namespace kepu::volunteer::domain {

// Replaces what was said before; no facts when it says the same. NOT_REGISTERED; INVALID_ARGUMENT naming the
// fields that cannot be.
absl::StatusOr<Facts> DecideAvailability(const Person& person, const v1::Availability& given, absl::Time now);

// Without the volunteer's name.
void ToResource(const record::AvailabilityRecord& known, v1::Availability* availability);

// The whole stretch lies in their windows, and touches no day off. Windows that touch are one, over midnight
// and from Sunday to Monday too. Nobody is available who did not offer it.
bool IsAvailable(const record::AvailabilityRecord& availability, const Stretch& wanted);

}  // namespace kepu::volunteer::domain
