// A REST request into the serialized message of its RPC: path variables, query parameters and body by the
// route's rule. Pure; thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

struct RestRequest {
  absl::string_view query = {};  // without the question mark
  absl::string_view body = {};
  absl::string_view idempotency_key = {};  // fills request_id when neither body nor query has one
  absl::string_view if_match = {};  // fills etag in the same way; of a GET it is compared with the answer
  // Where the caller is: overwrites client_address, which a caller may not say of itself.
  absl::string_view peer = {};
};

struct RestCall {
  std::string bytes;
  bool has_request_id = false;
  bool key_from_header = false;   // the request_id is the Idempotency-Key
  bool etag_from_header = false;  // the etag is If-Match
};

// INVALID_ARGUMENT with every violation that was found.
absl::StatusOr<RestCall> BuildRequest(const Match& match, const RestRequest& request);

}  // namespace kepu::gateway::transcode
