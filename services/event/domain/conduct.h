// How somebody kept what was booked: marks for no-shows and late cancellations, and what they lead to. Soft
// rules, checked on what a read model knows. Pure.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "services/event/domain/rules.h"
#include "services/event/domain/school.h"

namespace kepu::event::domain {

struct ConductMark {
  absl::Time time;
  bool no_show = false;  // else a late cancellation, which counts half
};

// `marks` of an account, oldest first. Until when it books nothing more; InfinitePast: it was never barred.
absl::Time BarredUntil(const std::vector<ConductMark>& marks, const Rules& rules);

// `marks` of a school. It is served after others at `now`, for the term before.
bool IsServedLast(const std::vector<ConductMark>& marks, const Rules& rules, const SchoolRules& schools,
                  absl::Time now);

}  // namespace kepu::event::domain
