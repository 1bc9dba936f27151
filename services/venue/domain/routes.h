// Making, changing, publishing and retiring routes. What a route needs to know of its stops is looked up in
// the venues as they are read; a venue that closes later suspends the route, it does not break it. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/venue/log/v1/route_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {

using RouteState = aggregate::Aggregate<log::v1::RouteHead, log::v1::RouteChild>;
using RouteFacts = std::vector<log::v1::RouteFact>;

// One stop is no route, and more than a dozen nobody walks in a day.
inline constexpr int kMinStops = 2;
inline constexpr int kMaxStops = 12;
inline constexpr absl::Duration kMinStay = absl::Minutes(5);
inline constexpr absl::Duration kMaxStay = absl::Hours(8);

// The whole venue by id; null when there is none.
using VenueLookup = std::function<const VenueState*(absl::string_view venue)>;

std::string RouteName(absl::string_view route);
absl::StatusOr<const v1::Route*> FindRoute(const RouteState& state, absl::string_view route);

absl::StatusOr<RouteFacts> DecideCreateRoute(const RouteState& state, absl::string_view id, v1::Route route,
                                             const VenueLookup& venues, absl::Time now);
absl::StatusOr<RouteFacts> DecideUpdateRoute(const RouteState& state, absl::string_view id,
                                             const std::string& etag, const Edit<v1::Route>& edit,
                                             const VenueLookup& venues, absl::Time now);
absl::StatusOr<RouteFacts> DecidePublishRoute(const RouteState& state, absl::string_view id,
                                              const VenueLookup& venues, absl::Time now);
absl::StatusOr<RouteFacts> DecideRetireRoute(const RouteState& state, absl::string_view id, absl::Time now);

// INTERNAL for a fact that cannot follow on this state (a defect).
absl::Status Apply(RouteState& state, const log::v1::RouteFact& fact);

}  // namespace kepu::venue
