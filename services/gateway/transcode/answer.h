// What a call came to, as an HTTP answer in REST's shape: messages as JSON, refusals as google.rpc.Status
// JSON or application/problem+json. What it answers depends on its arguments alone; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/kept_json.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

struct Answer {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// HTTP status of a google.rpc code (the same table in Connect and in grpc-gateway 2).
int HttpStatusOf(int code);

// Knows the JSON forms of every answer of the table and of the error details.
class AnswerWriter {
 public:
  explicit AnswerWriter(const RouteTable& table);

  // An answer from the serialized response; adds ETag and the Link to the next page where the message has
  // them. `target` is what was asked, for that Link. INTERNAL when the bytes are not that message.
  Answer Success(const Route& route, const std::string& bytes, absl::string_view target) const;

  // One line of a stream: {"result":...} and a line feed; empty when the bytes are not that message.
  std::string StreamLine(const Route& route, const std::string& bytes) const;
  std::string StreamError(const google::rpc::Status& status) const;

  // `http_status` 0 means by the code. `accept` is the request's header.
  Answer Failure(const google::rpc::Status& status, absl::string_view accept, int http_status = 0) const;
  Answer Failure(const absl::Status& status, absl::string_view accept, int http_status = 0) const;

 private:
  // Null when the bytes are not that message.
  std::shared_ptr<KeptJson::Entry> Print(const Route& route, const std::string& bytes) const;
  void AppendStatus(const google::rpc::Status& status, std::string& out) const;

  JsonWriter json_;
  mutable KeptJson kept_;
};

}  // namespace kepu::gateway::transcode
