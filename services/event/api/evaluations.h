// When an event is over and what was counted of it, as the read model has it: what its evaluation and its
// retirement rest on. Any thread.
#pragma once

#include <string>

#include "services/event/api/context.h"
#include "services/event/domain/attendance.h"
#include "services/event/domain/evaluation.h"

namespace kepu::event {

// `event` is its name; its own end counts as well when it has one.
domain::EventEnd EndOfEvent(const Context& context, const v1::Event& event);
v1::Evaluation::Counted CountedOf(const Context& context, const v1::Event& event);

void Set(const domain::Heads3& heads, int32_t bookings, v1::Attendance* attendance);

}  // namespace kepu::event
