#include "libs/live/feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::live {
namespace {

constexpr char kLiveService[] = "kepu.live.v1.LiveService";
constexpr size_t kBacklogMax = 256;
// More than a page of the largest events, well under what a transport lets wait.
constexpr size_t kEventsPerMessage = 256;
// How long a reading waits for this replica to have folded what another one told already, and how often it
// looks.
constexpr absl::Duration kFoldPatience = absl::Seconds(2);
constexpr absl::Duration kFoldPoll = absl::Milliseconds(25);

absl::Status Stopping() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", absl::Seconds(1));
}

absl::Status TooMany() {
  return refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(1));
}

std::string TextOf(const store::DataSet& data_set) { return absl::StrCat(data_set.id, "#", data_set.epoch); }

std::shared_ptr<const std::string> BytesOf(const v1::Changes& changes) {
  return std::make_shared<const std::string>(changes.SerializeAsString());
}

}  // namespace

Feed::Feed(store::Store& store, executor::Executor& executor, projection::Sink& model, EventMaker make)
    : store_(store), executor_(executor), model_(model), make_(std::move(make)) {}

Feed::~Feed() {
  for (auto& [id, watcher] : watchers_) watcher.call->Fail(Stopping());
  for (Waiting& waiting : replays_) waiting.call->Fail(Stopping());
}

template <class Call>
void Feed::OnExecutor(Call call, void (Feed::*step)(std::shared_ptr<Call>)) {
  auto shared = std::make_shared<Call>(std::move(call));
  executor_.Post([this, step, shared = std::move(shared), alive = std::weak_ptr<const bool>(alive_)] {
    if (alive.expired()) return shared->Fail(Stopping());
    (this->*step)(shared);
  });
}

void Feed::Register(rpc::Service& service) {
  service.Handle<v1::WatchChangesRequest, v1::Changes>(
      kLiveService, "WatchChanges", [this](WatchCall call) { OnExecutor(std::move(call), &Feed::Watch); });
  service.Handle<v1::ReplayChangesRequest, v1::Changes>(
      kLiveService, "ReplayChanges", [this](ReplayCall call) { OnExecutor(std::move(call), &Feed::Replay); });
}

void Feed::Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  model_.Load(partition, key, loaded);
}

void Feed::Fold(uint32_t partition, uint64_t seq, absl::Time time, const log::v1::AggregateFacts& facts) {
  model_.Fold(partition, seq, time, facts);
  if (watchers_.empty()) return;
  if (partition != partition_ || seq != seq_) index_ = 0;
  partition_ = partition;
  seq_ = seq;
  for (v1::Event& event : make_(facts)) {
    event.set_partition(partition);
    event.set_seq(seq);
    event.set_index(index_++);
    if (event.topics_size() > 0) events_.push_back(std::move(event));
  }
  reached_[partition] = seq;
  if (std::exchange(flushing_, true)) return;
  executor_.PostAfter(kGather, [this, alive = std::weak_ptr<const bool>(alive_)] {
    if (!alive.expired()) Flush();
  });
}

