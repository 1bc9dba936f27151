// The open streams of WatchAccess: processes that keep resolved logins and must drop those that changed. A
// stream that does not keep up is ended, and its reader drops everything it kept. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/rpc/call.h"

namespace kepu::identity::api {

class AccessFeed {
 public:
  using Call = rpc::TypedCall<v1::WatchAccessRequest, v1::AccessChange>;
  // Replicas of the gateway and of the services that ask.
  static constexpr size_t kWatchersMax = 64;

  AccessFeed() : state_(std::make_shared<State>()) {}
  ~AccessFeed();

  void Watch(Call call);
  void Tell(const std::string& user);

 private:
  struct State {
    absl::Mutex mutex;
    uint64_t next_id ABSL_GUARDED_BY(mutex) = 1;
    std::map<uint64_t, std::shared_ptr<Call>> watchers ABSL_GUARDED_BY(mutex);
  };
  static void End(const std::shared_ptr<State>& state, uint64_t id, const absl::Status& status);

  // Shared with the callbacks of streams, which may outlive the feed.
  std::shared_ptr<State> state_;
};

}  // namespace kepu::identity::api
