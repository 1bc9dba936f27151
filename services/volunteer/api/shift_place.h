// Where shifts may be, and where that lies. Stateless; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

// INVALID_ARGUMENT unless the place is a venue or a caravan, and the stop, when there is one, is the
// caravan's. `prefix` is the path of both in the request ("shift.").
absl::Status CheckShiftPlace(const std::string& prefix, const std::string& place, const std::string& stop);

// Where a venue lies, as VenueClient::Find; of a caravan, which is elsewhere each day, nothing is known.
void FindPlace(const Context& context, const std::string& place, absl::Time deadline,
               std::function<void(absl::StatusOr<std::optional<v1::Whereabouts>>)> done);

}  // namespace kepu::volunteer
