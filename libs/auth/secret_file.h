// Secrets lie in files that only their owner may read; never in arguments, the environment or logs. Read once
// at start-up by main.cc, which owns the result. Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::auth {

// A key of ours is 32 bytes; a file holds them raw or as 64 hex digits with an optional line end.
inline constexpr size_t kSecretBytes = 32;
// Secret texts (one-time codes) are short; a longer file is not one.
inline constexpr size_t kMaxSecretFileBytes = 4096;

// The content of a regular file that nobody but its owner (us or root) may read or write; FAILED_PRECONDITION
// naming the path and what to do otherwise.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// The same, decoded to exactly kSecretBytes.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

// A key for one purpose, derived from a master key, so that one file serves many uses and none can stand in
// for another.
std::string DeriveKey(absl::string_view master, absl::string_view purpose);

// Unguessable bytes for tokens, from the operating system.
std::string RandomBytes(size_t count);

// Compares secrets in a time that does not tell where they differ.
bool SameSecret(absl::string_view a, absl::string_view b);

// Keyless BLAKE2b-256, for tokens that are themselves 256 random bits.
std::string TokenDigest(absl::string_view token);

// URL-safe base64 without padding.
std::string ToBase64Url(absl::string_view bytes);

}  // namespace kepu::auth
