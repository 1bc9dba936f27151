// Spares a service that does not answer: the more of the last half minute's calls got nothing, the fewer are
// sent, by p = max(0, (asked - K answered) / (asked + 1)) with K = 2 (Site Reliability Engineering, "Handling
// Overload"), but one each second, so that its return is seen; the first answer after a silence ends it. A
// pure function of the calls and times it is told. Owned by Admission, which locks it; not thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"

namespace kepu::gateway::guard {

struct ThrottleOptions {
  double k = 2;
  absl::Duration probe = absl::Seconds(1);
  // Fewer calls than this say nothing.
  int64_t asked_least = 20;
  // So many calls in a row without an answer are a silence.
  int64_t silence = 10;
};

class Throttle {
 public:
  explicit Throttle(ThrottleOptions options) : options_(options) {}

  // `drawn` is uniform in [0, 1).
  bool Admit(double drawn, absl::Time now);
  // A call that was admitted came back, or did not.
  void Done(bool answered, absl::Time now);
  double Refusing() const;

 private:
  static constexpr int kSeconds = 30;
  struct Second {
    int64_t asked = 0;
    int64_t answered = 0;
  };
  void MoveTo(absl::Time now);
  // Calls count when they have ended: a crowd under way is no silence.
  void Count(int64_t answered);

  const ThrottleOptions options_;
  std::array<Second, kSeconds> seconds_{};
  int64_t asked_ = 0;
  int64_t answered_ = 0;
  int64_t second_ = 0;
  int64_t silent_ = 0;
  absl::Time probed_ = absl::InfinitePast();
};

}  // namespace kepu::gateway::guard
