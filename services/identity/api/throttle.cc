#include "services/identity/api/throttle.h"

#include <algorithm>

namespace kepu::identity::api {
namespace {

absl::Duration DelayAfter(int failures, const Limit& limit) {
  absl::Duration delay = Throttle::kFirstDelay;
  for (int more = limit.failures_max; more < failures && delay < limit.delay_max; ++more) delay *= 2;
  return std::min(delay, limit.delay_max);
}

}  // namespace

absl::Duration Throttle::WaitFor(const std::vector<Limit>& limits, absl::Time now) {
  absl::Duration wait = absl::ZeroDuration();
  absl::MutexLock lock(&mutex_);
  for (const Limit& limit : limits) {
    const auto it = counts_.find(limit.key);
    if (it == counts_.end() || it->second.ends <= now || it->second.failures < limit.failures_max) continue;
    const absl::Time until = it->second.last + DelayAfter(it->second.failures, limit);
    wait = std::max(wait, std::min(until, it->second.ends) - now);
  }
  return wait;
}

void Throttle::Fail(const std::vector<Limit>& limits, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (counts_.size() + limits.size() > kKeysMax) {
    absl::erase_if(counts_, [now](const auto& entry) { return entry.second.ends <= now; });
    // A flood of names that no expiry can hold: start anew rather than grow.
    if (counts_.size() + limits.size() > kKeysMax) counts_.clear();
  }
  for (const Limit& limit : limits) {
    Count& count = counts_[limit.key];
    // From the first on, not from the last: an address that many share always has some.
    if (count.ends <= now) count = {0, now, now + kWindow};
    count.last = now;
    ++count.failures;
  }
}

void Throttle::Clear(absl::string_view key) {
  absl::MutexLock lock(&mutex_);
  counts_.erase(key);
}

}  // namespace kepu::identity::api
