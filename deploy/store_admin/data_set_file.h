// What a data folder knows of its data set: the id, the epoch, and whether the headers were ever written
// whole. Kept outside Redis, so that an empty or foreign Redis is told from a new one. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace kepu::deploy {

struct DataSetFile {
  std::string id;
  uint32_t epoch = 1;
  bool initialized = false;
};

// nullopt when there is none yet.
absl::StatusOr<std::optional<DataSetFile>> ReadDataSetFile(const std::string& path);
// Replaced atomically and synced.
absl::Status WriteDataSetFile(const std::string& path, const DataSetFile& file);

}  // namespace kepu::deploy
