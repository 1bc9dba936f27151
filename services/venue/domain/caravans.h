// Decisions on caravans: making and changing them, their states, what crews report of them, and maintenance,
// which takes them as tours do. Also what an answer shows of one on a day. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/fleet.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {

// Replacement comes first for vehicles of this age or mileage (notice of 2019).
inline constexpr int kReplaceYears = 10;
inline constexpr int kReplaceKm = 100'000;
inline constexpr int kServiceKm = 10'000;
inline constexpr int kServiceMonths = 12;
// No reading shows more since the last one: a slip of the pen would spoil every later plan.
inline constexpr int kMaxReadingStepKm = 20'000;
inline constexpr int kMaxOpenFaults = 40;
inline constexpr absl::Duration kLongestMaintenance = absl::Hours(24 * 183);

// When the next regular service is due: at the kilometres, or from the day on.
struct NextService {
  int km = 0;
  absl::CivilDay day;
};
NextService NextServiceOf(const v1::Caravan& caravan);

// With what is worked out for the day.
v1::Caravan Shown(const v1::Caravan& caravan, absl::Time now);

// Something takes the caravan already. `earliest`: the first start at the same time of a day at which all of
// `wish` would fit, if there is one soon.
refusal::Params TakenParams(absl::string_view caravan, const Taking& in_the_way,
                            std::optional<absl::Time> earliest);

absl::StatusOr<FleetFacts> DecideCreateCaravan(const FleetState& state, absl::string_view id,
                                               v1::Caravan caravan, absl::Time now);
// `etag`: of the caravan that the caller has seen; empty: whatever stands.
absl::StatusOr<FleetFacts> DecideUpdateCaravan(const FleetState& state, absl::string_view id,
                                               const std::string& etag, const Edit<v1::Caravan>& edit,
                                               absl::Time now);
absl::StatusOr<FleetFacts> DecideChangeState(const FleetState& state, absl::string_view id,
                                             v1::Caravan::State to, const v1::Text& reason, absl::Time now);
absl::StatusOr<FleetFacts> DecideReportMileage(const FleetState& state, absl::string_view id, int odometer_km,
                                               const std::vector<std::string>& faults, absl::Time now);

// A reading must not be less than the last one, nor impossibly more; loads what it settles.
absl::Status CheckReading(const FleetState& state, const v1::Caravan& caravan, absl::string_view field,
                          int odometer_km, absl::Time now);

absl::StatusOr<FleetFacts> DecideCreateMaintenance(const FleetState& state, absl::string_view caravan,
                                                   absl::string_view id, v1::Maintenance maintenance,
                                                   absl::string_view planner, absl::Time now);
// DONE, with a reading of the odometer or 0, or CANCELLED.
absl::StatusOr<FleetFacts> DecideEndMaintenance(const FleetState& state, absl::string_view caravan,
                                                absl::string_view id, v1::Maintenance::State end,
                                                int odometer_km, absl::Time now);

}  // namespace kepu::venue
