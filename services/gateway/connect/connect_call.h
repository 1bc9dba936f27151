// One call by Connect or gRPC-Web, from its request to the last byte of its answer: unary by POST and GET,
// and server streams. A call keeps itself alive through what it waits for; callbacks come on any thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "services/gateway/connect/rpc_table.h"
#include "services/gateway/gateway.h"

namespace kepu::gateway::connect {

// `gateway` and `rpcs` outlive the call.
void StartCall(Gateway& gateway, const RpcTable& rpcs, std::shared_ptr<http::Exchange> exchange,
               std::string request_id);

// Whether a request speaks Connect or gRPC-Web, so that who refuses it before it is a call answers with
// Refusal.
bool Speaks(const http::Head& head);

// A refusal in the shape of the protocol that the request speaks; in REST's when it speaks none of these.
http::Response Refusal(const transcode::AnswerWriter& writer, const http::Head& head,
                       const absl::Status& status, const std::string& request_id);

}  // namespace kepu::gateway::connect
