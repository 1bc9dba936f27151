// A way to call methods of another service by bytes: gRPC in production (rpc/grpc), direct in the simulator,
// where calls are delayed, lost and repeated. Thread-safe; completions run on the executor given at
// construction.
#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/rpc/call.h"

namespace kepu::rpc {

struct PeerAnswer {
  std::string bytes;
  AnswerInfo info;
};

class Peer {
 public:
  virtual ~Peer() = default;
  // `context` is what the callee will see: principal, repeat mark, deadline (on the caller's steady scale).
  // UNAVAILABLE and DEADLINE_EXCEEDED mean that the outcome is unknown.
  virtual void Call(absl::string_view full_method, const Context& context, std::string request,
                    absl::AnyInvocable<void(absl::StatusOr<PeerAnswer>)> done) = 0;
};

// Calls a method and parses its answer.
template <class Response, class Request>
void CallTyped(Peer& peer, absl::string_view full_method, const Context& context, const Request& request,
               absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  peer.Call(full_method, context, request.SerializeAsString(),
            [done = std::move(done)](absl::StatusOr<PeerAnswer> answer) mutable {
              if (!answer.ok()) return done(answer.status());
              Response response;
              if (!response.ParseFromString(answer->bytes))
                return done(absl::InternalError("unreadable answer"));
              done(std::move(response));
            });
}

}  // namespace kepu::rpc
