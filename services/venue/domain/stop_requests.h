// Decisions on requests for stops: asking, changing, withdrawing and answering them; yes is said by planning
// the stop. Also what a site must offer, and requests whose last wished day went by. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/fleet.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {

// Requests that expire on one day are remembered in buckets of this many, so that one day's end rewrites
// little; and nobody wishes further ahead, since the head names every day on which some expire.
inline constexpr int kExpiringPerBucket = 64;
inline constexpr int kWishHorizonDays = 300;

// What a vehicle needs to come and stand, and what a set of exhibits needs for weeks.
inline constexpr int kRoadWidthCm = 350;
inline constexpr int kCaravanAreaM2 = 60;
inline constexpr int kMuseumIndoorM2 = 400;
inline constexpr int kMuseumPowerKw = 15;

inline constexpr absl::Duration kUsualService = absl::Hours(1);
inline constexpr absl::Duration kUsualStay = absl::Hours(24 * 60);

// OPEN or WAITING: may be planned, changed, answered.
bool IsPending(const v1::StopRequest& request);
bool Wishes(const v1::StopRequest& request, absl::CivilDay day);
absl::CivilDay LastWishedDay(const v1::StopRequest& request);
absl::Duration ServiceOf(const v1::StopRequest& request);
// "2026-03-02..2026-03-06, 2026-04-01..2026-04-01"
std::string WishesText(const v1::StopRequest& request);

absl::StatusOr<FleetFacts> DecideCreateStopRequest(const FleetState& state, absl::string_view id,
                                                   v1::StopRequest request, absl::Time now);
absl::StatusOr<FleetFacts> DecideUpdateStopRequest(const FleetState& state, absl::string_view id,
                                                   const std::string& etag, const Edit<v1::StopRequest>& edit,
                                                   absl::Time now);
absl::StatusOr<FleetFacts> DecideWithdraw(const FleetState& state, absl::string_view id, absl::Time now);
absl::StatusOr<FleetFacts> DecideAnswer(const FleetState& state, absl::string_view id,
                                        v1::StopRequest::State answer, const v1::Text& reason,
                                        absl::Time now);

// The bucket that the next request of the day falls into.
int NextExpiringBucket(const FleetState& state, int day);

}  // namespace kepu::venue
