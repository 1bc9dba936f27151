#include "services/venue/domain/registers.h"

#include <algorithm>

namespace kepu::venue {

std::string Registers::DistrictNow(absl::string_view district) const {
  // Mergers follow one another at most a few times; the bound stops a ring.
  for (int step = 0; step < 8; ++step) {
    const auto found =
        std::lower_bound(districts.begin(), districts.end(), district,
                         [](const District& one, absl::string_view name) { return one.name < name; });
    if (found == districts.end() || found->name != district || found->in_force || found->merged_into.empty())
      break;
    district = found->merged_into;
  }
  return std::string(district);
}

}  // namespace kepu::venue
