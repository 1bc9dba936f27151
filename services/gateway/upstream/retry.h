// When a call is sent again: at most three attempts, with pauses that are drawn at random and double, and
// only while repeats stay a tenth of what is answered, so that they cannot keep a service down that just came
// up. This is the only place of the system that repeats for a caller. Pure but for the budget's lock;
// thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace kepu::gateway::upstream {

inline constexpr int kAttemptsMax = 3;
inline constexpr absl::Duration kRetryFirst = absl::Milliseconds(50);
inline constexpr absl::Duration kRetryMax = absl::Seconds(1);

// How long to wait before a call that has failed `attempts` times is sent again; nothing when it should not
// be: the attempts are used up, its failure would repeat itself, or the pause does not fit into what is left
// of its time. `drawn` is uniform in [0, 1). A service that names a time is not asked before.
std::optional<absl::Duration> PauseBefore(int attempts, const absl::Status& failure, double drawn,
                                          absl::Duration left);

// By gRPC's proposal A6: a service's repeats are allowed while more than half of its tokens are there; one
// that fails takes a token, one that is answered brings a tenth back.
class RetryBudget {
 public:
  void Answered(const std::string& service);
  // Of a failure after which a repeat could be made: whether it may.
  bool Failed(const std::string& service);

 private:
  static constexpr double kTokensMax = 100;
  static constexpr double kTokenRatio = 0.1;

  absl::Mutex mutex_;
  std::map<std::string, double> tokens_ ABSL_GUARDED_BY(mutex_);  // absent: all
};

}  // namespace kepu::gateway::upstream
