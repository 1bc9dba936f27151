// gRPC's own complaints as log lines of ours, so that standard error stays one JSON object per line.
#pragma once

namespace kepu::rpc {

// Process-wide; more than once does no harm. Thread-safe.
void RouteLibraryLog();

}  // namespace kepu::rpc
