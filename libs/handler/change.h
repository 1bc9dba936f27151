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
  // One allocation for all that the command's three steps share; the last of them owns it.
  struct Steps {
    rpc::TypedCall<Request, Response> call;
    Decide decide;
    Encode encode;
    Response answer;
  };
  std::unique_ptr<Steps> owned(new Steps{std::move(call), std::move(decide), std::move(encode), {}});
  Steps* steps = owned.get();
  store::Command command;
  command.request_key = std::move(key);
  command.fingerprint = store::Fingerprint(steps->call.request());
  command.repeat = steps->call.context().repeat;
  command.resolve_only = steps->call.context().resolve_only;
  command.actor = steps->call.principal().name;
  command.lane = lane;
  command.deadline = steps->call.deadline();
  command.aggregates = std::move(aggregates);
  command.decide = [steps](store::View& view, absl::Time now) { return steps->decide(view, now); };
  command.encode = [steps](store::View& view) {
    steps->answer.Clear();
    return steps->encode(view, &steps->answer);
  };
  command.done = [owned = std::move(owned)](const store::Outcome& outcome) {
    if (!outcome.status.ok()) return owned->call.Fail(outcome.status);
    owned->call.Answer(owned->answer, {outcome.position.Pack(), outcome.replayed});
  };
  engine.Submit(partition, std::move(command));
}

}  // namespace kepu::handler
