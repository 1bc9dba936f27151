// One batch of a mailbox: decides commands one after another on the cached aggregates, gathers their facts
// into groups that share no aggregate, and builds the commit. Lives from the first decision to the commit's
// answer; used on the executor only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/cache.h"
#include "libs/store/engine.h"

namespace kepu::store {

// A command in a mailbox.
struct Pending {
  Command command;
  absl::Time queued_at;
  int tries = 0;
  // Decided before, by this copy or an earlier one: only the answer is missing.
  bool encode_only = false;
  bool replayed = false;
  uint64_t decided_seq = 0;
  bool read_only = false;  // Engine::Read
  // Of the decision in the running batch.
  absl::Status verdict;
  bool emitted = false;
  bool encoded = false;
};

class Batch {
 public:
  Batch(Cache& cache, const Schema& schema, absl::Time now, bool may_expire)
      : cache_(cache), schema_(schema), now_(now), may_expire_(may_expire) {}

  // Decides one command. False: something has to be loaded first (noted in the cache); the command was not
  // decided.
  bool Decide(std::unique_ptr<Pending>& pending);

  bool empty() const { return members_ == 0; }
  bool full() const;

  // The commit of everything decided; call once.
  Commit Build(uint32_t partition, absl::Time deadline);

  struct Group {
    std::vector<std::unique_ptr<Pending>> decided;
    std::vector<std::string> keys;
    absl::Time time = absl::InfinitePast();
  };
  // In the order of the commit's groups.
  std::vector<Group>& groups() { return groups_; }

 private:
  friend class BatchView;
  struct Part {
    Cached* cached = nullptr;
    size_t group = 0;
    Version expected;
    log::v1::AggregateFacts facts;
    std::set<std::string> touched;
    std::set<std::string> assumed_absent;
  };

  Part& PartOf(const std::string& key);
  size_t GroupOf(const std::vector<std::string>& keys);
  bool NeedsLoad(const std::vector<std::string>& keys);
  bool NoteMissing(const std::vector<std::string>& keys);
  absl::Status Emit(const std::string& key, absl::string_view fact, const Pending* cause, absl::Time now);
  // False when a child is missing.
  bool ApplyDue(const std::string& key, absl::Time now);
  void BuildAggregate(const std::string& key, absl::Time time, AggregateChange* change,
                      log::v1::FactGroup* facts);

  Cache& cache_;
  const Schema& schema_;
  absl::Time now_;
  bool may_expire_;
  size_t members_ = 0;
  size_t bytes_ = 0;
  size_t touched_most_ = 0;
  absl::flat_hash_map<std::string, Part> parts_;
  std::vector<Group> groups_;
};

// What is remembered of a decision: '+' or '-', the code and the reason.
std::string EncodeReceipt(const absl::Status& verdict);
absl::Status DecodeReceipt(absl::string_view receipt);

}  // namespace kepu::store
