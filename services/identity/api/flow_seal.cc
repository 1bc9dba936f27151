#include "services/identity/api/flow_seal.h"

#include <sodium.h>

#include "absl/strings/escaping.h"
#include "libs/auth/secret_file.h"

namespace kepu::identity::api {
namespace {

constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string SealFlow(absl::string_view key, const log::v1::FlowRecord& flow) {
  const std::string plain = flow.SerializeAsString();
  std::string sealed = auth::RandomBytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonceBytes, nullptr,
                                             Bytes(absl::string_view(plain)), plain.size(), nullptr, 0,
                                             nullptr, Bytes(sealed), Bytes(key));
  return auth::ToBase64Url(sealed);
}

std::optional<log::v1::FlowRecord> OpenFlow(absl::string_view key, absl::string_view sealed) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(sealed, &bytes) || bytes.size() <= kNonceBytes + kTagBytes)
    return std::nullopt;
  std::string plain(bytes.size() - kNonceBytes - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      Bytes(plain), nullptr, nullptr, Bytes(absl::string_view(bytes)) + kNonceBytes,
      bytes.size() - kNonceBytes, nullptr, 0, Bytes(absl::string_view(bytes)), Bytes(key));
  log::v1::FlowRecord flow;
  if (opened != 0 || !flow.ParseFromString(plain)) return std::nullopt;
  return flow;
}

}  // namespace kepu::identity::api
