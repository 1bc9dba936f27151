// Files of people and venues (letters, consents, evidence, pictures): encrypted, named by a keyed digest of
// their content, typed by what they contain and never by what they are called. Records hold digest, size and
// type; the bytes lie here. Thread-safe, also across processes. Waits for the disk: call it in a worker pool.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::blob {

// A scanned letter or a photograph of a phone; films and archives do not belong here.
inline constexpr size_t kMaxBlobBytes = size_t{10} << 20;

struct BlobInfo {
  std::string digest;  // 64 hex digits
  size_t size = 0;
  std::string
      type;  // "application/pdf", "image/jpeg", "image/png", "text/plain; charset=utf-8", "text/csv; …"
};

struct Blob {
  BlobInfo info;
  std::string bytes;
};

// The type of some content; INVALID_ARGUMENT / BLOB_TYPE_UNKNOWN for anything not of the five kinds.
absl::StatusOr<std::string> TypeOf(absl::string_view bytes);

class BlobStore {
 public:
  // `master_key`: 32 bytes.
  static absl::StatusOr<std::unique_ptr<BlobStore>> Open(const std::string& folder,
                                                         absl::string_view master_key);

  // On the disk when it returns. The same content is kept once.
  absl::StatusOr<BlobInfo> Put(absl::string_view bytes) const;

  // NOT_FOUND; DATA_LOSS when the file was damaged or changed.
  absl::StatusOr<Blob> Get(absl::string_view digest) const;

  // Gone when it returns; OK for an absent one.
  absl::Status Remove(absl::string_view digest) const;

 private:
  BlobStore(std::string folder, std::string name_key, std::string seal_key)
      : folder_(std::move(folder)), name_key_(std::move(name_key)), seal_key_(std::move(seal_key)) {}

  std::string DigestOf(absl::string_view bytes) const;

  std::string folder_, name_key_, seal_key_;
};

}  // namespace kepu::blob
