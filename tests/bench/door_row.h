// The door of a science day: bookings of sessions that are about to start, checked in one after another by
// staff. Made for one run of the bench.
#pragma once

#include "tests/bench/rig.h"
#include "tests/bench/row.h"

namespace kepu::bench {

struct DoorRow {
  RowSpec row;
  // What Redis keeps of one check-in: the change of the record and the fact in the log.
  double bytes_per_check_in = 0;
};

// Books everything that the row checks in, which takes its time.
DoorRow MakeDoorRow(Rig& rig, bool quick);

}  // namespace kepu::bench
