// A plan of a visit day made row by row: whoever can go on first goes to the next course of the rotation.
// Quick and mostly enough; finding nothing says nothing. Pure; the same task and turn give the same plan.
#pragma once

#include <cstdint>
#include <optional>

#include "services/event/domain/visit_task.h"

namespace kepu::event {

// Turn 0 is the plain rotation; later ones try other orders.
std::optional<domain::VisitPlan> RotateGreedily(const domain::VisitTask& task, uint32_t turn);

// Minutes that the classes spend on the whole day: shorter plans are better ones.
int64_t LengthOf(const domain::VisitTask& task, const domain::VisitPlan& plan);

}  // namespace kepu::event
