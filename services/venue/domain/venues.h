// Making and changing venues, and retiring a venue from a day on. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/consequences.h"
#include "services/venue/domain/edit.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A point on the globe.
bool IsPlace(const google::type::LatLng& place);

// How far ahead what a retirement hits is looked for: nothing is scheduled further ahead.
inline constexpr int kHitHorizonDays = 800;

absl::StatusOr<Facts> DecideCreateVenue(const VenueState& state, absl::string_view id, v1::Venue venue,
                                        absl::Time now);
// `etag`: of the venue that the caller has seen; empty: whatever stands.
absl::StatusOr<Facts> DecideUpdateVenue(const VenueState& state, absl::string_view venue,
                                        const std::string& etag, const Edit<v1::Venue>& edit, absl::Time now);
absl::StatusOr<Facts> DecideRetire(const VenueState& state, absl::string_view venue,
                                   const google::type::Date& date, absl::Time now);
absl::StatusOr<Facts> DecideRestore(const VenueState& state, absl::string_view venue, absl::Time now);
// What stands beyond the day.
absl::StatusOr<Hits> HitsOfRetiring(const VenueState& state, absl::string_view venue, absl::CivilDay day,
                                    const LookAround& look);

}  // namespace kepu::venue
