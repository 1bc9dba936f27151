// All that others have put at a venue, gathered from what the service follows and from its own routes and
// tours. On the executor.
#pragma once

#include <string>

#include "services/venue/api/call_context.h"
#include "services/venue/domain/around.h"

namespace kepu::venue {

// For the venue of that id; keeps `context`.
LookAround LookAroundVenue(const CallContext& context, const std::string& venue);

}  // namespace kepu::venue
