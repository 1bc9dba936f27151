// The bytes of an HTTP response's head: status line, framing and the headers that every answer of the gateway
// carries, but for those that a page has of its own. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/gateway/http/server.h"

namespace kepu::gateway::http {

struct Framing {
  bool chunked = false;    // a stream, in chunks
  bool no_length = false;  // a stream that ends with the connection (HTTP/1.0)
  bool keep_alive = true;
  bool http_1_0 = false;
  bool secure = false;  // over TLS: browsers are told to come no other way
  size_t body_bytes = 0;
};

std::string RenderHead(const Response& response, const Framing& framing, absl::string_view date);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(absl::Time time);

void AppendChunk(absl::string_view piece, std::string& out);

}  // namespace kepu::gateway::http
