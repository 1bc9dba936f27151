// The opening of a popular shift: five thousand volunteers who all want one of two hundred places, at the
// pace of a minute and all at once; and that not one place too many was given. On one thread.
#pragma once

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace kepu::bench {

void MeasureVolunteerRush(Rig& rig, Report& report, int people, int places, double minute_seconds);

}  // namespace kepu::bench
