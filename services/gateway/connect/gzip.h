// Compressed messages of callers, unpacked within a bound: a few bytes must not become a heap. Pure;
// thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::connect {

// What a message may be once unpacked: as much as one that came as it is.
inline constexpr size_t kUnpackedBytesMax = 64 * 1024;
// Text of people packs to a fifth or so. Small messages are allowed more, because they cost nothing.
inline constexpr size_t kUnpackedRatioMax = 10;
inline constexpr size_t kUnpackedBytesFree = 4 * 1024;

// By the name of the encoding: empty and "identity" give the bytes as they are. UNIMPLEMENTED for one that is
// not known, INVALID_ARGUMENT for bytes that are not gzip, RESOURCE_EXHAUSTED for too much of it.
absl::StatusOr<std::string> Unpack(absl::string_view encoding, absl::string_view bytes);

// UNIMPLEMENTED for an encoding that is not known.
absl::Status CheckEncoding(absl::string_view encoding);

}  // namespace kepu::gateway::connect
