// One REST request from its route to its answer: identity, request message, call or stream, JSON. It lives
// until it is answered, held by what it waits for. Thread-safe as its steps follow one another.
#pragma once

#include <memory>
#include <string>

#include "services/gateway/gateway.h"

namespace kepu::gateway {

void StartRestCall(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, transcode::Match match,
                   std::string request_id);

}  // namespace kepu::gateway
