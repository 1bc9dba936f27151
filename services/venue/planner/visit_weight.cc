#include "services/venue/planner/visit_weight.h"

#include <algorithm>

#include "libs/travel/regions.h"

namespace kepu::venue {

VisitWeight WeightOf(absl::string_view district, int heads, int extra, std::optional<absl::Time> last_visit,
                     absl::Time now) {
  VisitWeight weight;
  weight.gap = kMaxGapWeight;
  if (last_visit) {
    const int64_t months = (now - *last_visit) / absl::Hours(24 * 30);
    weight.gap = static_cast<int>(std::clamp<int64_t>(months, 0, kMaxGapWeight));
  }
  const travel::Region region = travel::RegionOf(district);
  weight.region =
      region == travel::Region::kNorthEast || region == travel::Region::kSouthEast ? kRegionWeight : 0;
  weight.heads = std::clamp(heads / 100, 0, kMaxHeadsWeight);
  weight.extra = extra;
  return weight;
}

}  // namespace kepu::venue
