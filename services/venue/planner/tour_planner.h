// Proposes tours: which caravan goes where on which day, so that what is reached is worth the most. Begins
// with a greedy plan, prices routes against each other until no better one is found, and chooses whole ones
// by branch and cut; it is never worth less than the greedy plan. Takes up to some seconds: off the request
// threads. Pure.
#pragma once

#include "services/venue/planner/task.h"

namespace kepu::venue {

struct PlannerOptions {
  // Choosing ends with it, with the best that was found.
  absl::Duration time_max = absl::Seconds(5);
  // Rounds of pricing: each adds the best routes of each caravan and day.
  int rounds = 40;
  // How far from the best possible the choice may stay.
  double gap = 0.005;
};

TourPlan PlanTours(const Task& task, const PlannerOptions& options = {});
// The best for its days first, each on the first day that is free.
TourPlan PlanGreedily(const Task& task);

// Why a place stands in no tour: no wished day lies in the period, it is too far for a crew, no caravan is
// free on its days, or others that are worth more took them.
inline constexpr char kNoWishedDay[] = "PLAN_NO_WISHED_DAY";
inline constexpr char kTooFar[] = "PLAN_TOO_FAR";
inline constexpr char kNoFreeCaravan[] = "PLAN_NO_FREE_CARAVAN";
inline constexpr char kLowerWeight[] = "PLAN_LOWER_WEIGHT";

}  // namespace kepu::venue
