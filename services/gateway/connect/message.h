// The message of a call as the service will read it: JSON made into bytes, bytes passed on as they came, and
// beside either what the gateway alone may say or what stands in headers. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/transcode/method.h"

namespace kepu::gateway::connect {

// What is added to a message.
struct Beside {
  absl::string_view peer = {};             // overwrites client_address, which a caller may not say of itself
  absl::string_view idempotency_key = {};  // becomes the request_id of a message that has none
};

struct ReadyMessage {
  std::string bytes;
  bool has_request_id = false;
};

// `json` is read by the proto3 JSON mapping; what it does not know is ignored, as Connect says.
// INVALID_ARGUMENT with every violation that was found.
absl::StatusOr<ReadyMessage> FromJson(const transcode::Method& method, absl::string_view json,
                                      const Beside& beside);

// INVALID_ARGUMENT when the bytes are no message at all; whether they are this one the service sees.
absl::StatusOr<ReadyMessage> FromBytes(const transcode::Method& method, std::string bytes,
                                       const Beside& beside);

}  // namespace kepu::gateway::connect
