#include "libs/rpc/grpc/library.h"

#include <grpc/support/log.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>

#include "absl/synchronization/mutex.h"
#include "libs/log/log.h"

namespace kepu::rpc {
namespace {

// Nothing that gRPC calls an error is one for the service: a peer went away, or a connection was bad.
void WriteLine(gpr_log_func_args* args) {
  const log::Level level =
      args->severity == GPR_LOG_SEVERITY_ERROR ? log::Level::kWarning : log::Level::kDebug;
  log::Write(level, "gRPC says", {{"text", args->message}, {"file", args->file}, {"line", args->line}});
}

// One call that was late before it began, on a channel that is never closed. It holds what gRPC 1.51 counts
// references to: when the last server and channel of a process go, the library ends its callback threads
// while one of them may still be on its way out, and aborts.
struct Keeper {
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel("unix:/nowhere", grpc::InsecureChannelCredentials());
  grpc::GenericStub stub{channel};
  grpc::ClientContext context;
  const grpc::Slice nothing;
  grpc::ByteBuffer request{&nothing, 1}, response;

  Keeper() {
    context.set_deadline(std::chrono::system_clock::time_point());
    stub.UnaryCall(&context, "/kepu.Keeper/Keep", {}, &request, &response, [](const grpc::Status&) {});
  }
};

}  // namespace

void PrepareLibrary() {
  // Debian builds Abseil with its search for lock cycles on; gRPC takes many locks, and profiles showed the
  // search.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  gpr_set_log_function(WriteLine);
  // A channel without calls is looked after only so often, by default every five seconds: a service that came
  // back would be taken for one that is down for as long.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "250", /*overwrite=*/0);
  // Volatile, or the compiler sees that nobody reads it, and a leak checker that nobody holds it.
  static const Keeper* const volatile keeper = new Keeper();
  static_cast<void>(keeper);
}

}  // namespace kepu::rpc
