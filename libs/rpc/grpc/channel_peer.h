// Calls another service over gRPC by bytes: a few channels to each of its addresses, taken in turn, skipping
// those that are down. Sends no call twice; what was not answered is for the caller to ask again with the
// repeat mark. Owned by main or the gateway; must be destroyed before its executor. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/peer.h"

namespace kepu::rpc {

// What a hop keeps for itself of the time left, so that the callee gives up before its caller does.
inline constexpr absl::Duration kHopMargin = absl::Milliseconds(20);

struct ChannelPeerOptions {
  // "unix:/run/kepu/event.sock", "127.0.0.1:7001", "dns:///event:7001" (every address behind the name, in
  // turn).
  std::vector<std::string> addresses;
  int channels_per_address = 2;
  // Seals the principal for the callee. Null: the insecure development identity, which only servers in that
  // mode believe.
  const IdentitySealer* sealer = nullptr;
  // For contexts whose deadline is InfiniteFuture.
  absl::Duration default_deadline = absl::Seconds(3);
  // Beyond it calls are refused at once: a callee that hangs must not take the memory of its callers.
  size_t in_flight_max = 4096;
  // Largest answer: a page of 100 with everything in it is far below.
  int receive_bytes_max = 4 * 1024 * 1024;
};

class ChannelPeer : public Peer {
 public:
  static absl::StatusOr<std::unique_ptr<ChannelPeer>> Make(executor::Executor& executor,
                                                           const ChannelPeerOptions& options);
};

}  // namespace kepu::rpc
