// Counts failed tries by key (account and address together, an address alone, an account from anywhere) and
// says how long to wait: nothing for the first few, then half a minute, doubled with every further failure,
// at most to the end of the quarter of an hour that began with the first. In memory, of each replica its own,
// and bounded: it slows guessing down, it locks nobody out, and a stranger cannot close somebody's account.
// On purpose not in the store: every wrong guess of anybody would be a durable commit, so guessing would slow
// bookings down, and what a restart or another replica forgets is a window of fifteen minutes; with n
// replicas a guesser has n times the tries, against argon2id that is nothing. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace kepu::identity::api {

// The longest delay where others than the guesser would have to wait.
inline constexpr absl::Duration kShortDelayMax = absl::Minutes(1);

// A key and how many failures are free within a window.
struct Limit {
  std::string key;
  int failures_max = 0;
  absl::Duration delay_max = absl::Minutes(15);
};

class Throttle {
 public:
  static constexpr absl::Duration kWindow = absl::Minutes(15);
  // After the first failure that is not free; then twice that, and so on.
  static constexpr absl::Duration kFirstDelay = absl::Seconds(30);
  // Keys of two windows; beyond, the older window is forgotten early.
  static constexpr size_t kKeysMax = 50000;

  // Zero: go ahead. Otherwise how long until all of the limits let through again.
  absl::Duration WaitFor(const std::vector<Limit>& limits, absl::Time now);
  void Fail(const std::vector<Limit>& limits, absl::Time now);
  void Clear(absl::string_view key);

 private:
  struct Count {
    int failures = 0;
    absl::Time last;  // failure
    absl::Time ends;  // of the window
  };
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Count> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::identity::api
