// Rows of what takes more than one step: a class booked against its school's calendar and quota, a volunteer
// signed up against their own time. What they need is made when the rows are. Owned by main; the requests are
// made on any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/rig.h"
#include "tests/bench/row.h"

namespace kepu::bench {

// The venues "venues/bench-0" and on, more than a page; again, nothing changes.
void MakeVenues(Rig& rig);

// Those rows that are `wanted` by name. `sessions`: where classes are booked. `quick`: enough for
// one short round.
std::vector<RowSpec> MakeTownRows(Rig& rig, const std::vector<std::string>& sessions, bool quick,
                                  const std::function<bool(const std::string&)>& wanted);

}  // namespace kepu::bench
