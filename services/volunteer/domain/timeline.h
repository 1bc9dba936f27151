// What stands in the way of one more assignment: overlap with rest and travel, hours of the local day and of
// the week. The one check behind the person's decision, the shifts that are shown to a volunteer and the
// proposals of coordinators, so that they agree. Pure functions on values.
#pragma once

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

// A stretch of somebody's time at a place. It points at what it was made of, which outlives it.
struct Stretch {
  int64_t start_us = 0;
  int64_t end_us = 0;
  // Local day on which it starts, in days since 1970. It counts wholly there and in that week.
  int32_t day = 0;
  // Empty: nowhere, or not known.
  absl::string_view place;
  // Null: not known.
  const v1::Whereabouts* where = nullptr;
};

// Days since 1970 of the local day, and of the Monday of its week.
int32_t DayNumber(int64_t time_us);
int32_t MondayOf(int32_t day);
// The local midnight with which the day begins.
int64_t DayStart(int32_t day);

Stretch StretchOf(const record::Assignment& assignment);

// The way from one to the other by what is known of their places; zero within one place. At most kTravelMax.
absl::Duration WayBetween(const Stretch& from, const Stretch& to, const Rules& rules);

struct Obstacle {
  enum Kind { kNone, kOverlaps, kDay, kWeek };
  Kind kind = kNone;
  // kOverlaps: with which of them, and how much must lie between.
  size_t with = 0;
  absl::Duration gap;
  // kDay, kWeek: hours that stand there already.
  absl::Duration have;
};

// What keeps `wanted` out of a time line that has `taken`, in any order; overlaps first.
Obstacle FindObstacle(std::span<const Stretch> taken, const Stretch& wanted, const Rules& rules);

}  // namespace kepu::volunteer::domain
