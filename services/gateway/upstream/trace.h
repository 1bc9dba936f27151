// The W3C trace context of a call, hop by hop: the same trace, a new span for each call that the gateway
// makes. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "libs/executor/executor.h"

namespace kepu::gateway::upstream {

// "00-<32 hex>-<16 hex>-<2 hex>", neither id all zeros; lower case, as the standard asks.
bool IsTraceparent(absl::string_view text);

// What to send on: the trace of `traceparent` with a new span, or a trace of its own when it is none.
std::string NextHop(absl::string_view traceparent, executor::Random& random);

}  // namespace kepu::gateway::upstream
