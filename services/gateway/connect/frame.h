// The frames that Connect's streams and gRPC-Web wrap messages in: one byte of flags, the length in four
// bytes with the highest first, the message. Rules: the Connect and gRPC-Web specifications. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::connect {

inline constexpr uint8_t kFrameCompressed = 0x01;
inline constexpr uint8_t kFrameEndOfStream = 0x02;  // Connect: how the stream ended, as JSON
inline constexpr uint8_t kFrameTrailers = 0x80;     // gRPC-Web: the same as header lines
inline constexpr size_t kFrameHeadBytes = 5;

struct Frame {
  uint8_t flags = 0;
  absl::string_view payload;  // into the bytes given

  bool compressed() const { return (flags & kFrameCompressed) != 0; }
};

void AppendFrame(uint8_t flags, absl::string_view payload, std::string& out);

// The one message of a request: no method here takes several. UNIMPLEMENTED when there is none or another one
// behind it (so say both specifications), INVALID_ARGUMENT when it is cut short or has flags that no client
// sends.
absl::StatusOr<Frame> ReadOnlyFrame(absl::string_view bytes);

// The base64 of gRPC-Web's text form: pieces that were encoded apart follow each other, each with its own
// padding. Nothing when it is none.
std::optional<std::string> DecodeBase64Text(absl::string_view text);

}  // namespace kepu::gateway::connect
