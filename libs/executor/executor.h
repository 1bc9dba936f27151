// An executor runs tasks one at a time, in the order they were posted: the one place where decisions are made
// and state is touched. Production has an EventLoop (one thread, event_loop.h); the simulator has SimExecutor
// (virtual time, seeded). Everything in `api`, `store` and the engine depends on these interfaces only.
#pragma once

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace kepu::executor {

using Task = absl::AnyInvocable<void()>;
using TimerId = uint64_t;

class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `task` later on the executor. Thread-safe. Tasks posted from one thread run in that order.
  virtual void Post(Task task) = 0;

  // Runs `task` on the executor no earlier than `delay` from now. Thread-safe.
  virtual TimerId PostAfter(absl::Duration delay, Task task) = 0;

  // Forgets a timer; no effect when it has run or is running. Only on the executor.
  virtual void Cancel(TimerId timer) = 0;

  // Monotonic time from an arbitrary origin; only for measuring durations. Thread-safe.
  virtual absl::Time SteadyNow() const = 0;
};

// Service time: Redis time as this process knows it (store.md section 6). Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  // False after a jump of the store's clock: nothing may expire and the service is not ready.
  virtual bool Steady() const { return true; }
};

// Source of randomness for ids of requests, jitter and shuffles, injected so that a run can be repeated. Not
// cryptographic; secrets come from libs/auth.
class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t Next() = 0;
  // Uniform in [0, n); n > 0.
  uint64_t Below(uint64_t n) { return Next() % n; }
};

}  // namespace kepu::executor
