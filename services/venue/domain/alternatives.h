// The nearest times before and after a wish at which its spaces are free: by quarter hours inside opening
// hours, or by whole days. Pure.
#pragma once

#include "services/venue/domain/occupancy.h"

namespace kepu::venue {

// Nothing before `now` is offered. NotLoaded passes through.
absl::StatusOr<Alternatives> NearestFree(const VenueState& state, const Wish& wish,
                                         const calendar::OpeningRules& rules,
                                         const calendar::HolidayTable& holidays, absl::Time now);

}  // namespace kepu::venue
