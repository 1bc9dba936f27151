// The body of one request out of the bytes of its connection: by length or in chunks, within a limit. The
// HTTP library does it, behind this header. Owned by a Session; not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::gateway::http {

class BodyReader {
 public:
  enum class Progress { kMore, kDone, kTooLarge, kBad };

  BodyReader(size_t head_bytes_max, size_t body_bytes_max);
  ~BodyReader();

  // Takes what it can from the front of `in`, the head of the request first.
  Progress Take(std::string& in);
  size_t bytes() const { return bytes_; }
  // Once it is done.
  std::string body();

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
  size_t bytes_ = 0;
};

}  // namespace kepu::gateway::http
