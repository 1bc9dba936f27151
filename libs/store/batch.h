// One batch of a mailbox: decides commands one after another on the cached aggregates, gathers their facts
// into groups that share no aggregate, and builds the commit. Lives from the first decision to the commit's
// answer; used on the executor only.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/container/node_hash_map.h"
#include "google/protobuf/arena.h"
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
  // Children (aggregate, field) that it took for absent and that are there: loaded before every further try,
  // or a decision with two of them would load one and forget the other for ever.
  std::vector<std::pair<std::string, std::string>> wrongly_assumed;
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

  // Its aggregates' keys stand in the commit's group of the same index.
  struct Group {
    std::vector<std::unique_ptr<Pending>> decided;
    absl::Time time = absl::InfinitePast();
  };
  // In the order of the commit's groups.
  std::vector<Group>& groups() { return groups_; }

 private:
  friend class BatchView;
  // What the batch does to one aggregate.
  struct Part {
    const std::string* key = nullptr;
    Cached* cached = nullptr;
    size_t group = 0;
    Version expected;
    log::v1::AggregateFacts* facts = nullptr;  // in the arena; null: none yet
    std::set<std::string> touched;
    std::set<std::string> assumed_absent;
  };
  // Of one command, in the order it names them; nearly always one or two.
  using Parts = absl::InlinedVector<Part*, 4>;

  Part& PartOf(const std::string& key);
  size_t JoinGroups(const Parts& parts);
  static bool NoteMissing(const Parts& parts);
  void NoteTouched(Part& part);
  log::v1::Fact& AddFact(Part& part, const Pending* cause);
  // After the fact was applied to the state and logged.
  void Count(Part& part, const log::v1::Fact& logged, absl::Time now);
  absl::Status Emit(Part& part, absl::string_view fact, const Pending* cause, absl::Time now);
  absl::Status Emit(Part& part, const google::protobuf::Message& fact, const Pending* cause, absl::Time now);
  // False when a child is missing.
  bool ApplyDue(Part& part, absl::Time now);
  // Runs the command's decide and encode. False: a child has to be loaded first.
  bool Run(Pending& pending, const Parts& parts, absl::Time now);
  // Notes what the command would have to load, deciding nothing: it comes after one that waits for a load,
  // and what all of them need is loaded at once.
  void Probe(Pending& pending, const Parts& parts, absl::Time now);
  void BuildAggregate(Part& part, absl::Time time, AggregateChange* change, log::v1::FactGroup* facts);

  Cache& cache_;
  const Schema& schema_;
  absl::Time now_;
  bool may_expire_;
  size_t members_ = 0;
  size_t probed_ = 0;
  size_t bytes_ = 0;
  size_t touched_most_ = 0;
  google::protobuf::Arena arena_;  // facts of the batch
  absl::node_hash_map<std::string, Part> parts_;
  std::vector<Group> groups_;
  std::vector<Parts> members_of_;  // the aggregates of each group
};

// What is remembered of a decision: '+' or '-', the code and the reason.
std::string EncodeReceipt(const absl::Status& verdict);
absl::Status DecodeReceipt(absl::string_view receipt);

}  // namespace kepu::store
