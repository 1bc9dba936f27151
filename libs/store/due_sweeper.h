// Finds aggregates with something due that nobody asks for (a hold that ran out on a quiet session) and puts
// an ordinary, empty command on them: what is due is applied by the next decision anyway, so a sweep is never
// critical, and whoever comes second finds it done. One per engine, on its executor.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/store/engine.h"
#include "libs/store/store.h"

namespace kepu::store {

struct SweepOptions {
  uint32_t partitions = 64;
  absl::Duration every = absl::Seconds(1);  // each partition is looked at so often
  size_t aggregates_at_once = 64;
};

class DueSweeper {
 public:
  DueSweeper(Store& store, Engine& engine, executor::Executor& executor, executor::Clock& clock,
             executor::Random& random, SweepOptions options = {});
  ~DueSweeper();
  // Sweeps until destroyed.
  void Start();

 private:
  void Sweep(uint32_t partition);

  Store& store_;
  Engine& engine_;
  executor::Executor& executor_;
  executor::Clock& clock_;
  executor::Random& random_;
  const SweepOptions options_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::store
