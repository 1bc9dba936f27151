// Who watches which session, and telling them: changes that come close together are told as one, so that a
// rush on a session costs its watchers a few messages a second, and one watcher that reads slowly costs
// nobody anything. Lives on one executor; not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "libs/executor/executor.h"
#include "libs/rpc/call.h"

namespace kepu::event {

class WatchHub {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  // `now` gives a session's ready bytes by name.
  WatchHub(executor::Executor& executor, std::function<Bytes(absl::string_view name)> now)
      : executor_(executor), now_(std::move(now)) {}
  ~WatchHub();

  // Sends the session as it is, then after each change, until the caller goes away.
  void Watch(const std::string& name, rpc::Call call);
  // The session of that name has changed.
  void Changed(const std::string& name);
  size_t watchers() const { return watchers_; }

 private:
  void Flush();
  void Leave(const std::string& name, uint64_t id);

  executor::Executor& executor_;
  const std::function<Bytes(absl::string_view name)> now_;
  absl::flat_hash_map<std::string, std::map<uint64_t, rpc::Call>> sessions_;
  std::set<std::string> dirty_;
  bool flushing_ = false;
  size_t watchers_ = 0;
  uint64_t next_id_ = 1;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
