#include "libs/store/version.h"

#include <sodium.h>

#include <array>

namespace kepu::store {
namespace {

constexpr size_t kHeadPrefixBytes = kVersionBytes + 8;

void Append(uint64_t value, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift & 0xff));
}

uint64_t Read(absl::string_view bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = at; i < at + 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void Update(crypto_generichash_state* state, absl::string_view part) {
  const uint32_t size = static_cast<uint32_t>(part.size());
  crypto_generichash_update(state, reinterpret_cast<const unsigned char*>(&size), sizeof(size));
  crypto_generichash_update(state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
}

}  // namespace

Version Next(const Version& version, const log::v1::Fact& fact) {
  std::string before;
  Append(version.chain, &before);
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES_MIN);
  Update(&state, before);
  Update(&state, fact.cause());
  Update(&state, fact.actor());
  Update(&state, fact.body());
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
  crypto_generichash_final(&state, digest.data(), digest.size());
  return {version.counter + 1, Read({reinterpret_cast<const char*>(digest.data()), digest.size()}, 0)};
}

std::string EncodeVersion(const Version& version) {
  std::string bytes;
  if (version.absent()) return bytes;
  bytes.reserve(kVersionBytes);
  Append(version.counter, &bytes);
  Append(version.chain, &bytes);
  return bytes;
}

std::string EncodeHead(const StoredHead& head) {
  std::string bytes;
  bytes.reserve(kHeadPrefixBytes + head.head.size());
  Append(head.version.counter, &bytes);
  Append(head.version.chain, &bytes);
  Append(static_cast<uint64_t>(absl::ToUnixMicros(head.last_fact_time)), &bytes);
  bytes += head.head;
  return bytes;
}

std::optional<StoredHead> DecodeHead(absl::string_view bytes) {
  StoredHead head;
  if (bytes.empty()) return head;
  if (bytes.size() < kHeadPrefixBytes) return std::nullopt;
  head.version = {Read(bytes, 0), Read(bytes, 8)};
  head.last_fact_time = absl::FromUnixMicros(static_cast<int64_t>(Read(bytes, kVersionBytes)));
  head.head = std::string(bytes.substr(kHeadPrefixBytes));
  return head;
}

}  // namespace kepu::store
