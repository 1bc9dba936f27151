// What must be true of a session at any time, checked by tests, the simulator and the verifier. Needs all
// children. Pure.
#pragma once

#include "absl/status/status.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// INTERNAL naming the first thing that is wrong.
absl::Status CheckInvariants(const Session& session);

}  // namespace kepu::event::domain
