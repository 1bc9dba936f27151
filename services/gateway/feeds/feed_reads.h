// Calendar feeds in the OpenAPI document. Pure; thread-safe.
#pragma once

#include "services/gateway/transcode/openapi_reads.h"

namespace kepu::gateway::feeds {

transcode::PlainRead FeedRead();

}  // namespace kepu::gateway::feeds
