// The executor as one service sees it: what it posted is dropped when it is gone. Reservations under way post
// to themselves, and a replica may end before they do. Owned by the service, outlives its parts; as
// thread-safe as the executor it stands for.
#pragma once

#include <memory>
#include <utility>

#include "libs/executor/executor.h"

namespace kepu::executor {

class LivingExecutor final : public Executor {
 public:
  explicit LivingExecutor(Executor& executor) : executor_(executor) {}
  void Post(Task task) override { executor_.Post(Guarded(std::move(task))); }
  TimerId PostAfter(absl::Duration delay, Task task) override {
    return executor_.PostAfter(delay, Guarded(std::move(task)));
  }
  void Cancel(TimerId timer) override { executor_.Cancel(timer); }
  absl::Time SteadyNow() const override { return executor_.SteadyNow(); }

 private:
  Task Guarded(Task task) const {
    return [alive = std::weak_ptr<bool>(alive_), task = std::move(task)]() mutable {
      if (!alive.expired()) task();
    };
  }
  Executor& executor_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::executor
