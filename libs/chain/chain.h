// Records that are chained by hashes, so that none can be changed, left out or put in unseen: a canonical
// form of values as bytes, and the hash of it with the hash before. Pure; thread-safe.
//
// The canonical form: each number as 8 bytes, the most significant first, in two's complement; each text or
// run of bytes as its length in such a number and then the bytes; a list as the number of its entries and
// then each. The order is that of the calls, so whoever writes a form says which values follow each other.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::chain {

class Canonical {
 public:
  Canonical& Number(int64_t value);
  Canonical& Bytes(absl::string_view value);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

inline constexpr size_t kHashBytes = 32;

// BLAKE2b-256, without a key, of the hash before (empty for the first) and the form of the record.
std::string Hash(absl::string_view previous, const Canonical& record);

}  // namespace kepu::chain
