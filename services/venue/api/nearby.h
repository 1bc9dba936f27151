// Spaces of other venues around that would do in place of one that is taken. On the executor.
#pragma once

#include <string>
#include <vector>

#include "services/venue/domain/occupancy.h"
#include "services/venue/store/read_model.h"

namespace kepu::venue {

// A class still gets there: half an hour by bus in the town.
inline constexpr double kNearbyKm = 10;

// Of the kind of the wish's only space, open and free then; the nearest first, at most kMaxOthers, one of
// each venue.
std::vector<std::string> NearbyFree(const ReadModel& model, const VenueState& state, const Wish& wish);

}  // namespace kepu::venue
