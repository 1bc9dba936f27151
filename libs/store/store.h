// The store: partitions of aggregates, changed by atomic commits that are guarded by the versions they rest
// on, with every fact in the partition's log in the same commit. Two backends of one meaning: RedisStore
// (production) and MemoryStore (tests and simulation); one conformance suite holds both to it. Rules:
// README.md, "The engine". Called from the executor only; completions run on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::store {

// Where a commit stands: data-set epoch, partition, sequence number in the partition's log.
struct Position {
  uint32_t epoch = 0;
  uint32_t partition = 0;
  uint64_t seq = 0;
  // 8 bits of epoch, 8 of partition, 48 of seq: one number for headers and tokens.
  uint64_t Pack() const { return uint64_t{epoch} << 56 | uint64_t{partition} << 48 | seq; }
  static Position Unpack(uint64_t packed) {
    return {static_cast<uint32_t>(packed >> 56), static_cast<uint32_t>(packed >> 48 & 0xff),
            packed & 0xffffffffffff};
  }
};

// Version of an aggregate: facts counted, and a chain hash over them, compared as 16 bytes. A bare counter
// would be an ABA trap across a failover or restore. Zero: absent.
struct Version {
  uint64_t counter = 0;
  uint64_t chain = 0;
  bool absent() const { return counter == 0; }
  bool operator==(const Version&) const = default;
};

// 16 keyed bytes of (principal, method, request id); see request_key.h.
using RequestKey = std::string;

// What the store holds of an aggregate's head: version, time of its last fact, and the head's bytes.
struct StoredHead {
  Version version;
  absl::Time last_fact_time = absl::UnixEpoch();
  std::string head;
};

// One aggregate of a group: read (guarded) and possibly changed.
struct AggregateChange {
  std::string key;                  // "session/1ak3…", without the partition
  Version expected;                 // absent: must not exist
  std::optional<StoredHead> after;  // nullopt: only read
  std::vector<std::pair<std::string, std::optional<std::string>>> children;  // nullopt: erase
  std::vector<std::string> must_be_absent;                                   // child fields
  // nullopt: leave; InfiniteFuture: nothing is due any more; otherwise the earliest deadline.
  std::optional<absl::Time> due;
};

// One decision's request key. `receipt` is what is remembered (at most kMaxReceiptBytes); remembered when
// `remember`.
struct Member {
  RequestKey key;
  uint64_t fingerprint = 0;
  std::string receipt;
  bool remember = false;
};

struct Group {
  std::vector<AggregateChange> aggregates;
  std::vector<Member> members;
  std::string facts;  // serialized kepu.log.v1.FactGroup; empty: nothing changes
};

struct Commit {
  uint32_t partition = 0;
  absl::Time deadline;  // service time; the store refuses it later than that
  std::vector<Group> groups;
};

// A remembered outcome.
struct Remembered {
  uint64_t fingerprint = 0;
  uint64_t seq = 0;
  std::string receipt;
};

struct GroupResult {
  bool applied = false;  // all its guards held; it was written if there was anything to write
  // When not applied: the state now of each of the group's aggregates, in order (absent ones have an absent
  // version).
  std::vector<StoredHead> current;
  // Of each member, in order, when any of them was known (its group is then not applied).
  std::vector<std::optional<Remembered>> known;
};

struct CommitResult {
  absl::Time store_time;
  uint32_t epoch = 0;
  uint64_t seq = 0;  // of the partition after the commit
  std::vector<GroupResult> groups;
};

// FAILED_PRECONDITION / COMMIT_TOO_LARGE when a bound below is passed. Both backends ask before they do
// anything.
absl::Status CheckBounds(const Commit& commit);

// What to load of one aggregate.
struct LoadRequest {
  std::string key;
  std::vector<std::string> children;
  bool all_children = false;
};

struct Loaded {
  StoredHead head;  // absent version when there is none
  std::vector<std::pair<std::string, std::optional<std::string>>> children;
};

struct LogEntry {
  uint64_t seq = 0;
  std::vector<std::string> groups;  // serialized kepu.log.v1.FactGroup
};

// Sequence number and chain hash of a partition: what the anchor file remembers.
struct PartitionHead {
  uint64_t seq = 0;
  std::string chain;  // 16 hex digits
};

// Who made the data set and when it was last restored; written by deploy only.
struct DataSet {
  std::string id;
  uint32_t epoch = 0;
  uint32_t layout = 0;
};

// Bounds of one commit: Lua's unpack fails at 8,000 and what was written before stays, so they are checked
// before.
inline constexpr size_t kMaxDecisions = 128;
inline constexpr size_t kMaxCommitBytes = size_t{256} * 1024;
inline constexpr size_t kMaxFieldsPerCommand = 1000;
inline constexpr size_t kMaxReceiptBytes = 64;
inline constexpr size_t kMaxHeadBytes = 4096;

template <class T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

class Store {
 public:
  virtual ~Store() = default;

  // Errors: DEADLINE_EXCEEDED / LATE (certainly not applied), FAILED_PRECONDITION (foreign data set, epoch,
  // read-only, too large: certainly not applied), UNAVAILABLE (unknown: may have been, or may still be,
  // applied before its deadline).
  virtual void Apply(const Commit& commit, Done<CommitResult> done) = 0;

  // Heads and children as they stand together: one aggregate's answer is one atomic read.
  virtual void Load(uint32_t partition, std::vector<LoadRequest> requests,
                    Done<std::vector<Loaded>> done) = 0;

  // Log entries after `after_seq`, in order, at most `limit`.
  virtual void ReadLog(uint32_t partition, uint64_t after_seq, size_t limit,
                       Done<std::vector<LogEntry>> done) = 0;

  // Entries of any of the partitions after the given seqs (index = partition), at most `limit` a partition:
  // the tail of a follower in one call.
  virtual void ReadLogs(std::vector<uint64_t> after_seqs, size_t limit,
                        Done<std::vector<std::pair<uint32_t, LogEntry>>> done) = 0;

  // Keys of all aggregates of a partition, in no order.
  virtual void Roots(uint32_t partition, Done<std::vector<std::string>> done) = 0;

  // Aggregates whose due time is at or before `until`, earliest first.
  virtual void Due(uint32_t partition, absl::Time until, size_t limit,
                   Done<std::vector<std::string>> done) = 0;

  // All partitions' heads; FAILED_PRECONDITION / NO_DATA_SET when the header is missing.
  virtual void Heads(Done<std::pair<DataSet, std::vector<PartitionHead>>> done) = 0;

  // The store's clock.
  virtual void Time(Done<absl::Time> done) = 0;
};

}  // namespace kepu::store
