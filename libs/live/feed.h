// Tells open watches what changes in a service: stands between the follower of its log and its read model, so
// that there is one follower, and turns facts into events when they were folded. Who was away is told from
// the log. Owned by the service; lives on its executor, but for Register's handlers, which run anywhere.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/executor/executor.h"
#include "libs/live/marks.h"
#include "libs/live/replay.h"
#include "libs/projection/follower.h"
#include "libs/rpc/service.h"
#include "libs/store/store.h"

namespace kepu::live {

// A person sees no difference below this, and a rush on one session becomes ten events a second.
inline constexpr absl::Duration kGather = absl::Milliseconds(100);
// Replicas of the gateway.
inline constexpr size_t kWatchersMax = 64;
// Read back for one who was away: some seconds of a city's busiest morning, hours of an ordinary day. Who
// missed more is better off asking anew.
inline constexpr uint64_t kReplayEntriesMax = 5000;
// Readings of the log at one time, and those that wait for their turn.
inline constexpr size_t kReplaysAtOnce = 4;
inline constexpr size_t kReplaysWaitingMax = 10000;

class Feed final : public projection::Sink {
 public:
  // All of them outlive it.
  Feed(store::Store& store, executor::Executor& executor, projection::Sink& model, EventMaker make);
  ~Feed() override;

  // The follower that feeds this. Once, before it starts.
  void Follow(projection::Follower& follower) { follower_ = &follower; }
  // LiveService.
  void Register(rpc::Service& service);

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time, const log::v1::AggregateFacts& facts) override;

  size_t watchers() const { return watchers_.size(); }

 private:
  using WatchCall = rpc::TypedCall<v1::WatchChangesRequest, v1::Changes>;
  using ReplayCall = rpc::TypedCall<v1::ReplayChangesRequest, v1::Changes>;
  using Bytes = std::shared_ptr<const std::string>;
  struct Watcher {
    std::shared_ptr<WatchCall> call;
    // While it is told of what it missed, what happens meanwhile waits.
    bool catching_up = false;
    std::vector<Bytes> backlog;
  };
  struct Waiting {
    std::shared_ptr<ReplayCall> call;
    ReplayPlan plan;
    absl::Time until;
  };

  template <class Call>
  void OnExecutor(Call call, void (Feed::*step)(std::shared_ptr<Call>));
  void Watch(std::shared_ptr<WatchCall> call);
  void BeginWatch(std::shared_ptr<WatchCall> call, const std::string& data_set);
  void CatchUp(uint64_t id, Marks from, Marks until);
  void Replay(std::shared_ptr<ReplayCall> call);
  void PlanReplay(std::shared_ptr<ReplayCall> call, const std::string& data_set);
  void NextReplays();
  void RunReplay(Waiting waiting);
  // Asks for the data set as it is now, and goes on with its text.
  template <class Call>
  void WithDataSet(std::shared_ptr<Call> call, void (Feed::*step)(std::shared_ptr<Call>, const std::string&));
  void Flush();
  void Tell(Watcher& watcher, uint64_t id, const Bytes& bytes);
  void End(uint64_t id, const absl::Status& status);
  Marks Now() const;

  store::Store& store_;
  executor::Executor& executor_;
  projection::Sink& model_;
  const EventMaker make_;
  projection::Follower* follower_ = nullptr;
  std::map<uint64_t, Watcher> watchers_;
  std::vector<uint64_t> slow_;  // to be ended when the round is through
  std::deque<Waiting> replays_;
  size_t replaying_ = 0;
  uint64_t next_id_ = 1;
  // Not told yet.
  std::vector<v1::Event> events_;
  std::map<uint32_t, uint64_t> reached_;
  bool flushing_ = false;
  // Numbers the events of an entry.
  uint32_t partition_ = 0, index_ = 0;
  uint64_t seq_ = 0;
  const std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace kepu::live
