// What a call came to, as an HTTP answer in REST's shape: messages as JSON, refusals as google.rpc.Status
// JSON or application/problem+json. What it answers depends on its arguments alone; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

struct Answer {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// A response as JSON, and what of it goes into headers.
struct Printed {
  std::string body;
  std::string etag;
  std::string next_page_token;
  std::string location;  // where a POST's new resource is read; empty when it is not
};

// How the messages of a stream go out: lines of JSON ({"result":...}, at the end {"error":...}), or as
// server-sent events, where an error is an event of that name.
enum class StreamForm { kLines, kEvents };

// The answer around a printed response: ETag, Location, and the Link to the next page where there is one.
// `target` is what was asked, for that Link.
Answer Success(const Route& route, Printed printed, absl::string_view target);

// HTTP status of a google.rpc code (the same table in Connect and in grpc-gateway 2).
int HttpStatusOf(int code);

// Knows the JSON forms of every answer of the table and of the error details.
class AnswerWriter {
 public:
  // The table must outlive it.
  explicit AnswerWriter(const RouteTable& table);

  // nullopt when the bytes are not the route's response.
  std::optional<Printed> Print(const Route& route, const std::string& bytes) const;

  // An answer from the serialized response; a RawBody goes out as it is. INTERNAL when the bytes are not that
  // message.
  Answer Success(const Route& route, const std::string& bytes, absl::string_view target) const;

  // A piece of a stream of raw bytes, with the content type that it gives. INTERNAL when the bytes are none.
  Answer RawPiece(const std::string& bytes) const;

  // One message of a stream; empty when the bytes are not that message.
  std::string StreamPiece(const Route& route, const std::string& bytes, StreamForm form) const;
  std::string StreamError(const google::rpc::Status& status, StreamForm form) const;

  // `http_status` 0 means by the code. `accept` is the request's header.
  Answer Failure(const google::rpc::Status& status, absl::string_view accept, int http_status = 0) const;
  Answer Failure(const absl::Status& status, absl::string_view accept, int http_status = 0) const;

 private:
  void AppendStatus(const google::rpc::Status& status, std::string& out) const;

  std::string LocationOf(const Route& route, const std::string& name) const;

  const RouteTable& table_;
  JsonWriter json_;
};

}  // namespace kepu::gateway::transcode
