// What a time in which spaces are closed is in the way of: found anew whenever it is asked for, so that it is
// true then. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/interval_set.h"
#include "services/venue/domain/around.h"
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
  std::vector<std::string> unknown_of = {};  // services of which something may be missing
};
// Allocations and exhibitions that take a space of the extent.
absl::StatusOr<Hits> HitsOf(const VenueState& state, absl::string_view venue, Extent extent);

// These and all that is around; a session stands for the allocation that it holds, routes come last.
absl::StatusOr<Hits> AllHitsOf(const VenueState& state, absl::string_view venue, const Extent& extent,
                               const LookAround& look);

// The closure with its hits, and what its last change freed and newly hit.
absl::Status FillConsequences(const VenueState& state, absl::string_view venue, const LookAround& look,
                              v1::Closure& closure);

}  // namespace kepu::venue
