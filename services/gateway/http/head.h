// The head of an HTTP/1.1 request read strictly: every form that two parsers could read differently is
// refused, so that no request can hide in another one behind a proxy. Pure; the views point into the bytes
// given. Thread-safe.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::gateway::http {

struct Header {
  absl::string_view name;
  absl::string_view value;
};

struct HeadLimits {
  size_t head_bytes = 16 * 1024;
  size_t fields = 64;
  size_t target_bytes = 4 * 1024;
};

struct Head {
  absl::string_view method;
  absl::string_view target;
  absl::string_view path;   // of the target, before the question mark
  absl::string_view query;  // after it
  bool http_1_0 = false;
  bool has_body = false;
  bool keep_alive = true;
  bool expects_continue = false;
  std::vector<Header> headers;

  // The value of the first header of that name in any case; empty when there is none.
  absl::string_view Find(absl::string_view name) const;
};

// 0 when `block`, which ends with its empty line, is well-formed; the HTTP status to refuse it with
// otherwise, and in `problem` why.
int ParseHead(absl::string_view block, const HeadLimits& limits, Head& head, const char*& problem);

// The same for the part that has arrived while the empty line has not: bytes that no well-formed head begins
// with are refused at once rather than at the time-out.
int CheckPartialHead(absl::string_view bytes, const HeadLimits& limits, const char*& problem);

}  // namespace kepu::gateway::http
