#include "libs/store/verifier.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "libs/store/partition_chain.h"
#include "libs/store/version.h"

namespace kepu::store {
namespace {

constexpr size_t kEntriesAtOnce = 1000;
constexpr size_t kLoadAtOnce = 64;
// A live partition moves between reading its log and its aggregates; after so many looks a difference is a
// problem.
constexpr int kLooks = 10;

class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(Store& store, const Schema& schema, uint32_t partition, Done<VerifyReport> done)
      : store_(store), schema_(schema), partition_(partition), done_(std::move(done)) {}

  void ReadLog() {
    store_.ReadLog(partition_, seq_, kEntriesAtOnce,
                   [self = shared_from_this()](absl::StatusOr<std::vector<LogEntry>> entries) {
                     if (!entries.ok()) return self->done_(entries.status());
                     for (const LogEntry& entry : *entries) self->Fold(entry);
                     if (entries->size() == kEntriesAtOnce) return self->ReadLog();
                     self->ReadRoots();
                   });
  }

 private:
  struct Folded {
    std::unique_ptr<aggregate::AnyAggregate> state;
    StoredHead head;
    std::set<std::string> fields;
  };

  void Problem(std::string problem) {
    if (report_.problems.size() < kMaxProblems) {
      report_.problems.push_back(absl::StrCat("partition ", partition_, ": ", problem));
    }
  }

  void Fold(const LogEntry& entry) {
    if (entry.seq != seq_ + 1) Problem(absl::StrCat("the log goes from ", seq_, " to ", entry.seq));
    seq_ = entry.seq;
    ++report_.entries;
    std::string versions;
    for (const std::string& bytes : entry.groups) {
      log::v1::FactGroup group;
      if (!group.ParseFromString(bytes)) {
        Problem(absl::StrCat("entry ", entry.seq, " is unreadable"));
        continue;
      }
      for (const log::v1::AggregateFacts& facts : group.aggregates()) {
        FoldFacts(facts, absl::FromUnixMicros(group.time_us()));
        versions += EncodeVersion(folded_[facts.key()].head.version);
      }
    }
    chain_ = NextPartitionChain(chain_, versions);
  }

  void FoldFacts(const log::v1::AggregateFacts& facts, absl::Time time) {
    Folded& folded = folded_[facts.key()];
    if (folded.state == nullptr) {
      folded.state = schema_.Make(facts.key());
      if (folded.state == nullptr) return Problem(absl::StrCat(facts.key(), " is of no known kind"));
      folded.state->set_complete(true);
    }
    if (facts.first_version() != folded.head.version.counter + 1) {
      Problem(absl::StrCat(facts.key(), " goes from version ", folded.head.version.counter, " to ",
                           facts.first_version()));
    }
    for (const log::v1::Fact& fact : facts.facts()) {
      ++report_.facts;
      if (absl::Status status = schema_.Apply(*folded.state, fact.body()); !status.ok()) {
        Problem(absl::StrCat(facts.key(), ": ", status.message()));
      }
      folded.head.version = Next(folded.head.version, fact);
    }
    for (const std::string& field : folded.state->TakeTouched()) folded.fields.insert(field);
    folded.head.last_fact_time = time;
    folded.head.head = folded.state->SerializeHead();
  }

  void ReadRoots() {
    store_.Roots(partition_, [self = shared_from_this()](absl::StatusOr<std::vector<std::string>> roots) {
      if (!roots.ok()) return self->done_(roots.status());
      self->todo_ = std::set<std::string>(roots->begin(), roots->end());
      for (const auto& [key, folded] : self->folded_) {
        if (self->todo_.insert(key).second) self->Problem(absl::StrCat(key, " is not in the index of roots"));
      }
      self->report_.aggregates = self->todo_.size();
      self->Compare({});
    });
  }

