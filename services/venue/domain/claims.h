// The venue's part in reservations: whether a demand for a space may be granted, and the facts around the
// claim's own. What a claim goes through is libs/reservation's; here it takes a space and gives it back.
// Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// Null when there is none.
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const VenueState& state, absl::string_view claim_id);

// May the demand be granted now? Refusals: SPACE_TAKEN, SPACE_HELD, VENUE_CLOSED, VENUE_RETIRED,
// SPACE_RETIRED.
absl::Status CheckRoom(const VenueState& state, const reservation::v1::Demand& demand,
                       const calendar::HolidayTable& holidays, absl::Time now);

// The venue's fact around a claim's. Loads all that applying it touches; NotLoaded passes through.
absl::StatusOr<log::v1::VenueFact> ClaimChangedFact(const VenueState& state,
                                                    const reservation::v1::ClaimFact& fact);

}  // namespace kepu::venue
