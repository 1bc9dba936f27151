// The executor of the simulator: virtual time that moves only when a step is taken, and a seed that chooses
// which of the tasks due at one instant runs next. The same seed and the same posts give the same run, told
// by the trace hash. Owned by a test; used on one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/executor/random.h"

namespace kepu::executor {

struct SimOptions {
  uint64_t seed = 1;
  // False: tasks due at the same instant run in the order they were posted, as on an EventLoop. True: in any
  // order, as if each had been posted by a thread of its own.
  bool shuffle = true;
  // A posted task is held up by a random part of this.
  absl::Duration post_delay_max = absl::ZeroDuration();
};

class SimExecutor final : public Executor {
 public:
  explicit SimExecutor(SimOptions options) : options_(options), random_(options.seed) {}

  void Post(Task task) override;
  TimerId PostAfter(absl::Duration delay, Task task) override;
  void Cancel(TimerId timer) override;
  absl::Time SteadyNow() const override { return absl::FromUnixNanos(now_ns_); }

  // Runs the next task, moving time to it. False when there is none.
  bool Step();

  // Runs all that is left, timers too; false when that took more than `steps_max` steps, which means that
  // something goes on for ever.
  bool RunUntilIdle(size_t steps_max = 1000000);

  // Runs what falls due within `span`, and ends with time moved by exactly that.
  void RunFor(absl::Duration span);

  // Steps until `done` says so; false when it does not within `span`, or nothing is left to run.
  bool RunUntil(const std::function<bool()>& done, absl::Duration span);

  // Mixes something that happened into the trace, so that runs which differ in it have different hashes.
  void Note(uint64_t value) { trace_hash_ = Mix(trace_hash_ ^ value); }
  void Note(absl::string_view text);

  uint64_t trace_hash() const { return trace_hash_; }
  uint64_t steps() const { return steps_; }
  // Tasks and timers that wait.
  size_t waiting() const { return due_.size(); }
  Random& random() { return random_; }

 private:
  struct Item {
    TimerId id = 0;
    Task task;
  };
  static uint64_t Mix(uint64_t value);
  TimerId Add(int64_t due_ns, Task task);

  const SimOptions options_;
  SeededRandom random_;
  int64_t now_ns_ = 0;
  TimerId next_id_ = 1;
  std::map<int64_t, std::deque<Item>> items_;  // by due time
  absl::flat_hash_map<TimerId, int64_t> due_;  // where an item lies
  uint64_t trace_hash_ = 0;
  uint64_t steps_ = 0;
};

// Service time in the simulator: virtual time from a given start, which a test can set off or call unsteady.
class SimClock final : public Clock {
 public:
  SimClock(const Executor& executor, absl::Time start)
      : executor_(executor), offset_(start - executor.SteadyNow()) {}

  absl::Time Now() const override { return executor_.SteadyNow() + offset_ + skew_; }
  bool Steady() const override { return steady_; }

  void SetSkew(absl::Duration skew) { skew_ = skew; }
  void SetSteady(bool steady) { steady_ = steady; }

 private:
  const Executor& executor_;
  const absl::Duration offset_;
  absl::Duration skew_ = absl::ZeroDuration();
  bool steady_ = true;
};

}  // namespace kepu::executor
