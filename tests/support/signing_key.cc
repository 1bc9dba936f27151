#include "tests/support/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kepu::support {
namespace {

constexpr int kCoordinateBytes = 32;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::shared_ptr<void> Owned(EVP_PKEY* key) {
  if (key == nullptr) std::abort();
  return {key, [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); }};
}

std::string Number(EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) std::abort();
  std::string out(static_cast<size_t>(bytes > 0 ? bytes : BN_num_bytes(number)), '\0');
  BN_bn2binpad(number, Bytes(out), static_cast<int>(out.size()));
  BN_free(number);
  return Base64Url(out);
}

// r and s one after another.
std::string Flat(absl::string_view der) {
  const unsigned char* at = Bytes(der);
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string out(2 * kCoordinateBytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), Bytes(out), kCoordinateBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), Bytes(out) + kCoordinateBytes, kCoordinateBytes);
  ECDSA_SIG_free(pair);
  return out;
}

}  // namespace

std::string Base64Url(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string Sha256(absl::string_view bytes) {
  std::string digest(EVP_MD_get_size(EVP_sha256()), '\0');
  EVP_Digest(bytes.data(), bytes.size(), Bytes(digest), nullptr, EVP_sha256(), nullptr);
  return digest;
}

SigningKey SigningKey::Rsa(std::string id, int bits) {
  return {std::move(id), Owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(bits)))};
}

SigningKey SigningKey::Ec(std::string id) {
  return {std::move(id), Owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"))};
}

std::string SigningKey::Jwk() const {
  EVP_PKEY* const key = static_cast<EVP_PKEY*>(key_.get());
  const std::string common =
      absl::StrCat(R"({"use":"sig")", id_.empty() ? "" : absl::StrCat(R"(,"kid":")", id_, "\""));
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    return absl::StrCat(common, R"(,"kty":"RSA","n":")", Number(key, OSSL_PKEY_PARAM_RSA_N, 0), R"(","e":")",
                        Number(key, OSSL_PKEY_PARAM_RSA_E, 0), "\"}");
  }
  return absl::StrCat(common, R"(,"kty":"EC","crv":"P-256","x":")",
                      Number(key, OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateBytes), R"(","y":")",
                      Number(key, OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateBytes), "\"}");
}

std::string SigningKey::Sign(absl::string_view algorithm, absl::string_view text) const {
  if (algorithm == "none") return "";
  if (algorithm == "HS256") {
    const std::string secret = Jwk();
    std::string mac(EVP_MD_get_size(EVP_sha256()), '\0');
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(text), text.size(), Bytes(mac),
         nullptr);
    return mac;
  }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* how = nullptr;
  EVP_DigestSignInit(context, &how, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key_.get()));
  if (algorithm == "PS256") {
    EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
  }
  size_t size = 0;
  EVP_DigestSign(context, nullptr, &size, Bytes(text), text.size());
  std::string signature(size, '\0');
  if (EVP_DigestSign(context, Bytes(signature), &size, Bytes(text), text.size()) != 1) std::abort();
  signature.resize(size);
  EVP_MD_CTX_free(context);
  return algorithm == "ES256" ? Flat(signature) : signature;
}

std::string SigningKey::Token(absl::string_view algorithm, absl::string_view claims,
                              absl::string_view header) const {
  const std::string id = id_.empty() ? "" : absl::StrCat(R"(,"kid":")", id_, "\"");
  const std::string text = absl::StrCat(
      Base64Url(absl::StrCat(R"({"alg":")", algorithm, "\"", id, header, "}")), ".", Base64Url(claims));
  return absl::StrCat(text, ".", Base64Url(Sign(algorithm, text)));
}

}  // namespace kepu::support
