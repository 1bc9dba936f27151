// Serves one rpc::Service over gRPC by the callback API, without generated stubs: methods are registered from
// their descriptors and carry bytes. Also standard health checking, and reflection for developers. Owned by
// main; Start and Shutdown from one thread, the rest thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/service.h"

namespace kepu::metrics {
class Registry;
}

namespace kepu::rpc {

struct ServerOptions {
  // "unix:/run/kepu/event.sock", "127.0.0.1:0". Never an address of the public side.
  std::vector<std::string> listen;
  // Opens x-kepu-identity. Without one only the insecure development identity can be served.
  const IdentityOpener* identity = nullptr;
  // Believes x-kepu-dev-principal. Only for development and tests, only on loopback and unix sockets.
  bool insecure_dev_identity = false;
  bool reflection = false;
  // Largest request; the gateway refuses larger ones before.
  int receive_bytes_max = 256 * 1024;
  // For callers that give none: a read is answered from memory, a write waits for the disk.
  absl::Duration read_deadline = absl::Seconds(1);
  absl::Duration write_deadline = absl::Seconds(3);
  // A log line for one call in so many that went well, 0 for none; refused calls, at most so many lines a
  // second.
  uint32_t log_ok_every = 0;
  uint32_t log_refused_per_second = 100;
  // Whether health checks answer SERVING from the start, or only after SetServing(true).
  bool serving = true;
  // The process's registry when null.
  metrics::Registry* metrics = nullptr;
};

class GrpcServer {
 public:
  // `service` must be sealed and must outlive the server, like `executor`, of which only the clock is used.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const Service& service,
                                                           const executor::Executor& executor,
                                                           const ServerOptions& options);
  virtual ~GrpcServer() = default;

  // Of each `listen`; 1 for a unix socket.
  virtual const std::vector<int>& ports() const = 0;
  virtual void SetServing(bool serving) = 0;
  // Health says NOT_SERVING, streams end with UNAVAILABLE, new calls are turned away, those in flight have
  // `limit` to finish and are then cancelled. Returns when no call is left in gRPC; handlers may still hold
  // Calls, which then answer nobody. Once.
  virtual void Shutdown(absl::Duration limit) = 0;
};

}  // namespace kepu::rpc
