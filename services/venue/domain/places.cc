#include "services/venue/domain/places.h"

#include "libs/travel/regions.h"

namespace kepu::venue {

travel::Place PlaceOf(absl::string_view name, absl::string_view district, const google::type::LatLng& at) {
  return {.name = std::string(name),
          .latitude = at.latitude(),
          .longitude = at.longitude(),
          .main_urban = travel::RegionOf(district) == travel::Region::kMainUrban};
}

travel::Place PlaceOf(const v1::Venue& venue) {
  return PlaceOf(venue.name(), venue.district(), venue.location());
}

}  // namespace kepu::venue
