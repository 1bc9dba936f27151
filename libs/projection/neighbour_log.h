// Follows the log of another service into a read model for as long as it lives: begins again until the log
// can be read, and tells whether the model is up to date, so that nobody takes what is missing for what is
// not there. Owned by the service that follows; lives on its executor, not thread-safe.
#pragma once

#include <memory>

#include "libs/projection/follower.h"

namespace kepu::projection {

class NeighbourLog {
 public:
  // `options.poll` is also how soon a start that failed is tried again.
  NeighbourLog(store::Store& store, executor::Executor& executor, Sink& sink, FollowerOptions options);
  ~NeighbourLog();

  // Nobody waits for it. Further calls do nothing.
  void Start();

  // The model holds the log as it was a moment ago.
  bool Current() const;

 private:
  void Begin();

  executor::Executor& executor_;
  const absl::Duration poll_;
  const std::unique_ptr<Follower> follower_;
  bool started_ = false;
  bool loaded_ = false;
  // Timers outlive a service whose crash is simulated: they look here first.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::projection
