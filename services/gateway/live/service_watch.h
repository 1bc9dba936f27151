// The one watch of a service's changes that all readers share: opened again by itself from where it was, so
// that nothing is missed while the service restarts. Owned by the hub; lives on its executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kepu/live/v1/live.pb.h"
#include "libs/executor/executor.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway::live {

// Between attempts, each drawn from the lower half up; doubled until the longest.
inline constexpr absl::Duration kWatchAgainFirst = absl::Milliseconds(50);
inline constexpr absl::Duration kWatchAgainMax = absl::Seconds(2);

class ServiceWatch : public std::enable_shared_from_this<ServiceWatch> {
 public:
  struct Parts {
    upstream::Caller& caller;
    executor::Executor& executor;
    executor::Random& random;
    std::string service;
    // Where the next watch goes on.
    std::function<kepu::live::v1::WatchChangesRequest()> where;
    std::function<void(const kepu::live::v1::Changes&)> told;
    // The watch has ended; another one is opened.
    std::function<void()> lost = nullptr;
  };
  explicit ServiceWatch(Parts parts) : parts_(std::move(parts)) {}

  void Open();
  // Nothing is told any more.
  void Stop();

 private:
  void OnMessage(const std::string& bytes);
  void OnEnd(const absl::Status& status);

  const Parts parts_;
  std::shared_ptr<upstream::Stream> stream_;
  absl::Duration pause_ = kWatchAgainFirst;
  bool stopped_ = false;
};

}  // namespace kepu::gateway::live