  // `moved`: aggregates that were ahead of the log as it had been read.
  void Compare(std::set<std::string> moved) {
    std::vector<LoadRequest> requests;
    while (!todo_.empty() && requests.size() < kLoadAtOnce) {
      requests.push_back({*todo_.begin(), {}, true});
      todo_.erase(todo_.begin());
    }
    if (requests.empty()) return Finish(std::move(moved));
    std::vector<std::string> keys;
    for (const LoadRequest& request : requests) keys.push_back(request.key);
    store_.Load(partition_, std::move(requests),
                [self = shared_from_this(), keys = std::move(keys),
                 moved = std::move(moved)](absl::StatusOr<std::vector<Loaded>> loaded) mutable {
                  if (!loaded.ok()) return self->done_(loaded.status());
                  for (size_t i = 0; i < keys.size(); ++i) {
                    if (self->Same(keys[i], (*loaded)[i])) continue;
                    moved.insert(keys[i]);
                  }
                  self->Compare(std::move(moved));
                });
  }

  bool Same(const std::string& key, const Loaded& loaded) {
    const Folded& folded = folded_[key];
    if (!(folded.head.version == loaded.head.version) || folded.head.head != loaded.head.head ||
        folded.head.last_fact_time != loaded.head.last_fact_time) {
      return false;
    }
    size_t present = 0;
    for (const std::string& field : folded.fields)
      present += folded.state->SerializeChild(field).has_value() ? 1 : 0;
    if (present != loaded.children.size()) return false;
    for (const auto& [field, value] : loaded.children) {
      if (folded.state->SerializeChild(field) != value) return false;
    }
    return true;
  }

  void Finish(std::set<std::string> moved) {
    if (moved.empty()) return CheckChain();
    if (++looks_ < kLooks) return ReadLog();
    for (const std::string& key : moved) Problem(absl::StrCat(key, " is not what its facts make it"));
    CheckChain();
  }

  void CheckChain() {
    store_.Heads([self = shared_from_this()](auto heads) {
      if (!heads.ok()) return self->done_(heads.status());
      const PartitionHead& head = heads->second.at(self->partition_);
      // A live partition may be ahead again; the chain is then looked at by the next run.
      if (head.seq == self->seq_ && head.chain != self->chain_ && self->seq_ > 0) {
        self->Problem(absl::StrCat("chain is ", head.chain, ", the log makes ", self->chain_));
      }
      if (head.seq < self->seq_) self->Problem("the head is behind the log");
      self->done_(std::move(self->report_));
    });
  }

  Store& store_;
  const Schema& schema_;
  const uint32_t partition_;
  Done<VerifyReport> done_;
  VerifyReport report_;
  std::map<std::string, Folded> folded_;
  std::set<std::string> todo_;
  uint64_t seq_ = 0;
  std::string chain_ = "0000000000000000";
  int looks_ = 0;
};

void VerifyFrom(Store& store, const Schema& schema, uint32_t partition, uint32_t partitions, VerifyReport sum,
                Done<VerifyReport> done) {
  if (partition == partitions) return done(std::move(sum));
  VerifyPartition(store, schema, partition,
                  [&store, &schema, partition, partitions, sum = std::move(sum),
                   done = std::move(done)](absl::StatusOr<VerifyReport> report) mutable {
                    if (!report.ok()) return done(report.status());
                    sum.entries += report->entries;
                    sum.facts += report->facts;
                    sum.aggregates += report->aggregates;
                    for (std::string& problem : report->problems) {
                      if (sum.problems.size() < kMaxProblems) sum.problems.push_back(std::move(problem));
                    }
                    VerifyFrom(store, schema, partition + 1, partitions, std::move(sum), std::move(done));
                  });
}

}  // namespace

void VerifyPartition(Store& store, const Schema& schema, uint32_t partition, Done<VerifyReport> done) {
  std::make_shared<Run>(store, schema, partition, std::move(done))->ReadLog();
}

void VerifyAll(Store& store, const Schema& schema, uint32_t partitions, Done<VerifyReport> done) {
  VerifyFrom(store, schema, 0, partitions, {}, std::move(done));
}

}  // namespace kepu::store
