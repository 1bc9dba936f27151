// The OpenAPI 3.0.3 document of the REST routes, made from the descriptors at start: parameters, bodies,
// answers, errors and who may, with the comments of the protos and examples. Pure; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

// The comment on what has a full name ("kepu.venue.v1.Venue.name"); empty without one.
using Comments = std::function<absl::string_view(absl::string_view)>;

// `version` is the release that runs.
std::string OpenApi(const RouteTable& table, absl::string_view version, const Comments& comments = nullptr);

}  // namespace kepu::gateway::transcode
