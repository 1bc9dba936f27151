// What a time in which spaces are closed is in the way of: found anew whenever it is asked for, so that it is
// true then. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/interval_set.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// Names listed with a closure or a retirement; the count goes on.
inline constexpr int kMaxHits = 100;

struct Extent {
  std::vector<std::string> spaces;  // ids; none: all of the venue
  calendar::Interval interval;
};
Extent ExtentOf(const v1::Closure& closure);
Extent ExtentBefore(const v1::Closure& closure);

struct Hits {
  std::vector<std::string> names;  // at most kMaxHits, by start
  int count = 0;
};
// Allocations and exhibitions that take a space of the extent.
absl::StatusOr<Hits> HitsOf(const VenueState& state, absl::string_view venue, Extent extent);

// The closure with its hits, and what its last change freed and newly hit. `routes` are the published ones
// that stop at the venue; they are hit where all of it is closed.
absl::Status FillConsequences(const VenueState& state, absl::string_view venue,
                              const std::vector<v1::ClosureHit>& routes, v1::Closure& closure);

}  // namespace kepu::venue
