#include "libs/rpc/grpc/library_log.h"

#include <grpc/support/log.h>

#include "libs/log/log.h"

namespace kepu::rpc {
namespace {

// Nothing that gRPC calls an error is one for the service: a peer went away, or a connection was bad.
void WriteLine(gpr_log_func_args* args) {
  const log::Level level =
      args->severity == GPR_LOG_SEVERITY_ERROR ? log::Level::kWarning : log::Level::kDebug;
  log::Write(level, "gRPC says", {{"text", args->message}, {"file", args->file}, {"line", args->line}});
}

}  // namespace

void RouteLibraryLog() { gpr_set_log_function(WriteLine); }

}  // namespace kepu::rpc