// Readers know where they are between messages, so an entry is never told in two.
void Feed::Flush() {
  flushing_ = false;
  DropReplaced(&events_);
  std::vector<v1::Changes> messages(1);
  for (size_t i = 0; i < events_.size(); ++i) {
    v1::Event& event = events_[i];
    const bool begins_entry =
        i == 0 || events_[i - 1].seq() != event.seq() || events_[i - 1].partition() != event.partition();
    if (begins_entry && messages.back().events_size() >= static_cast<int>(kEventsPerMessage))
      messages.emplace_back();
    // Of an entry that is told, its mark at the latest.
    if (begins_entry) AddMark(event.partition(), {event.seq(), 0}, messages.back().mutable_marks());
    *messages.back().add_events() = event;
  }
  for (const auto& [partition, seq] : std::exchange(reached_, {}))
    AddMark(partition, {seq, 0}, messages.back().mutable_marks());
  events_.clear();
  for (const v1::Changes& message : messages) {
    if (message.marks_size() == 0) continue;
    const Bytes bytes = BytesOf(message);
    for (auto& [id, watcher] : watchers_) Tell(watcher, id, bytes);
  }
  for (const uint64_t id : std::exchange(slow_, {}))
    End(id, refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
}

void Feed::Tell(Watcher& watcher, uint64_t id, const Bytes& bytes) {
  if (watcher.catching_up && watcher.backlog.size() < kBacklogMax) return watcher.backlog.push_back(bytes);
  if (watcher.catching_up || !watcher.call->untyped().responder().Write(bytes)) slow_.push_back(id);
}

void Feed::End(uint64_t id, const absl::Status& status) {
  const auto it = watchers_.find(id);
  if (it == watchers_.end()) return;
  const auto call = std::move(it->second.call);
  watchers_.erase(it);
  call->Fail(status);
}

Marks Feed::Now() const {
  Marks now;
  for (const uint64_t seq : follower_->Positions()) now.push_back({seq, 0});
  return now;
}

template <class Call>
void Feed::WithDataSet(std::shared_ptr<Call> call,
                       void (Feed::*step)(std::shared_ptr<Call>, const std::string&)) {
  if (follower_ == nullptr || follower_->FreshAt() == absl::InfinitePast()) return call->Fail(Stopping());
  store_.Heads([this, step, call, alive = std::weak_ptr<const bool>(alive_)](auto heads) {
    if (alive.expired() || !heads.ok()) return call->Fail(Stopping());
    (this->*step)(call, TextOf(heads->first));
  });
}

void Feed::Watch(std::shared_ptr<WatchCall> call) { WithDataSet(std::move(call), &Feed::BeginWatch); }

void Feed::BeginWatch(std::shared_ptr<WatchCall> call, const std::string& data_set) {
  if (watchers_.size() >= kWatchersMax) return call->Fail(TooMany());
  // What was folded before is told to those who were there.
  if (flushing_) Flush();
  const Marks now = Now();
  Marks from = FromProto(call->request().from(), now.size(), {});
  const bool asked = call->request().from_size() > 0;
  const bool lost =
      asked && (call->request().data_set() != data_set || EntriesBetween(from, now) > kReplayEntriesMax);
  if (!asked || lost) from = now;
  const uint64_t id = next_id_++;
  v1::Changes changes;
  changes.mutable_begin()->set_data_set(data_set);
  changes.mutable_begin()->set_lost(lost);
  for (uint32_t i = 0; i < from.size(); ++i) AddMark(i, from[i], changes.mutable_marks());
  if (!call->untyped().responder().Write(BytesOf(changes)))
    return call->Fail(refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
  watchers_[id] = {call, true, {}};
  CatchUp(id, std::move(from), now);
  call->untyped().responder().OnCancel(
      [this, id, alive = std::weak_ptr<const bool>(alive_), &executor = executor_] {
        executor.Post([this, id, alive] {
          if (!alive.expired()) End(id, absl::CancelledError("the reader left"));
        });
      });
}

void Feed::CatchUp(uint64_t id, Marks from, Marks until) {
  StartReplay(
      store_, alive_, make_, {std::move(from), std::move(until), {}},
      [this, id](const v1::Changes& changes) {
        const auto it = watchers_.find(id);
        if (it == watchers_.end()) return false;
        if (it->second.call->untyped().responder().Write(BytesOf(changes))) return true;
        End(id, refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
        return false;
      },
      [this, id](const absl::Status& status) {
        const auto it = watchers_.find(id);
        if (it == watchers_.end()) return;
        if (!status.ok()) return End(id, Stopping());
        it->second.catching_up = false;
        for (const Bytes& bytes : std::exchange(it->second.backlog, {})) Tell(it->second, id, bytes);
        for (const uint64_t slow : std::exchange(slow_, {}))
          End(slow, refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
      });
}

void Feed::Replay(std::shared_ptr<ReplayCall> call) { WithDataSet(std::move(call), &Feed::PlanReplay); }

void Feed::PlanReplay(std::shared_ptr<ReplayCall> call, const std::string& data_set) {
  const size_t partitions = follower_->Positions().size();
  const auto& request = call->request();
  ReplayPlan plan{FromProto(request.from(), partitions, {UINT64_MAX, 0}),
                  FromProto(request.until(), partitions, {}),
                  {request.topics().begin(), request.topics().end()}};
  if (request.data_set() != data_set || plan.topics.empty() ||
      EntriesBetween(plan.from, plan.until) > kReplayEntriesMax) {
    return call->Fail(absl::OutOfRangeError("too much to tell again"));
  }
  if (replays_.size() >= kReplaysWaitingMax) return call->Fail(TooMany());
  replays_.push_back({std::move(call), std::move(plan), executor_.SteadyNow() + kFoldPatience});
  NextReplays();
}

void Feed::NextReplays() {
  while (replaying_ < kReplaysAtOnce && !replays_.empty()) {
    Waiting next = std::move(replays_.front());
    replays_.pop_front();
    ++replaying_;
    RunReplay(std::move(next));
  }
}

void Feed::RunReplay(Waiting waiting) {
  const Marks now = Now();
  bool folded = true;
  for (size_t i = 0; i < now.size(); ++i)
    folded = folded && (waiting.plan.from[i] >= waiting.plan.until[i] || now[i] >= waiting.plan.until[i]);
  if (!folded && executor_.SteadyNow() < waiting.until) {
    executor_.PostAfter(kFoldPoll, [this, alive = std::weak_ptr<const bool>(alive_),
                                    waiting = std::make_shared<Waiting>(std::move(waiting))] {
      if (alive.expired()) return waiting->call->Fail(Stopping());
      RunReplay(std::move(*waiting));
    });
    return;
  }
  const auto call = waiting.call;
  auto over = [this, call](const absl::Status& status) {
    if (status.ok()) {
      call->untyped().Finish(absl::OkStatus());
    } else {
      call->Fail(status);
    }
    --replaying_;
    executor_.Post([this, alive = std::weak_ptr<const bool>(alive_)] {
      if (!alive.expired()) NextReplays();
    });
  };
  if (!folded) return over(Stopping());
  StartReplay(
      store_, alive_, make_, std::move(waiting.plan),
      [call, over](const v1::Changes& changes) {
        const bool told = call->untyped().responder().Write(BytesOf(changes));
        if (!told) over(refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
        return told;
      },
      over);
}

}  // namespace kepu::live
