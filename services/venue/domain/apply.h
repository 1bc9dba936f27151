// Folds facts into aggregates: the only way state changes. What a fact touches was loaded by the decision
// that made it. Also what falls due by itself. Pure; not thread-safe on one state.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// INTERNAL for a fact that cannot follow on this state (a defect).
absl::Status Apply(VenueState& state, const log::v1::VenueFact& fact);
absl::Status Apply(CalendarState& state, const log::v1::VenueFact& fact);

// A venue whose day of retiring has come; remembered ends of claims that no late try can meet any more.
// Claims are never due: past their deadline they ask.
absl::StatusOr<Facts> Due(const VenueState& state, absl::Time now);
absl::Time NextDue(const VenueState& state);

}  // namespace kepu::venue
