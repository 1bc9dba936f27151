// Whether a place has room for more people, as its read model knows it: a soft rule, looked at before a
// decision and never part of one. Thread-safe.
#pragma once

#include <string>

#include "services/event/api/context.h"

namespace kepu::event {

// PLACE_CROWDED where so many more between two instants would be more than the place's rules say; what begins
// later than some hours from now is not looked at.
absl::Status RoomInside(const Context& context, const std::string& place, absl::Time from, absl::Time until,
                        int64_t heads);

// Tells staff by how much the place is too full, with the session as it is after the decision.
void WarnIfCrowded(const Context& context, const domain::record::SessionHead& head, v1::Booking* answer);

}  // namespace kepu::event
