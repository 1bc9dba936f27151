// Token buckets by key, each one number (the generic cell rate algorithm): a bucket holds `units`, a whole
// one comes back in `window`. Keys are kept as keyed digests only, at most two generations of them: when a
// flood of keys fills both, the oldest are forgotten, which gives them a full bucket again. A pure function
// of the times it is given. Owned by Rates, which locks it; not thread-safe.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::gateway::guard {

struct Quota {
  int64_t units = 0;  // 0: no limit
  absl::Duration window = absl::Minutes(1);
};

class TokenBuckets {
 public:
  struct Level {
    bool enough = true;
    int64_t left = 0;          // units, after taking when there was enough
    absl::Duration enough_in;  // until the cost is there; infinite when it never is
    absl::Duration full_in;
  };

  TokenBuckets(Quota quota, size_t generation) : quota_(quota), generation_(generation) {}

  const Quota& quota() const { return quota_; }
  // What a key has when `cost` is asked of it; takes nothing.
  Level Look(absl::string_view key, int64_t cost, absl::Time now) const;
  // Takes whatever the level.
  Level Take(absl::string_view key, int64_t cost, absl::Time now);
  size_t keys() const { return young_.size() + old_.size(); }

 private:
  using Buckets = absl::flat_hash_map<uint64_t, int64_t>;

  absl::Time EmptyUntil(uint64_t digest) const;
  Level LevelAt(absl::Time full_at, int64_t cost, absl::Time now) const;
  void MakeRoom(absl::Time now);

  const Quota quota_;
  const size_t generation_;
  // By digest, when the bucket is full again, in nanoseconds.
  Buckets young_;
  Buckets old_;
};

}  // namespace kepu::gateway::guard
