#include "libs/chain/chain.h"

#include <sodium.h>

namespace kepu::chain {

Canonical& Canonical::Number(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(bits >> shift & 0xff));
  return *this;
}

Canonical& Canonical::Bytes(absl::string_view value) {
  Number(static_cast<int64_t>(value.size()));
  bytes_.append(value.data(), value.size());
  return *this;
}

std::string Hash(absl::string_view previous, const Canonical& record) {
  const std::string whole = Canonical().Bytes(previous).bytes() + record.bytes();
  std::string hash(kHashBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), nullptr, 0);
  return hash;
}

}  // namespace kepu::chain
