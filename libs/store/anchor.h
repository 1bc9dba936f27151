// What is remembered of a data set outside Redis: its id, epoch, and how far each partition was known to be.
// A store that comes back older, empty or different is noticed by it. One file per service replica in its
// state folder, replaced atomically and synced. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/store/store.h"

namespace kepu::store {

struct AnchorRecord {
  DataSet data_set;
  std::vector<PartitionHead> heads;
};

// Whether a store that shows `now` may be the one that was known as `known`: FAILED_PRECONDITION with
// FOREIGN_DATA_SET (other id), FOREIGN_EPOCH (older epoch) or DATA_REGRESSED (a lower seq, or another chain
// at the same seq; names the partition). A higher epoch is a deliberate restore: whatever was known of older
// epochs does not count.
absl::Status CheckAgainst(const AnchorRecord& known, const AnchorRecord& now);

std::string EncodeAnchor(const AnchorRecord& record);
absl::StatusOr<AnchorRecord> DecodeAnchor(absl::string_view text);

class AnchorFile {
 public:
  explicit AnchorFile(std::string path) : path_(std::move(path)) {}
  // nullopt when there is no file yet; DATA_LOSS when it is there and unreadable.
  absl::StatusOr<std::optional<AnchorRecord>> Load() const;
  // Written beside, synced, renamed, and the folder synced. Blocks for the disk: not on an executor.
  absl::Status Save(const AnchorRecord& record) const;

 private:
  std::string path_;
};

}  // namespace kepu::store
