// Between absl::Status with the details of libs/refusal and what gRPC sends: code, message, and
// google.rpc.Status in grpc-status-details-bin. Pure; thread-safe.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace kepu::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace kepu::rpc
