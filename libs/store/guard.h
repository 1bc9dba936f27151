// Watches over a service's store: opens it on every connection, compares it with the anchor file, keeps the
// anchor and the service's clock up to date once a second, and turns the store read-only with a reason when
// it came back older, empty or different. One per RedisStore, on its executor; the anchor is written by a
// thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/store/redis_store.h"

namespace kepu::store {

struct GuardOptions {
  std::string anchor_path;
  absl::Duration every = absl::Seconds(1);
};

class Guard {
 public:
  virtual ~Guard() = default;

  // Opens the store, now and after each reconnect, until it is usable or was refused for good; `on_state`
  // hears of every change: OK when commits go through, otherwise why not. On the executor.
  virtual void Start(std::function<void(const absl::Status& state)> on_state) = 0;

  // After a reconnect: everything is checked again before the next commit.
  virtual void Recheck() = 0;

  // Looks at the store a last time, so that the anchor knows all that this process wrote. `done` runs once,
  // also when the store does not answer. On the executor.
  virtual void LookOnceMore(std::function<void()> done) = 0;

  // Saves the anchor a last time; blocks. After the executor has stopped.
  virtual void Close() = 0;
};

std::unique_ptr<Guard> MakeGuard(RedisStore& store, executor::Executor& executor, GuardOptions options);

}  // namespace kepu::store
