#include "services/gateway/guard/token_buckets.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace kepu::gateway::guard {
namespace {

uint64_t DigestOf(absl::string_view key) { return absl::HashOf(key); }

}  // namespace

absl::Time TokenBuckets::EmptyUntil(uint64_t digest) const {
  auto it = young_.find(digest);
  if (it != young_.end()) return absl::FromUnixNanos(it->second);
  it = old_.find(digest);
  return it != old_.end() ? absl::FromUnixNanos(it->second) : absl::InfinitePast();
}

// A bucket that is full at `full_at` lacks what comes back until then.
TokenBuckets::Level TokenBuckets::LevelAt(absl::Time full_at, int64_t cost, absl::Time now) const {
  Level level;
  const absl::Duration unit = quota_.window / quota_.units;
  const absl::Duration lacks = std::max(absl::ZeroDuration(), full_at - now);
  const absl::Duration after = lacks + unit * cost;
  level.enough = after <= quota_.window;
  level.full_in = lacks;
  level.left = std::max<int64_t>(0, (quota_.window - lacks) / unit);
  if (!level.enough) level.enough_in = cost > quota_.units ? absl::InfiniteDuration() : after - quota_.window;
  return level;
}

TokenBuckets::Level TokenBuckets::Look(absl::string_view key, int64_t cost, absl::Time now) const {
  if (quota_.units <= 0) return {};
  return LevelAt(EmptyUntil(DigestOf(key)), cost, now);
}

TokenBuckets::Level TokenBuckets::Take(absl::string_view key, int64_t cost, absl::Time now) {
  if (quota_.units <= 0) return {};
  const uint64_t digest = DigestOf(key);
  const absl::Time before = EmptyUntil(digest);
  const bool enough = LevelAt(before, cost, now).enough;
  // Never further than one whole bucket: who is refused elsewhere must not owe for ever.
  const absl::Time after =
      std::min(std::max(before, now) + quota_.window / quota_.units * cost, now + quota_.window);
  if (young_.count(digest) == 0) MakeRoom(now);
  young_[digest] = absl::ToUnixNanos(after);
  Level level = LevelAt(after, 0, now);
  level.enough = enough;
  return level;
}

void TokenBuckets::MakeRoom(absl::Time now) {
  if (young_.size() < generation_) return;
  // A full bucket is one that is not there.
  const int64_t instant = absl::ToUnixNanos(now);
  absl::erase_if(young_, [instant](const auto& bucket) { return bucket.second <= instant; });
  if (young_.size() < generation_ / 2) return;
  old_ = std::exchange(young_, {});
}

}  // namespace kepu::gateway::guard
