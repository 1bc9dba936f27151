// Public keys as others publish them (RFC 7517), and signatures by them: RS256, PS256 and ES256. Nothing
// symmetric: a key that everybody can read proves nothing. OpenSSL shows in key_set.cc only. Immutable;
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/jwt/token.h"

namespace kepu::jwt {

// A provider has two or three, while they rotate.
inline constexpr size_t kKeysMax = 32;

class Key {
 public:
  Key(std::string id, std::string type, std::string use, std::string algorithm, std::shared_ptr<void> key)
      : id_(std::move(id)),
        type_(std::move(type)),
        use_(std::move(use)),
        algorithm_(std::move(algorithm)),
        key_(std::move(key)) {}

  // As published; empty where nothing is said. `type` is "RSA" or "EC" (P-256).
  const std::string& id() const { return id_; }
  const std::string& type() const { return type_; }
  const std::string& use() const { return use_; }
  const std::string& algorithm() const { return algorithm_; }

  // Whether the token is signed by this key in the way that its header says.
  bool Signed(const Token& token) const;

 private:
  std::string id_, type_, use_, algorithm_;
  std::shared_ptr<void> key_;  // EVP_PKEY
};

// {"keys": […]}. Keys of kinds that are not understood here are left out, as the RFC asks; so are RSA keys
// under 2,048 bits. INVALID_ARGUMENT for what is no key set.
absl::StatusOr<std::vector<Key>> ParseKeySet(absl::string_view json);

}  // namespace kepu::jwt
