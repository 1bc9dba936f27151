// Twenty thousand people in a waiting room: how fast they come in, how long after the second they see their
// place, what looking and booking cost, and what everybody else notices of it. On one thread.
#pragma once

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace kepu::bench {

void MeasureWaitingRoom(Rig& rig, Report& report, int people, double warm_seconds, double seconds);

}  // namespace kepu::bench
