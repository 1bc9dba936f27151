// Something a thread of a test waits for and another one tells, once. Built on the standard mutex, which the
// thread sanitizer sees through, unlike the installed Abseil. Owned by a test; thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace kepu::support {

class Signal {
 public:
  void Set() {
    // Told under the lock: who waits may destroy the signal as soon as it is set.
    std::lock_guard<std::mutex> lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }

  bool is_set() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return set_;
  }

  // False when it is not set within `limit`.
  bool Wait(absl::Duration limit) const {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, absl::ToChronoMilliseconds(limit), [this] { return set_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace kepu::support
