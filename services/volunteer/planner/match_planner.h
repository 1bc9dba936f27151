// Proposes who serves in the open shifts of a period. Time is cut into slices whose shifts all run at once,
// so that nobody can serve in two of a slice; they are solved one after another, each exactly (slice_flow.h),
// and what stays empty is then sought by moving people who are in other shifts.
//
// What is guaranteed: everybody proposed is eligible, available, free with rest and way, and within the hours
// and the shifts a week they said, all their proposed shifts counted. A slice by itself is filled as far as
// it can be, and at the least cost. Over several slices the most is not guaranteed, since the choice of one
// slice binds the next: whoever is free for an empty place at the end is in it, and where moving a few people
// fills one more place they are moved, as long as the bound on such steps lasts.
//
// Costs, the lower the better: the way from where they are or live, their wishes, the hours they served
// already and, growing by its square, how often they are proposed; shifts that start sooner are filled first.
//
// Pure; the same task gives the same plan. Seconds for 10,000 volunteers and 3,000 shifts: off the request
// threads.
#pragma once

#include "services/volunteer/domain/match_task.h"

namespace kepu::volunteer {

domain::MatchPlan PlanMatch(const domain::MatchTask& task, const domain::Rules& rules);

}  // namespace kepu::volunteer
