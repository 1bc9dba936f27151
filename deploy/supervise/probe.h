// Asks a child whether it can be used: one short, bounded attempt over a Unix socket or loopback. Blocks for
// at most kProbeTimeout; called by the supervisor's only thread.
#pragma once

#include "absl/time/time.h"
#include "deploy/supervise/spec.h"

namespace kepu::supervise {

// A healthy child on this host answers in well under a millisecond; longer than this counts as "not yet".
inline constexpr absl::Duration kProbeTimeout = absl::Milliseconds(300);

// False while it is not ready, whatever the cause. kStarted is always true and kExit always false: the
// supervisor sees the end of a step by itself.
bool IsReady(const ChildSpec& child);

}  // namespace kepu::supervise
