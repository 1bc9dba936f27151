// Request keys, fingerprints and derived ids: how a repeated call is recognised and a retried create finds
// the same object for ever. Keyed with secrets of the data set, so that ids are unguessable and keys reveal
// nothing. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "libs/store/store.h"

namespace kepu::store {

class KeyMaker {
 public:
  // 32 secret bytes, made once by deploy for the data set.
  explicit KeyMaker(std::string secret);

  // 16 bytes of a keyed hash over (principal, method, request id).
  RequestKey MakeKey(absl::string_view principal, absl::string_view full_method,
                     absl::string_view request_id) const;

  // The id of the object that the call with this key creates; `salt` tells several apart.
  std::string MakeId(uint32_t partition, const RequestKey& key, absl::string_view salt = "") const;

  // Keyed digest (16 bytes) of a value that must not be stored itself: person and school identities, phone
  // numbers.
  std::string Digest(absl::string_view kind, absl::string_view value) const;

 private:
  std::string key_secret_, id_secret_, digest_secret_;
};

// Of the request as it was understood, with its request id: two requests of one key have the same id anyway.
uint64_t Fingerprint(const google::protobuf::Message& request);

}  // namespace kepu::store
