// What facts about a session's dates change in it: another time, whom it waits for, what came in its way, who
// was told. Part of Apply and ApplyHead. Pure.
#pragma once

#include "absl/status/status.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// True when places may be offered from now on that could not be before.
bool ApplySchedule(record::SessionHead& head, const record::Fact& fact);
// With the head as it was before.
absl::Status ApplyScheduleChildren(Session& session, const record::Fact& fact);

}  // namespace kepu::event::domain
