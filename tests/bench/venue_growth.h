// The venue service as a city fills it: 1,500 venues with 10,000 spaces and 500,000 reservations of them, and
// what a reservation and a month of a district cost then. Used on one thread.
#pragma once

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace kepu::bench {

// Adds the rows space_allocation, space_allocation_after_5e5, district_month with its p99, venue_memory.
void MeasureVenueGrowth(Rig& rig, Report& report, double warm_seconds, double seconds);

}  // namespace kepu::bench
