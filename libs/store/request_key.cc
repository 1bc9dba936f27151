#include "libs/store/request_key.h"

#include <sodium.h>

#include <cstring>

#include "libs/names/names.h"

namespace kepu::store {
namespace {

constexpr size_t kKeyBytes = 16;
constexpr size_t kSecretBytes = 32;

std::string Subkey(const std::string& secret, absl::string_view purpose) {
  std::string key(kSecretBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(key.data()), key.size(),
                     reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  return key;
}

// Keyed BLAKE2b over length-prefixed parts, so that no two lists of parts collide.
class KeyedHash {
 public:
  explicit KeyedHash(const std::string& secret) {
    crypto_generichash_init(&state_, reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                            kKeyBytes);
  }
  KeyedHash& Add(absl::string_view part) {
    const uint32_t size = static_cast<uint32_t>(part.size());
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(&size), sizeof(size));
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    return *this;
  }
  std::string Finish() {
    std::string digest(kKeyBytes, '\0');
    crypto_generichash_final(&state_, reinterpret_cast<unsigned char*>(digest.data()), digest.size());
    return digest;
  }

 private:
  crypto_generichash_state state_;
};

}  // namespace

KeyMaker::KeyMaker(std::string secret)
    : key_secret_(Subkey(secret, "request key")),
      id_secret_(Subkey(secret, "id")),
      digest_secret_(Subkey(secret, "digest")) {}

RequestKey KeyMaker::MakeKey(absl::string_view principal, absl::string_view full_method,
                             absl::string_view request_id) const {
  return KeyedHash(key_secret_).Add(principal).Add(full_method).Add(request_id).Finish();
}

std::string KeyMaker::MakeId(uint32_t partition, const RequestKey& key, absl::string_view salt) const {
  return names::MakeId(partition, KeyedHash(id_secret_).Add(key).Add(salt).Finish());
}

std::string KeyMaker::Digest(absl::string_view kind, absl::string_view value) const {
  return KeyedHash(digest_secret_).Add(kind).Add(value).Finish();
}

uint64_t Fingerprint(const google::protobuf::Message& request) {
  std::string bytes;
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) {
    bytes = request.SerializeAsString();
  } else {
    std::unique_ptr<google::protobuf::Message> copy(request.New());
    copy->CopyFrom(request);
    copy->GetReflection()->ClearField(copy.get(), field);
    bytes = copy->SerializeAsString();
  }
  unsigned char digest[kKeyBytes];
  crypto_generichash(digest, sizeof(digest), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  uint64_t fingerprint = 0;
  std::memcpy(&fingerprint, digest, sizeof(fingerprint));
  return fingerprint;
}

}  // namespace kepu::store
