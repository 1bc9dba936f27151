// Turns the bytes of a connection into replies, however they are cut. Replies are built directly as values;
// nothing of the parser shows. Owned by a connection; not thread-safe.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/redis/client.h"

namespace kepu::redis {

class ReplyReader {
 public:
  // A reply longer than this is taken for garbage: our largest are pages of a log, a few MB.
  static constexpr size_t kReplyBytesMax = size_t{256} * 1024 * 1024;

  ReplyReader();
  ~ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;

  // Takes bytes as they came. After an error nothing more can be read.
  absl::Status Feed(absl::string_view bytes);

  // True with the next complete reply in `reply`; false when more bytes are needed; an error when the bytes
  // are no RESP.
  absl::StatusOr<bool> Next(Reply* reply);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace kepu::redis
