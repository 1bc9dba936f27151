// Service time: the monotonic clock plus an offset that is kept in line with samples of the store's clock, so
// that all replicas of all services tell the same time without trusting any host's wall clock. Owned by the
// composition root; fed by the store on its executor. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "absl/time/time.h"
#include "libs/executor/executor.h"

namespace kepu::executor {

class StoreClock final : public Clock {
 public:
  // A change of the offset beyond this is a jump, which time does not follow by itself: holds would end, or
  // not end, for everybody at once.
  static constexpr absl::Duration kJump = absl::Seconds(2);
  // A jump is believed after this many samples that agree with it, no two of them counted within
  // kProbeSpacing, so that a burst of replies does not count as ten seconds of evidence.
  static constexpr int kSteadyProbes = 10;
  static constexpr absl::Duration kProbeSpacing = absl::Milliseconds(500);
  // How far a sample may lie from the ones before it and still agree: a clock being slewed at the usual limit
  // of 8 % moves less than this between probes.
  static constexpr absl::Duration kAgreement = absl::Milliseconds(100);

  // `executor` gives the monotonic time; it outlives the clock.
  explicit StoreClock(const Executor& executor) : executor_(executor) {}

  // Before the first sample this is no real time, and the clock is not steady.
  absl::Time Now() const override;
  bool Steady() const override { return steady_.load(std::memory_order_acquire); }

  // The store's clock read `store_time` at some moment between the sending of a command and the arrival of
  // its reply, both on SteadyNow's scale.
  void Sample(absl::Time store_time, absl::Time sent_steady, absl::Time received_steady);

  // The operator's word that the store's clock was rightly set back. False when there is no steady backward
  // jump to accept.
  bool AcceptBackward();

 private:
  void Follow(int64_t low_ns, int64_t high_ns);
  void Suspect(int64_t low_ns, int64_t high_ns, int64_t received_ns);
  void Adopt();

  const Executor& executor_;
  std::atomic<int64_t> offset_ns_{0};
  std::atomic<bool> steady_{false};

  std::mutex mutex_;
  bool sampled_ = false;
  int64_t candidate_ns_ = 0;  // the offset suspected after a jump
  int agreeing_ = 0;          // probes that agree with the candidate
  int64_t counted_ns_ = 0;    // when the last of them came
};

}  // namespace kepu::executor
