// Counts failed tries by key (account and address together, or an address alone) and says how long to wait.
// In memory, of each replica its own, and bounded: it slows guessing down, it locks nobody out, and a
// stranger cannot close somebody's account. On purpose not in the store: every wrong guess of anybody would
// be a durable commit, so guessing would slow bookings down, and what a restart or another replica forgets is
// a window of fifteen minutes; with n replicas a guesser has n times the tries, against argon2id that is
// nothing. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace kepu::identity::api {

// A key and how many failures it may have in a window.
struct Limit {
  std::string key;
  int failures_max = 0;
};

class Throttle {
 public:
  static constexpr absl::Duration kWindow = absl::Minutes(15);
  // Keys of two windows; beyond, the older window is forgotten early.
  static constexpr size_t kKeysMax = 50000;

  // Zero: go ahead. Otherwise how long until one of the limits lets through again.
  absl::Duration WaitFor(const std::vector<Limit>& limits, absl::Time now);
  void Fail(const std::vector<Limit>& limits, absl::Time now);
  void Clear(absl::string_view key);

 private:
  struct Count {
    int failures = 0;
    absl::Time ends;
  };
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Count> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::identity::api
