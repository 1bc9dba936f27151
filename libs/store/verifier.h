// The fold verifier: replays a partition's log from its first entry with the code that is shipped, and
// compares versions, chain hashes, heads and children byte for byte with what the store holds. Whatever wrote
// past the commit is found here. Runs on one executor beside a live service: what moves while it looks is
// looked at again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/store/engine.h"
#include "libs/store/store.h"

namespace kepu::store {

struct VerifyReport {
  uint64_t entries = 0;
  uint64_t facts = 0;
  uint64_t aggregates = 0;
  std::vector<std::string> problems;  // at most kMaxProblems, each names the aggregate
};

inline constexpr size_t kMaxProblems = 100;

// An error only when the store could not be read; problems found are in the report.
void VerifyPartition(Store& store, const Schema& schema, uint32_t partition, Done<VerifyReport> done);

// All partitions, one after another, as one report.
void VerifyAll(Store& store, const Schema& schema, uint32_t partitions, Done<VerifyReport> done);

}  // namespace kepu::store
