// Work that must get done sooner or later, by any replica: tried again every 2 to 5 s until the log shows
// that it is done. Twice is harmless. Lives on one executor; not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/executor/executor.h"

namespace kepu::chores {

class Chores {
 public:
  Chores(executor::Executor& executor, executor::Random& random) : executor_(executor), random_(random) {}
  Chores(const Chores&) = delete;
  Chores& operator=(const Chores&) = delete;

  // Begins within a second, at another moment in each replica: whoever comes second finds it done.
  void Want(const std::string& id, std::function<void()> attempt);
  void Done(const std::string& id) { attempts_.erase(id); }
  size_t pending() const { return attempts_.size(); }

 private:
  void Attempt(const std::string& id);
  void Later(const std::string& id, absl::Duration pause);

  executor::Executor& executor_;
  executor::Random& random_;
  absl::flat_hash_map<std::string, std::shared_ptr<std::function<void()>>> attempts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::chores
