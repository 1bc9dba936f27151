#include "services/event/domain/lottery.h"

#include <sodium.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kepu::event::domain {

std::string HexDigest(absl::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

std::string Commitment(absl::string_view secret) { return HexDigest(secret); }

std::string SeedOf(absl::string_view secret, absl::string_view wishes_digest) {
  return HexDigest(absl::StrCat(secret, "\n", wishes_digest));
}

std::string DrawOf(absl::string_view seed, absl::string_view school) {
  return HexDigest(absl::StrCat(seed, "\n", school));
}

std::string DrawOf(absl::string_view seed, absl::string_view school, absl::string_view school_class) {
  return HexDigest(absl::StrCat(seed, "\n", school, "\n", school_class));
}

}  // namespace kepu::event::domain
