// The OpenAPI 3.0.3 document of the REST routes, made from the descriptors at start: parameters, bodies,
// answers, errors and who may, with the comments of the protos and examples. Pure; thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/gateway/transcode/openapi_reads.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

// The comment on what has a full name ("kepu.venue.v1.Venue.name"); empty without one.
using Comments = std::function<absl::string_view(absl::string_view)>;

// `version` is the release that runs; `reads` are served beside the methods. One whose path a method has,
// too, adds its parameters and description to the method's.
std::string OpenApi(const RouteTable& table, absl::string_view version, const Comments& comments = nullptr,
                    const std::vector<PlainRead>& reads = {});

}  // namespace kepu::gateway::transcode
