// From a request for a live stream to the stream or its refusal: who asks, whether they may watch, and the
// hub that goes on with it. Owned by main; Serve runs on the listener's thread.
#pragma once

#include <memory>

#include "services/gateway/gateway.h"
#include "services/gateway/live/hub.h"

namespace kepu::gateway::live {

// False when the request is for something else.
bool ServeLive(Gateway& gateway, Hub& hub, executor::Random& random,
               const std::shared_ptr<http::Exchange>& exchange);

}  // namespace kepu::gateway::live
