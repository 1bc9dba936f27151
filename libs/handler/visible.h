// A read that waits for what its caller has seen. Stateless; thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "libs/projection/follower.h"
#include "libs/refusal/refusal.h"
#include "libs/store/store.h"

namespace kepu::handler {

// Runs `then(call)` when what is followed has caught up with what the caller has seen; answers the call
// itself when it does not in time, or when `ready` is given and false. `then` runs on any thread.
template <class Call, class Then>
void WhenVisible(projection::Follower& follower, const std::atomic<bool>* ready, Call call, Then then) {
  if (ready != nullptr && !*ready) {
    return call.Fail(refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_READY", absl::Seconds(1)));
  }
  if (call.context().min_position == 0) return then(std::move(call));
  const store::Position position = store::Position::Unpack(call.context().min_position);
  const absl::Time deadline = call.deadline();
  auto shared = std::make_shared<Call>(std::move(call));
  follower.WaitFor(position, deadline, [shared, then = std::move(then)](const absl::Status& status) mutable {
    if (!status.ok()) return shared->Fail(status);
    then(std::move(*shared));
  });
}

}  // namespace kepu::handler
