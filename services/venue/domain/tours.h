// Decisions on tours: planning one or a whole plan of them with the requests they answer, changing,
// cancelling and reporting. A tour is looked at as a whole, so that everything that is wrong with it is told
// at once. Pure.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/fleet.h"
#include "services/venue/domain/itinerary.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {

// A commit holds 256 KiB: the facts of a plan, its tours once more as records, and the requests it answers.
inline constexpr size_t kPlanBytesMax = size_t{56} * 1024;

// Who asks may plan what this request asks for; what they may not is not there for them.
using MayAnswer = std::function<bool(const v1::StopRequest& request)>;

struct TourCommand {
  std::string caravan;  // ids
  std::string id;
  v1::Tour tour;
  std::string planner;  // "users/*"
};

// What earlier tours of the same decision take.
struct Placed {
  std::map<std::string, std::vector<Taking>> takings;  // by the caravan's name
  std::set<std::string> requests;
};

struct TourCheck {
  log::v1::TourPlanned planned;  // as it would be
  Problems problems;
};

// INVALID_ARGUMENT for a tour that is none, NOT_FOUND for what is not there. `replaced`: the tour it takes
// the place of, or null.
absl::StatusOr<TourCheck> CheckTour(const FleetState& state, const TourCommand& command,
                                    const MayAnswer& may_answer, const Placed& placed,
                                    const log::v1::TourPlanned* replaced, absl::Time now);

// The first problem as a refusal; OK when there is none.
absl::Status RefusalOf(const Problems& problems);

absl::StatusOr<FleetFacts> DecideCreateTour(const FleetState& state, const TourCommand& command,
                                            const MayAnswer& may_answer, absl::Time now);
// All of them, or the first refusal.
absl::StatusOr<FleetFacts> DecideAdopt(const FleetState& state, const std::vector<TourCommand>& commands,
                                       const MayAnswer& may_answer, absl::Time now);
// `command.tour` is not looked at: `edit` makes it of what stands.
absl::StatusOr<FleetFacts> DecideUpdateTour(const FleetState& state, const TourCommand& command,
                                            const std::string& etag, const Edit<v1::Tour>& edit,
                                            const MayAnswer& may_answer, absl::Time now);
absl::StatusOr<FleetFacts> DecideCancelTour(const FleetState& state, absl::string_view caravan,
                                            absl::string_view id, const v1::Text& reason, absl::Time now);

struct ReportCommand {
  std::string caravan;  // ids
  std::string tour;
  std::string stop;
  v1::TourStop::Report report;
  bool missed = false;
  v1::Text reason;
};
absl::StatusOr<FleetFacts> DecideReportStop(const FleetState& state, const ReportCommand& command,
                                            absl::Time now);

// As it is shown: with the names of its stops.
v1::Tour ShownTour(const v1::Tour& tour);

}  // namespace kepu::venue
