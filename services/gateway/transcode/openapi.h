// The OpenAPI 3.0.3 document of the REST routes, made from the descriptors at start. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

// `version` is the release that runs.
std::string OpenApi(const RouteTable& table, absl::string_view version);

}  // namespace kepu::gateway::transcode
