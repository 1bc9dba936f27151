// Keys and signed tokens as an OpenID Connect provider makes them, for tests that play one. Immutable;
// thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::support {

class SigningKey {
 public:
  // RSA of 2,048 bits takes a moment; P-256 none.
  static SigningKey Rsa(std::string id, int bits = 2048);
  static SigningKey Ec(std::string id);

  // The public half, as an entry of a key set.
  std::string Jwk() const;
  // By "RS256", "PS256", "ES256"; by "HS256" with the public half as the secret, as a forger would; by "none"
  // nothing.
  std::string Sign(absl::string_view algorithm, absl::string_view text) const;
  // A whole token. `header` goes behind the algorithm and the key's id: ",\"crit\":[\"x\"]".
  std::string Token(absl::string_view algorithm, absl::string_view claims,
                    absl::string_view header = "") const;

 private:
  SigningKey(std::string id, std::shared_ptr<void> key) : id_(std::move(id)), key_(std::move(key)) {}
  std::string id_;
  std::shared_ptr<void> key_;  // EVP_PKEY
};

std::string Base64Url(absl::string_view bytes);
std::string Sha256(absl::string_view bytes);

}  // namespace kepu::support
