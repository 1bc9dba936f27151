// Binds a changing call to the engine: request key, fingerprint, repeat marks, deadline, and the answer with
// its position. A handler is then five steps: decode, name the partition and aggregates, decide, encode.
// Stateless; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/rpc/call.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"

namespace kepu::handler {

// Request key of a call: who, which method, which request id.
template <class Request, class Response>
store::RequestKey KeyOf(const store::KeyMaker& keys, const rpc::TypedCall<Request, Response>& call) {
  return keys.MakeKey(call.principal().name.empty() ? call.principal().service : call.principal().name,
                      Request::descriptor()->full_name(), call.request().request_id());
}

// `decide` and `encode` capture by value what they need of the request; both may run several times.
//   decide(View&, now) -> Status: a refusal, NotLoaded, or OK after View::Emit
//   encode(View&, Response*) -> Status: fills the answer from the state after the decision
template <class Request, class Response, class Decide, class Encode>
void Change(store::Engine& engine, uint32_t partition, store::Lane lane, store::RequestKey key,
            std::vector<std::string> aggregates, rpc::TypedCall<Request, Response> call, Decide decide,
            Encode encode) {
  auto answer = std::make_shared<Response>();
  store::Command command;
  command.request_key = std::move(key);
  command.fingerprint = store::Fingerprint(call.request());
  command.repeat = call.context().repeat;
  command.resolve_only = call.context().resolve_only;
  command.actor = call.principal().name;
  command.lane = lane;
  command.deadline = call.deadline();
  command.aggregates = std::move(aggregates);
  command.decide = std::move(decide);
  command.encode = [answer, encode = std::move(encode)](store::View& view) mutable {
    answer->Clear();
    return encode(view, answer.get());
  };
  auto shared = std::make_shared<rpc::TypedCall<Request, Response>>(std::move(call));
  command.done = [answer, shared](const store::Outcome& outcome) {
    if (!outcome.status.ok()) return shared->Fail(outcome.status);
    shared->Answer(*answer, {outcome.position.Pack(), outcome.replayed});
  };
  engine.Submit(partition, std::move(command));
}

}  // namespace kepu::handler
