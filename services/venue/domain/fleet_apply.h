// Folds facts into the fleet: the only way it changes. What a fact touches was loaded by the decision that
// made it. Also what falls due by itself: requests whose last wished day went by. Pure; not thread-safe on
// one state.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/fleet.h"

namespace kepu::venue {

// INTERNAL for a fact that cannot follow on this state (a defect).
absl::Status Apply(FleetState& state, const log::v1::FleetFact& fact);

absl::StatusOr<FleetFacts> Due(const FleetState& state, absl::Time now);
absl::Time NextDue(const FleetState& state);

}  // namespace kepu::venue
