// Looks for a plan of a visit day by constraints: who is where in which order, completely, so that it also
// finds that there is none. The only place that knows the solver. Repeats exactly: it is bounded by the dead
// ends it runs into, not by time. Pure; takes up to a second: off the request threads.
#pragma once

#include <cstdint>
#include <optional>

#include "services/event/domain/visit_task.h"

namespace kepu::event {

struct SearchResult {
  std::optional<domain::VisitPlan> plan;
  bool none = false;  // there is no plan at all; false without a plan: it was given up
};

SearchResult SearchRotation(const domain::VisitTask& task, uint64_t dead_ends_max);

}  // namespace kepu::event
