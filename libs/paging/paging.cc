#include "libs/paging/paging.h"

#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::paging {
namespace {

constexpr size_t kMinSecretBytes = 16;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kMaxTokenBytes = (kNonceBytes + kMaxSortKeyBytes + kTagBytes + 2) / 3 * 4;
constexpr size_t kDigestBytes = 16;
constexpr char kKeyContext[] = "kepu page tokens";

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// A defect of the caller's code, never of input.
[[noreturn]] void Defect(const char* what) {
  std::fputs(what, stderr);
  std::abort();
}

absl::Status BadToken() {
  return refusal::BadField(
      "page_token",
      "is not one that was answered to this request; leave it empty to begin with the first page");
}

}  // namespace

absl::StatusOr<size_t> PageSize(int32_t requested) {
  if (requested < 0) {
    return refusal::BadField("page_size", absl::StrCat("must not be negative; 0 gives ", kDefaultPageSize,
                                                       ", the most is ", kMaxPageSize));
  }
  return static_cast<size_t>(requested == 0 ? kDefaultPageSize : std::min(requested, kMaxPageSize));
}

std::string FilterDigest(std::initializer_list<absl::string_view> parts) {
  std::string joined;
  for (absl::string_view part : parts) absl::StrAppend(&joined, part.size(), ":", part);
  std::string digest(kDigestBytes, '\0');
  crypto_generichash(Bytes(digest), digest.size(), Bytes(absl::string_view(joined)), joined.size(), nullptr,
                     0);
  return digest;
}

Pager::Pager(absl::string_view secret) {
  if (sodium_init() < 0 || secret.size() < kMinSecretBytes)
    Defect("Pager: no libsodium, or too short a secret\n");
  static_assert(kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  crypto_generichash_state state;
  crypto_generichash_init(&state, Bytes(absl::string_view(kKeyContext)), sizeof(kKeyContext) - 1,
                          key_.size());
  crypto_generichash_update(&state, Bytes(secret), secret.size());
  crypto_generichash_final(&state, key_.data(), key_.size());
}

Pager::~Pager() { sodium_memzero(key_.data(), key_.size()); }

std::string Pager::Encode(absl::string_view filter_digest, absl::string_view sort_key) const {
  if (sort_key.empty()) return {};
  if (sort_key.size() > kMaxSortKeyBytes) Defect("Pager: a sort key is too long\n");
  std::string sealed(kNonceBytes + sort_key.size() + kTagBytes, '\0');
  // The nonce is a digest of what is sealed: the same page has the same token, so that answers can be kept
  // and compared, and two different ones never share a nonce.
  crypto_generichash_state state;
  crypto_generichash_init(&state, key_.data(), key_.size(), kNonceBytes);
  const std::string sizes = absl::StrCat(filter_digest.size(), ":");
  crypto_generichash_update(&state, Bytes(absl::string_view(sizes)), sizes.size());
  crypto_generichash_update(&state, Bytes(filter_digest), filter_digest.size());
  crypto_generichash_update(&state, Bytes(sort_key), sort_key.size());
  crypto_generichash_final(&state, Bytes(sealed), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonceBytes, nullptr, Bytes(sort_key),
                                             sort_key.size(), Bytes(filter_digest), filter_digest.size(),
                                             nullptr, Bytes(sealed), key_.data());
  return absl::WebSafeBase64Escape(sealed);
}

absl::StatusOr<std::string> Pager::Decode(absl::string_view token, absl::string_view filter_digest) const {
  if (token.empty()) return std::string();
  std::string sealed;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(token, &sealed) ||
      sealed.size() <= kNonceBytes + kTagBytes) {
    return BadToken();
  }
  std::string sort_key(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      Bytes(sort_key), nullptr, nullptr, Bytes(sealed) + kNonceBytes, sealed.size() - kNonceBytes,
      Bytes(filter_digest), filter_digest.size(), Bytes(sealed), key_.data());
  if (opened != 0) return BadToken();
  return sort_key;
}

void AppendNextPageToken(absl::string_view token, std::string* bytes) {
  constexpr char kTag = 2 << 3 | 2;
  if (token.empty()) return;
  bytes->push_back(kTag);
  for (uint64_t size = token.size(); true; size >>= 7) {
    const bool more = size >= 0x80;
    bytes->push_back(static_cast<char>((size & 0x7f) | (more ? 0x80 : 0)));
    if (!more) break;
  }
  bytes->append(token.data(), token.size());
}

}  // namespace kepu::paging
