// Every way worth looking at in which a crew from one home can serve a few places near each other: a day out
// and back, or some days away. Grown place by place, each checked by the same function that planning by hand
// is. Pure.
#pragma once

#include <vector>

#include "services/venue/planner/task.h"

namespace kepu::venue {

struct Route {
  std::vector<size_t> stops;  // in the order of visits
  std::vector<Visit> visits;  // with the times they have on the reference day
  // Days taken, counted from the first day of service: -1 is the day before it.
  int first_day = 0;
  int last_day = 0;
  int km = 0;
  int64_t value = 0;
  Days starts = 0;  // days of the period on which the service can begin, as the wishes go
};

// The day on which the visits of routes stand; moving them by whole days changes nothing else.
absl::CivilDay ReferenceDay();

// How far a route is grown: neighbours that are tried, routes that are kept of each length and in all.
struct RouteLimits {
  size_t neighbours = 8;
  size_t per_length = 1200;
  size_t stops_max = 6;
  int service_days_max = 4;
};
std::vector<Route> RoutesFrom(const travel::Place& home, const Task& task, const RouteLimits& limits = {});

// The days of service that fit into what is free.
Days StartsIn(const Route& route, Days free, int days);
// The days taken when the service begins on `start`.
Days TakenFrom(const Route& route, int start);

}  // namespace kepu::venue
