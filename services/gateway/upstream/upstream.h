// The services behind the gateway, by bytes: one call, or a stream of messages that is read at the reader's
// pace. Tests have their own; grpc_upstream.h is the one of production. Thread-safe; callbacks run on threads
// of the transport and must not block.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"
#include "libs/rpc/peer.h"

namespace kepu::gateway::upstream {

struct Target {
  std::string service;  // "event"
  std::string method;   // "/kepu.event.v1.EventService/GetEvent"
};

using Done = absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)>;

// A stream under way.
class Stream {
 public:
  virtual ~Stream() = default;
  // Asks for one message more: on_message runs once, or on_end.
  virtual void Next() = 0;
  // Ends it; on_end still runs.
  virtual void Cancel() = 0;
};

struct StreamCallbacks {
  absl::AnyInvocable<void(std::string bytes)> on_message;
  absl::AnyInvocable<void(absl::Status)> on_end;  // exactly once
};

struct ServiceHealth {
  std::string name;
  bool ready = false;
  // For operators: the state of each of its addresses. Never shown outside.
  std::string reason = "";
};

class Upstream {
 public:
  virtual ~Upstream() = default;
  // `context.deadline` is on SteadyNow's scale.
  virtual void Call(const Target& target, const rpc::Context& context, std::string request, Done done) = 0;
  // Nothing runs before the first Next.
  virtual std::shared_ptr<Stream> Open(const Target& target, const rpc::Context& context, std::string request,
                                       StreamCallbacks callbacks) = 0;
  virtual std::vector<ServiceHealth> Health() const = 0;
  virtual absl::Time SteadyNow() const = 0;
};

}  // namespace kepu::gateway::upstream
