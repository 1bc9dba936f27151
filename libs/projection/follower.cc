#include "libs/projection/follower.h"

#include <atomic>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "libs/refusal/refusal.h"

namespace kepu::projection {
namespace {

// Aggregates read in one request while loading: some hundred kilobytes of answer.
constexpr size_t kLoadAtOnce = 64;

class FollowerImpl final : public Follower {
 public:
  FollowerImpl(store::Store& store, executor::Executor& executor, Sink& sink, FollowerOptions options,
               std::vector<uint64_t> from)
      : store_(store),
        executor_(executor),
        sink_(sink),
        options_(std::move(options)),
        positions_(std::move(from)) {}
  ~FollowerImpl() override { *alive_ = false; }

  void Start(absl::AnyInvocable<void(absl::Status)> ready) override {
    ready_ = std::move(ready);
    store_.Heads([this, alive = alive_](auto heads) {
      if (!*alive) return;
      if (!heads.ok()) return ready_(heads.status());
      OnHeads(heads->first, heads->second);
    });
  }

  bool Applied(store::Position position) const override {
    if (position.partition >= published_size_.load(std::memory_order_acquire)) return false;
    return published_[position.partition].load(std::memory_order_acquire) >= position.seq;
  }

  void WaitFor(store::Position position, absl::Time deadline,
               absl::AnyInvocable<void(absl::Status)> done) override {
    if (Applied(position)) return done(absl::OkStatus());
    executor_.Post([this, alive = alive_, position, deadline, done = std::move(done)]() mutable {
      if (!*alive) return;
      if (Applied(position)) return done(absl::OkStatus());
      waiting_.push_back({position, deadline, std::move(done)});
    });
  }

  absl::Time FreshAt() const override { return fresh_at_; }
  const std::vector<uint64_t>& Positions() const override { return positions_; }

  void OnEntry(uint32_t partition, const store::LogEntry& entry) override {
    // Before the load is through, and after another replica's commit, the tail brings it in order.
    if (!tailing_ || partition >= positions_.size() || entry.seq != positions_[partition] + 1) return;
    Fold(partition, entry);
  }

 private:
  struct Waiting {
    store::Position position;
    absl::Time deadline;
    absl::AnyInvocable<void(absl::Status)> done;
  };

  void OnHeads(const store::DataSet&, const std::vector<store::PartitionHead>& heads) {
    const size_t partitions = heads.size();
    if (options_.load) {
      positions_.clear();
      for (const store::PartitionHead& head : heads) positions_.push_back(head.seq);
    }
    positions_.resize(partitions);
    if (published_size_ == 0) {
      published_ = std::make_unique<std::atomic<uint64_t>[]>(partitions);
      published_size_.store(partitions, std::memory_order_release);
    }
    if (options_.load) return LoadPartition(0);
    Tail();
  }

  void LoadPartition(uint32_t partition) {
    if (partition >= positions_.size()) return Tail();
    store_.Roots(partition,
                 [this, alive = alive_, partition](absl::StatusOr<std::vector<std::string>> roots) {
                   if (!*alive) return;
                   if (!roots.ok()) return ready_(roots.status());
                   LoadRoots(partition, *std::move(roots), 0);
                 });
  }

  void LoadRoots(uint32_t partition, std::vector<std::string> roots, size_t from) {
    if (from >= roots.size()) return LoadPartition(partition + 1);
    std::vector<store::LoadRequest> requests;
    for (size_t i = from; i < roots.size() && i < from + kLoadAtOnce; ++i)
      requests.push_back(
          {roots[i], {}, options_.children && !(options_.head_alone && options_.head_alone(roots[i]))});
    store_.Load(partition, std::move(requests),
                [this, alive = alive_, partition, roots = std::move(roots),
                 from](absl::StatusOr<std::vector<store::Loaded>> loaded) mutable {
                  if (!*alive) return;
                  if (!loaded.ok()) return ready_(loaded.status());
                  for (size_t i = 0; i < loaded->size(); ++i) {
                    const store::Loaded& one = (*loaded)[i];
                    if (one.head.version.absent()) continue;
                    loaded_versions_[Key(partition, roots[from + i])] = one.head.version.counter;
                    sink_.Load(partition, roots[from + i], one);
                  }
                  LoadRoots(partition, std::move(roots), from + kLoadAtOnce);
                });
  }

