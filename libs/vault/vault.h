// Personal fields are sealed under a key per person, and those keys lie here: in a file outside the data set
// and its backups, so that destroying one key erases everything that was ever sealed under it, wherever
// copies of it are. Several processes of a host may share a folder. Thread-safe. Reads and writes files: call
// it off the executors where a new person may appear (Seal waits for the disk then); Open costs a few
// microseconds.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace kepu::vault {

// A name, a phone number, an ID number, an address: longer is not a field of a person.
inline constexpr size_t kMaxFieldBytes = 4096;

class Vault {
 public:
  // Opens or makes the vault in `folder`, whose keys are wrapped under `master_key` (32 bytes).
  // FAILED_PRECONDITION when the folder is not ours alone or was made under another master key.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder, absl::string_view master_key);
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // Seals one field of a person ("users/…", "display_name"). The person's key is made at the first use and is
  // on the disk before anything sealed under it is returned. FAILED_PRECONDITION / PERSON_ERASED after
  // Destroy.
  absl::StatusOr<std::string> Seal(absl::string_view person, absl::string_view field,
                                   absl::string_view plaintext);

  // FAILED_PRECONDITION / PERSON_ERASED when the key is gone; DATA_LOSS for bytes that were not sealed for
  // this person and field.
  absl::StatusOr<std::string> Unseal(absl::string_view person, absl::string_view field,
                                     absl::string_view sealed);

  // Overwrites the person's key, on the disk when it returns. Also of a person never seen: none can be made
  // later.
  absl::Status Destroy(absl::string_view person);

  // Records that a checksum refuses: torn by a crash or damaged. For a metric and the operator.
  size_t damaged() const;

 private:
  struct Record;
  Vault(int fd, std::string index_key, std::string wrap_key);

  std::string DigestOf(absl::string_view person) const;
  absl::Status ScanTail() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Record> Find(const std::string& digest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Append(const Record& record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> KeyOf(absl::string_view person, bool make);
  absl::Status CheckMaster();

  const int fd_;
  const std::string index_key_, wrap_key_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, int64_t> offsets_ ABSL_GUARDED_BY(mutex_);  // by person digest
  int64_t scanned_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t damaged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace kepu::vault
