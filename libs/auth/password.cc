#include "libs/auth/password.h"

#include <sodium.h>

#include "libs/auth/secret_file.h"

namespace kepu::auth {

PasswordHasher::PasswordHasher(std::string pepper, PasswordCost cost)
    : pepper_(std::move(pepper)), cost_(cost) {
  if (absl::StatusOr<std::string> hash = Hash(RandomBytes(kSecretBytes)); hash.ok())
    nobody_ = *std::move(hash);
}

std::string PasswordHasher::Peppered(absl::string_view password) const {
  std::string out(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(password.data()), password.size(),
                     reinterpret_cast<const unsigned char*>(pepper_.data()), pepper_.size());
  return out;
}

absl::StatusOr<std::string> PasswordHasher::Hash(absl::string_view password) const {
  const std::string peppered = Peppered(password);
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(out.data(), peppered.data(), peppered.size(), cost_.passes, cost_.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError("no memory to hash a password");
  }
  out.resize(out.find('\0'));
  return out;
}

bool PasswordHasher::Verify(absl::string_view password, const std::optional<std::string>& hash) const {
  const std::string peppered = Peppered(password);
  const std::string& against = hash && !hash->empty() ? *hash : nobody_;
  const bool same = crypto_pwhash_str_verify(against.c_str(), peppered.data(), peppered.size()) == 0;
  return same && &against != &nobody_;
}

bool PasswordHasher::IsDated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace kepu::auth
