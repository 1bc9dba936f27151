// A few threads for work that is too slow for the threads of requests: password hashing, planners, exports.
// What does not fit into the short queue is shed at once, so a flood of logins never delays anything but
// logins. Thread-safe.
#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "libs/executor/executor.h"

namespace kepu::executor {

using Work = absl::AnyInvocable<void()>;

class Workers {
 public:
  virtual ~Workers() = default;
  // Runs `work` once, later and elsewhere; RESOURCE_EXHAUSTED / BUSY with RetryInfo when too much waits
  // already.
  virtual absl::Status Run(Work work) = 0;
};

// A password takes about 30 ms: 64 of them are two seconds on one thread, as long as anybody waits for a
// login.
inline constexpr size_t kWorkQueueMax = 64;

class WorkerPool : public Workers {
 public:
  explicit WorkerPool(size_t threads, size_t queue_max = kWorkQueueMax);
  // Finishes what was begun; what waits is dropped.
  ~WorkerPool() override;

  absl::Status Run(Work work) override;

 private:
  void Loop();

  const size_t queue_max_;
  absl::Mutex mutex_;
  std::deque<Work> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// For the simulator and tests: the work is one more task of an executor, so a run can be repeated.
class ExecutorWorkers : public Workers {
 public:
  explicit ExecutorWorkers(Executor& executor) : executor_(executor) {}
  absl::Status Run(Work work) override {
    executor_.Post(std::move(work));
    return absl::OkStatus();
  }

 private:
  Executor& executor_;
};

}  // namespace kepu::executor
