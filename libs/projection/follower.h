// Keeps a read model true: loads every aggregate of a service once, then folds the log, own commits as soon
// as they are confirmed and those of other replicas by tailing. Also follows another service's log, from a
// remembered position. Lives on one executor; not thread-safe, except Applied.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/executor/executor.h"
#include "libs/store/engine.h"
#include "libs/store/store.h"

namespace kepu::projection {

// A read model. All calls come on the executor, in log order per partition.
class Sink {
 public:
  virtual ~Sink() = default;
  // An aggregate as loaded at the start (head and all children, unless heads are enough).
  virtual void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) = 0;
  // Facts newer than what was loaded; `facts` are of one aggregate, in order.
  virtual void Fold(uint32_t partition, uint64_t seq, absl::Time time,
                    const log::v1::AggregateFacts& facts) = 0;
};

struct FollowerOptions {
  absl::Duration poll = absl::Milliseconds(25);  // how late another replica's commit may show
  size_t entries_per_poll = 256;                 // of each partition: bounds one reply to some MB
  bool load = true;      // false: only fold from the given positions (followers of other services)
  bool children = true;  // false: heads alone are loaded, for who needs no more of an aggregate
  // Of these keys too, where of others the children are; null: of none.
  std::function<bool(absl::string_view key)> head_alone = nullptr;
};

class Follower : public store::LogObserver {
 public:
  // Loads, then calls `ready` once (an error: the store could not be read; call again), then tails until
  // destroyed.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> ready) = 0;

  // The fold has reached `position`. Thread-safe.
  virtual bool Applied(store::Position position) const = 0;

  // Runs `done` with OK when the fold has reached `position`, with UNAVAILABLE / NOT_YET_VISIBLE at the
  // deadline (Executor::SteadyNow's scale). Thread-safe.
  virtual void WaitFor(store::Position position, absl::Time deadline,
                       absl::AnyInvocable<void(absl::Status)> done) = 0;

  // When a read last came to the end of the log (Executor::SteadyNow's scale); InfinitePast before. On the
  // executor.
  virtual absl::Time FreshAt() const = 0;

  // Seq folded of each partition. On the executor.
  virtual const std::vector<uint64_t>& Positions() const = 0;
};

std::unique_ptr<Follower> MakeFollower(store::Store& store, executor::Executor& executor, Sink& sink,
                                       FollowerOptions options = {}, std::vector<uint64_t> from = {});

}  // namespace kepu::projection
