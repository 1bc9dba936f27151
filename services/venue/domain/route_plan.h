// What is worked out of a route when it is asked for: the ways between its stops, whether a stop is shut now,
// and whether a party can walk it on a day. Pure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/routes.h"

namespace kepu::venue {

// The route with the fields that nobody keeps.
v1::Route ShowRoute(const v1::Route& route, const VenueLookup& venues, absl::Time now);

// A party that is at the first stop at `minute` of the day. INVALID_ARGUMENT when the route leads past
// midnight.
absl::StatusOr<v1::CheckRouteResponse> CheckRouteOn(const v1::Route& route, const VenueLookup& venues,
                                                    const calendar::HolidayTable& holidays,
                                                    absl::CivilDay date, int minute);

}  // namespace kepu::venue
