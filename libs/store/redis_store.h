// The store on Redis: commits by the one Redis Function, reads by plain commands, all keys of a partition
// under one hash tag. Open checks that the Redis on the other side is fit to hold what people were promised,
// and learns the data set; until then, and after a regression was found, every commit is refused. Lives on
// one executor.
#pragma once

#include <functional>
#include <string>

#include "libs/executor/executor.h"
#include "libs/redis/client.h"
#include "libs/store/store.h"

namespace kepu::store {

// Name and text of the function library: loaded by deploy, checked by the services.
inline constexpr char kLibraryName[] = "kepu1";
absl::string_view LibraryCode();

// Layout of the keys: a newer build opens an older layout, an older build refuses a newer one.
inline constexpr uint32_t kLayout = 1;

// "{event:17}/" and what lies below it.
std::string PartitionPrefix(absl::string_view service, uint32_t partition);

struct RedisStoreOptions {
  std::string service;  // key prefix
  uint32_t partitions = 64;
  bool allow_weak_durability =
      false;  // accept a Redis that may lose acknowledged writes; shown wherever state is shown
  absl::Duration timeout = absl::Seconds(2);
};

class RedisStore final : public Store {
 public:
  // Learns (store time, sent, received) of each reply that carries the time.
  using TimeSample = std::function<void(absl::Time store_time, absl::Time sent, absl::Time received)>;

  RedisStore(redis::Client& client, executor::Executor& executor, RedisStoreOptions options,
             TimeSample sample = nullptr);
  ~RedisStore() override;

  // Checks settings (appendonly, appendfsync always, noeviction), role, function library and header.
  // FAILED_PRECONDITION with a reason that says what is wrong and what to do: WEAK_DURABILITY, NOT_PRIMARY,
  // NO_LIBRARY, NO_DATA_SET, LAYOUT_TOO_NEW. Call again after a reconnect.
  void Open(Done<DataSet> done);

  // Commits are refused with this status until it is cleared with OK.
  void Refuse(absl::Status reason) { refusal_ = std::move(reason); }
  const absl::Status& refusal() const { return refusal_; }
  const DataSet& data_set() const { return data_set_; }
  bool weak() const { return weak_; }

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
  const std::string& Prefix(uint32_t partition) const { return prefixes_.at(partition); }
  void CheckSettings(Done<DataSet> done);
  void CheckRole(Done<DataSet> done);
  void CheckLibrary(Done<DataSet> done);
  void CheckHeader(Done<DataSet> done);

  redis::Client& client_;
  executor::Executor& executor_;
  RedisStoreOptions options_;
  TimeSample sample_;
  std::vector<std::string> prefixes_;
  absl::Status refusal_;
  DataSet data_set_;
  bool weak_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::store
