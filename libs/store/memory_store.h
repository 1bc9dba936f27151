// A store in memory with the meaning of the Redis one, for tests and simulation. MemoryData is what a Redis
// would hold: a plain value, so a copy taken earlier is the "prefix" that a failover comes back with.
// MemoryStore is one process's connection to it; several may share a MemoryData. Everything runs on one
// executor; not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libs/executor/executor.h"
#include "libs/store/store.h"

namespace kepu::store {

// Mistakes that a backend or engine could make, planted by tests to show that the suites see them.
enum class Planted {
  kNone,
  kNoVersionCheck,
  kNoRequestKeyCheck,
  kWriteBeforeCheck,
  kBatchFailsTogether,
  kNoLookUpForRefusals,
};

class MemoryData {
 public:
  explicit MemoryData(DataSet data_set = {"memory", 1, 1}, uint32_t partitions = 64);

  absl::StatusOr<CommitResult> Apply(const Commit& commit, absl::Time now);
  Loaded Load(uint32_t partition, const LoadRequest& request) const;
  std::vector<LogEntry> ReadLog(uint32_t partition, uint64_t after_seq, size_t limit) const;
  std::vector<std::string> Roots(uint32_t partition) const;
  std::vector<std::string> Due(uint32_t partition, absl::Time until, size_t limit) const;
  std::vector<PartitionHead> Heads() const;
  const DataSet& data_set() const { return data_set_; }

  void set_read_only(bool read_only) { read_only_ = read_only; }
  void Plant(Planted planted) { planted_ = planted; }
  // Writes past the commit, as only a defect or an intruder would: the verifier must find it.
  void TamperHead(uint32_t partition, const std::string& key, const std::string& head);
  void TamperChild(uint32_t partition, const std::string& key, const std::string& field,
                   const std::string& child);

 private:
  struct Stored {
    StoredHead head;
    std::map<std::string, std::string> children;
  };
  struct Partition {
    PartitionHead head{0, "0000000000000000"};
    int64_t week = 0;
    std::map<std::string, Stored> aggregates;
    std::map<std::string, absl::Time> due;
    std::map<int64_t, std::map<RequestKey, Remembered>> requests;
    std::vector<LogEntry> log;
  };
  bool GuardsHold(const Partition& partition, const Group& group, GroupResult* result) const;
  void Write(Partition& partition, const Group& group, uint64_t seq);
  std::optional<Remembered> Find(const Partition& partition, const RequestKey& key) const;

  DataSet data_set_;
  bool read_only_ = false;
  Planted planted_ = Planted::kNone;
  std::vector<Partition> partitions_;
};

// What happens to one commit on its way, drawn by the simulation.
enum class Fate { kNormal, kReplyLost, kNotApplied, kAppliedLate };

class MemoryStore final : public Store {
 public:
  using FateOf = std::function<Fate(const Commit& commit)>;
  // `now` is the store's clock; `latency` is asked before each step, on the way in and out.
  MemoryStore(MemoryData& data, executor::Executor& executor, std::function<absl::Time()> now);
  ~MemoryStore() override;

  void set_fate(FateOf fate) { fate_ = std::move(fate); }
  void set_latency(std::function<absl::Duration()> latency) { latency_ = std::move(latency); }
  // Every call fails UNAVAILABLE from now on (a store that is down), or works again.
  void set_down(bool down) { down_ = down; }

  void Apply(const Commit& commit, Done<CommitResult> done) override;
  void Load(uint32_t partition, std::vector<LoadRequest> requests, Done<std::vector<Loaded>> done) override;
  void ReadLog(uint32_t partition, uint64_t after_seq, size_t limit,
               Done<std::vector<LogEntry>> done) override;
  void ReadLogs(std::vector<uint64_t> after_seqs, size_t limit,
                Done<std::vector<std::pair<uint32_t, LogEntry>>> done) override;
  void Roots(uint32_t partition, Done<std::vector<std::string>> done) override;
  void Due(uint32_t partition, absl::Time until, size_t limit, Done<std::vector<std::string>> done) override;
  void Heads(Done<std::pair<DataSet, std::vector<PartitionHead>>> done) override;
  void Time(Done<absl::Time> done) override;

 private:
  template <class T>
  void Reply(Done<T> done, std::function<absl::StatusOr<T>()> make);
  void After(executor::Task task);

  MemoryData& data_;
  executor::Executor& executor_;
  std::function<absl::Time()> now_;
  FateOf fate_;
  std::function<absl::Duration()> latency_;
  bool down_ = false;
  // Tasks outlive the store when a crash is simulated: they look here first.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::store
