#include "libs/jwt/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "absl/cleanup/cleanup.h"

namespace kepu::jwt {
namespace {

constexpr int kRsaBitsMin = 2048;
// Longer ones only cost time.
constexpr size_t kNumberBytesMax = 1024;
constexpr size_t kCoordinateBytes = 32;  // of P-256

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BIGNUM* NumberOf(absl::string_view bytes) {
  return BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr);
}

// Takes the builder's parameters; null when they make no key.
std::shared_ptr<void> MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  const absl::Cleanup free_all = [&] {
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(context);
  };
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context) <= 0 ||
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0) {
    return nullptr;
  }
  return {key, [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); }};
}

std::shared_ptr<void> RsaKey(const google::protobuf::Struct& published) {
  std::string n, e;
  if (!DecodeBase64Url(TextOf(published, "n"), &n) || !DecodeBase64Url(TextOf(published, "e"), &e) ||
      n.size() > kNumberBytesMax || e.empty() || e.size() > sizeof(uint64_t)) {
    return nullptr;
  }
  BIGNUM* modulus = NumberOf(n);
  BIGNUM* exponent = NumberOf(e);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  const absl::Cleanup free_all = [&] {
    BN_free(modulus);
    BN_free(exponent);
    OSSL_PARAM_BLD_free(builder);
  };
  if (BN_num_bits(modulus) < kRsaBitsMin || !BN_is_odd(exponent) || BN_is_one(exponent)) return nullptr;
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
  return MakeKey("RSA", builder);
}

std::shared_ptr<void> EcKey(const google::protobuf::Struct& published) {
  std::string x, y;
  if (TextOf(published, "crv") != "P-256" || !DecodeBase64Url(TextOf(published, "x"), &x) ||
      !DecodeBase64Url(TextOf(published, "y"), &y) || x.size() != kCoordinateBytes ||
      y.size() != kCoordinateBytes) {
    return nullptr;
  }
  const std::string point = "\x04" + x + y;
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  const absl::Cleanup free_builder = [builder] { OSSL_PARAM_BLD_free(builder); };
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return MakeKey("EC", builder);
}

// r and s one after another, as tokens have them, in the form that OpenSSL reads; empty for another size.
std::string DerOf(absl::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return "";
  ECDSA_SIG* pair = ECDSA_SIG_new();
  const absl::Cleanup free_pair = [pair] { ECDSA_SIG_free(pair); };
  ECDSA_SIG_set0(pair, NumberOf(signature.substr(0, kCoordinateBytes)),
                 NumberOf(signature.substr(kCoordinateBytes)));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair, &der);
  if (size <= 0) return "";
  std::string text(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

bool Key::Signed(const Token& token) const {
  const bool rsa = token.algorithm == "RS256" || token.algorithm == "PS256";
  if (type_ != (rsa ? "RSA" : "EC") || (!rsa && token.algorithm != "ES256")) return false;
  const std::string signature = rsa ? token.signature : DerOf(token.signature);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const absl::Cleanup free_context = [context] { EVP_MD_CTX_free(context); };
  EVP_PKEY_CTX* how = nullptr;
  if (EVP_DigestVerifyInit(context, &how, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key_.get())) != 1)
    return false;
  if (token.algorithm == "PS256" && (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) <= 0 ||
                                     EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) <= 0)) {
    return false;
  }
  return EVP_DigestVerify(context, Bytes(signature), signature.size(), Bytes(token.signed_text),
                          token.signed_text.size()) == 1;
}

absl::StatusOr<std::vector<Key>> ParseKeySet(absl::string_view json) {
  absl::StatusOr<google::protobuf::Struct> set = ParseObject(json);
  if (!set.ok()) return set.status();
  const auto it = set->fields().find("keys");
  if (it == set->fields().end() || !it->second.has_list_value())
    return absl::InvalidArgumentError("a key set has a list of keys");
  std::vector<Key> keys;
  for (const google::protobuf::Value& value : it->second.list_value().values()) {
    const google::protobuf::Struct& published = value.struct_value();
    const std::string type = TextOf(published, "kty");
    std::shared_ptr<void> key = type == "RSA" ? RsaKey(published) : type == "EC" ? EcKey(published) : nullptr;
    if (key == nullptr || keys.size() >= kKeysMax) continue;
    keys.emplace_back(TextOf(published, "kid"), type, TextOf(published, "use"), TextOf(published, "alg"),
                      std::move(key));
  }
  return keys;
}

}  // namespace kepu::jwt
