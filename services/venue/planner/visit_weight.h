// What reaching a place is worth: how long nobody came, whether its region comes first (the strengthening of
// the north-east and the south-east), how many it reaches, and what the planner adds. Pure; thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::venue {

inline constexpr int kBaseWeight = 10;
// A point for each month without a visit; who was never visited waits the longest.
inline constexpr int kMaxGapWeight = 24;
inline constexpr int kRegionWeight = 12;
// A point for each hundred heads.
inline constexpr int kMaxHeadsWeight = 10;

struct VisitWeight {
  int base = kBaseWeight;
  int gap = 0;
  int region = 0;
  int heads = 0;
  int extra = 0;
  int total() const { return base + gap + region + heads + extra; }
};

VisitWeight WeightOf(absl::string_view district, int heads, int extra, std::optional<absl::Time> last_visit,
                     absl::Time now);

}  // namespace kepu::venue