  void Tail() {
    store_.ReadLogs(positions_, options_.entries_per_poll, [this, alive = alive_](auto entries) {
      if (!*alive) return;
      size_t most = 0;
      if (entries.ok()) {
        most = entries->size();
        for (const auto& [partition, entry] : *entries) {
          if (entry.seq == positions_[partition] + 1) Fold(partition, entry);
        }
      }
      const bool caught_up = entries.ok() && most < options_.entries_per_poll;
      if (caught_up) fresh_at_ = executor_.SteadyNow();
      if (!tailing_ && caught_up) Ready();
      GiveUpWaiting();
      if (entries.ok() && !caught_up) return Tail();
      executor_.PostAfter(options_.poll, [this, alive] {
        if (*alive) Tail();
      });
    });
  }

  void Ready() {
    tailing_ = true;
    // Facts up to here may have been in what was loaded; from now on every fact is news.
    loaded_versions_.clear();
    for (uint32_t i = 0; i < positions_.size(); ++i)
      published_[i].store(positions_[i], std::memory_order_release);
    ready_(absl::OkStatus());
  }

  void Fold(uint32_t partition, const store::LogEntry& entry) {
    for (const std::string& bytes : entry.groups) {
      log::v1::FactGroup group;
      if (!group.ParseFromString(bytes)) continue;
      const absl::Time time = absl::FromUnixMicros(group.time_us());
      for (log::v1::AggregateFacts& facts : *group.mutable_aggregates()) {
        if (!tailing_) SkipLoaded(partition, &facts);
        if (facts.facts_size() > 0) sink_.Fold(partition, entry.seq, time, facts);
      }
    }
    positions_[partition] = entry.seq;
    if (tailing_) published_[partition].store(entry.seq, std::memory_order_release);
    if (!waiting_.empty()) WakeWaiting();
  }

  // A fact not newer than what was loaded is in it already.
  void SkipLoaded(uint32_t partition, log::v1::AggregateFacts* facts) {
    auto it = loaded_versions_.find(Key(partition, facts->key()));
    if (it == loaded_versions_.end() || it->second < facts->first_version()) return;
    const uint64_t old = it->second - facts->first_version() + 1;
    const int drop = static_cast<int>(std::min<uint64_t>(old, static_cast<uint64_t>(facts->facts_size())));
    facts->mutable_facts()->DeleteSubrange(0, drop);
    facts->set_first_version(facts->first_version() + static_cast<uint64_t>(drop));
  }

  void WakeWaiting() {
    std::list<Waiting> ready;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      auto next = std::next(it);
      if (Applied(it->position)) ready.splice(ready.end(), waiting_, it);
      it = next;
    }
    for (Waiting& waiting : ready) waiting.done(absl::OkStatus());
  }

  void GiveUpWaiting() {
    const absl::Time now = executor_.SteadyNow();
    std::list<Waiting> late;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      auto next = std::next(it);
      if (it->deadline <= now) late.splice(late.end(), waiting_, it);
      it = next;
    }
    for (Waiting& waiting : late) {
      waiting.done(
          refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_YET_VISIBLE", absl::Milliseconds(50)));
    }
  }

  static std::string Key(uint32_t partition, absl::string_view key) {
    return absl::StrCat(partition, "/", key);
  }

  store::Store& store_;
  executor::Executor& executor_;
  Sink& sink_;
  const FollowerOptions options_;
  absl::AnyInvocable<void(absl::Status)> ready_;
  std::vector<uint64_t> positions_;
  std::unique_ptr<std::atomic<uint64_t>[]> published_;
  std::atomic<size_t> published_size_{0};
  bool tailing_ = false;
  absl::Time fresh_at_ = absl::InfinitePast();
  absl::flat_hash_map<std::string, uint64_t> loaded_versions_;
  std::list<Waiting> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<Follower> MakeFollower(store::Store& store, executor::Executor& executor, Sink& sink,
                                       FollowerOptions options, std::vector<uint64_t> from) {
  return std::make_unique<FollowerImpl>(store, executor, sink, std::move(options), std::move(from));
}

}  // namespace kepu::projection
