// How a call that failed, or a stream that ended, is told in Connect and in gRPC-Web. Only details of the
// kinds that are meant for callers go out, as over REST. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"

namespace kepu::gateway::connect {

// "not_found".
absl::string_view CodeName(int code);

// {"code":"not_found","message":"..","details":[{"type":"pkg.Msg","value":"<unpadded base64>"}]}
std::string ErrorJson(const google::rpc::Status& status);

// The last frame's payload of a Connect stream: {} when the status is OK, {"error":..} otherwise.
std::string EndOfStreamJson(const google::rpc::Status& status);

// The last frame's payload of gRPC-Web: grpc-status, grpc-message in percent-encoding and
// grpc-status-details-bin in unpadded base64, each on its line.
std::string TrailerLines(const google::rpc::Status& status);

}  // namespace kepu::gateway::connect
