// How many calls of one service may be under way at once: additive increase while it answers quickly,
// multiplicative decrease when its answers slow down (AIMD), so that work waits where it can still be
// refused. The door may use all of it, booking most, browsing less: what there is no room for is refused at
// once. A pure function of the calls and times it is told. Owned by Admission, which locks it; not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"
#include "services/gateway/guard/method_class.h"

namespace kepu::gateway::guard {

struct LimiterOptions {
  double start = 1000;
  double least = 32;
  double most = 4000;  // what the connections to a service carry
  // An answer is slow beyond three times the quickest of the last half minute, but never below the first and
  // always beyond the second of these: a disk that takes 90 ms a write is not overload, and a queue of 100 ms
  // is the longest of the resilience values.
  absl::Duration slow_least = absl::Milliseconds(100);
  absl::Duration slow_most = absl::Milliseconds(300);
  double slow_factor = 3;
  absl::Duration quickest_window = absl::Seconds(30);
  // At most one decrease in this time: what is under way shows its effect first.
  absl::Duration cut_pause = absl::Milliseconds(100);
  double cut = 0.85;
  // What of the limit each lane may fill.
  std::array<double, kLanes> share = {1.0, 0.9, 0.7};
};

class Limiter {
 public:
  explicit Limiter(LimiterOptions options) : options_(options), limit_(options.start) {}

  bool HasRoom(Lane lane) const;
  // A call is under way until Done.
  void Begin() { ++under_way_; }
  enum class Outcome {
    kAnswered,  // whatever the answer
    kLate,      // no answer before its deadline
    kUnsaid,    // says nothing about the speed of the service: down, refused by it, or a long reckoning
  };
  // `changes`: it waited for the disk, which is another speed than memory's.
  void Done(bool changes, Outcome outcome, absl::Duration took, absl::Time now);

  double limit() const { return limit_; }
  int64_t under_way() const { return under_way_; }

 private:
  // Of reads and of changes.
  struct Speed {
    double usual = 0;                          // seconds, smoothed
    double quickest = 0, quickest_before = 0;  // of this window and the last
    absl::Time window_end = absl::InfinitePast();
  };
  absl::Duration SlowFrom(const Speed& speed) const;

  const LimiterOptions options_;
  double limit_;
  int64_t under_way_ = 0;
  std::array<Speed, 2> speeds_;
  absl::Time cut_at_ = absl::InfinitePast();
};

}  // namespace kepu::gateway::guard
