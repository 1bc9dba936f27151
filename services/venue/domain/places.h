// Where things are, as travel times reckon with it. Pure; thread-safe.
#pragma once

#include "absl/strings/string_view.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/travel/travel.h"

namespace kepu::venue {

travel::Place PlaceOf(absl::string_view name, absl::string_view district, const google::type::LatLng& at);
travel::Place PlaceOf(const v1::Venue& venue);

}  // namespace kepu::venue
