// Live streams in the OpenAPI document: one address for each kind of topic, and the one for several at once.
// Pure; thread-safe.
#pragma once

#include <vector>

#include "services/gateway/transcode/openapi_reads.h"

namespace kepu::gateway::live {

std::vector<transcode::PlainRead> LiveReads();

}  // namespace kepu::gateway::live
