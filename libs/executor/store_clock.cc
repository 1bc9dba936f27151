#include "libs/executor/store_clock.h"

#include <algorithm>

namespace kepu::executor {
namespace {

const int64_t kJumpNs = absl::ToInt64Nanoseconds(StoreClock::kJump);
const int64_t kAgreementNs = absl::ToInt64Nanoseconds(StoreClock::kAgreement);
const int64_t kProbeSpacingNs = absl::ToInt64Nanoseconds(StoreClock::kProbeSpacing);

// How far `value` lies outside [low, high].
int64_t Outside(int64_t value, int64_t low, int64_t high) {
  return std::max({int64_t{0}, low - value, value - high});
}

}  // namespace

absl::Time StoreClock::Now() const {
  return executor_.SteadyNow() + absl::Nanoseconds(offset_ns_.load(std::memory_order_acquire));
}

// The true offset lies between (store time - received) and (store time - sent). The estimate moves only as
// far as it must to lie there too: a slow reply gives a wide interval and changes nothing.
void StoreClock::Sample(absl::Time store_time, absl::Time sent_steady, absl::Time received_steady) {
  if (received_steady < sent_steady) return;
  const int64_t low_ns = absl::ToInt64Nanoseconds(store_time - received_steady);
  const int64_t high_ns = absl::ToInt64Nanoseconds(store_time - sent_steady);
  std::lock_guard<std::mutex> lock(mutex_);
  if (!sampled_) {
    sampled_ = true;
    offset_ns_.store(low_ns + (high_ns - low_ns) / 2, std::memory_order_release);
    steady_.store(true, std::memory_order_release);
    return;
  }
  if (!Steady()) return Suspect(low_ns, high_ns, absl::ToUnixNanos(received_steady));
  if (Outside(offset_ns_.load(std::memory_order_relaxed), low_ns, high_ns) <= kJumpNs)
    return Follow(low_ns, high_ns);
  steady_.store(false, std::memory_order_release);
  agreeing_ = 0;
  Suspect(low_ns, high_ns, absl::ToUnixNanos(received_steady));
}

void StoreClock::Follow(int64_t low_ns, int64_t high_ns) {
  const int64_t offset_ns = offset_ns_.load(std::memory_order_relaxed);
  offset_ns_.store(std::clamp(offset_ns, low_ns, high_ns), std::memory_order_release);
}

void StoreClock::Suspect(int64_t low_ns, int64_t high_ns, int64_t received_ns) {
  if (agreeing_ == 0 || Outside(candidate_ns_, low_ns, high_ns) > kAgreementNs) {
    candidate_ns_ = low_ns + (high_ns - low_ns) / 2;
    agreeing_ = 1;
    counted_ns_ = received_ns;
    return;
  }
  candidate_ns_ = std::clamp(candidate_ns_, low_ns, high_ns);
  if (received_ns - counted_ns_ < kProbeSpacingNs) return;
  counted_ns_ = received_ns;
  if (agreeing_ < kSteadyProbes) ++agreeing_;
  // Time may also have come back to where it was: that is no backward jump. A jump backward waits for the
  // operator.
  const bool backward = candidate_ns_ < offset_ns_.load(std::memory_order_relaxed) - kJumpNs;
  if (agreeing_ == kSteadyProbes && !backward) Adopt();
}

bool StoreClock::AcceptBackward() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (Steady() || agreeing_ < kSteadyProbes) return false;
  Adopt();
  return true;
}

void StoreClock::Adopt() {
  offset_ns_.store(candidate_ns_, std::memory_order_release);
  steady_.store(true, std::memory_order_release);
  agreeing_ = 0;
}

}  // namespace kepu::executor
