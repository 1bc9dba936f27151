// Follows identity's stream of users whose roles or logins changed, so that a revoked login is refused as
// soon as the stream tells it. After a gap nobody knows what was missed, and every login is asked for again.
// Owned by main, beside the executor it lives on; stopped before the upstream goes.
#pragma once

#include <memory>

#include "libs/executor/executor.h"
#include "services/gateway/upstream/caller.h"
#include "services/gateway/upstream/logins.h"

namespace kepu::gateway::upstream {

// Between attempts to open the stream, each drawn from the lower half up; doubled until the longest.
inline constexpr absl::Duration kReopenFirst = absl::Milliseconds(50);
inline constexpr absl::Duration kReopenMax = absl::Seconds(2);

class AccessWatch {
 public:
  AccessWatch(Caller& caller, Logins& logins, executor::Executor& executor, executor::Random& random);
  // Ends the stream and opens no other; what is under way finds nobody.
  ~AccessWatch();
  AccessWatch(const AccessWatch&) = delete;
  AccessWatch& operator=(const AccessWatch&) = delete;

 private:
  class Follower;
  const std::shared_ptr<Follower> follower_;
};

}  // namespace kepu::gateway::upstream
