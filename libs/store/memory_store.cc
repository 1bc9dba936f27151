#include "libs/store/memory_store.h"

#include <algorithm>
#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/store/partition_chain.h"
#include "libs/store/version.h"

namespace kepu::store {
namespace {

constexpr int64_t kWeekSeconds = 7 * 24 * 3600;
// A commit "applied late" comes to the store this long after its caller gave up on it.
constexpr absl::Duration kLate = absl::Milliseconds(300);

absl::Status Lost() { return absl::UnavailableError("connection lost"); }

}  // namespace

MemoryData::MemoryData(DataSet data_set, uint32_t partitions)
    : data_set_(std::move(data_set)), partitions_(partitions) {}

std::optional<Remembered> MemoryData::Find(const Partition& partition, const RequestKey& key) const {
  for (const auto& [week, keys] : partition.requests) {
    auto it = keys.find(key);
    if (it != keys.end()) return it->second;
  }
  return std::nullopt;
}

bool MemoryData::GuardsHold(const Partition& partition, const Group& group, GroupResult* result) const {
  bool holds = true;
  for (const Member& member : group.members) {
    const bool blind = planted_ == Planted::kNoRequestKeyCheck ||
                       (planted_ == Planted::kNoLookUpForRefusals && member.receipt.starts_with('-'));
    result->known.push_back(blind ? std::nullopt : Find(partition, member.key));
    if (result->known.back()) holds = false;
  }
  for (const AggregateChange& change : group.aggregates) {
    auto it = partition.aggregates.find(change.key);
    const bool present = it != partition.aggregates.end();
    result->current.push_back(present ? it->second.head : StoredHead{});
    if (result->current.back().version != change.expected && planted_ != Planted::kNoVersionCheck)
      holds = false;
    for (const std::string& field : change.must_be_absent) {
      if (present && it->second.children.contains(field)) holds = false;
    }
  }
  return holds;
}

void MemoryData::Write(Partition& partition, const Group& group, uint64_t seq) {
  for (const AggregateChange& change : group.aggregates) {
    if (change.after) {
      Stored& stored = partition.aggregates[change.key];
      stored.head = *change.after;
      for (const auto& [field, value] : change.children) {
        if (value) {
          stored.children[field] = *value;
        } else {
          stored.children.erase(field);
        }
      }
    }
    if (change.due) {
      if (*change.due == absl::InfiniteFuture()) {
        partition.due.erase(change.key);
      } else {
        partition.due[change.key] = *change.due;
      }
    }
  }
  for (const Member& member : group.members) {
    if (member.remember)
      partition.requests[partition.week][member.key] = {member.fingerprint, seq, member.receipt};
  }
}

absl::StatusOr<CommitResult> MemoryData::Apply(const Commit& commit, absl::Time now) {
  if (absl::Status status = CheckBounds(commit); !status.ok()) return status;
  if (read_only_) return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "READ_ONLY");
  if (now > commit.deadline) return refusal::Refuse(absl::StatusCode::kDeadlineExceeded, "LATE");
  Partition& partition = partitions_.at(commit.partition);
  const int64_t week = std::max(partition.week, absl::ToUnixSeconds(now) / kWeekSeconds);
  partition.week = week;
  std::erase_if(partition.requests, [&](const auto& entry) { return entry.first < week - 1; });

  CommitResult result{.store_time = now, .epoch = data_set_.epoch, .seq = partition.head.seq, .groups = {}};
  std::vector<const Group*> applied;
  LogEntry entry;
  bool all_hold = true;
  for (const Group& group : commit.groups) {
    GroupResult& outcome = result.groups.emplace_back();
    outcome.applied = GuardsHold(partition, group, &outcome);
    all_hold = all_hold && outcome.applied;
    if (planted_ == Planted::kWriteBeforeCheck && !group.facts.empty()) Write(partition, group, result.seq);
    if (outcome.applied) applied.push_back(&group);
  }
  if (planted_ == Planted::kBatchFailsTogether && !all_hold) {
    for (GroupResult& outcome : result.groups) outcome.applied = false;
    return result;
  }
  std::string versions;
  for (const Group* group : applied) {
    if (group->facts.empty()) continue;
    entry.groups.push_back(group->facts);
    for (const AggregateChange& change : group->aggregates) {
      if (change.after) versions += EncodeVersion(change.after->version);
    }
  }
  if (!entry.groups.empty()) {
    entry.seq = result.seq = ++partition.head.seq;
    partition.head.chain = NextPartitionChain(partition.head.chain, versions);
    partition.log.push_back(std::move(entry));
  }
  for (const Group* group : applied) Write(partition, *group, result.seq);
  for (GroupResult& outcome : result.groups) {
    if (outcome.applied) outcome.current.clear(), outcome.known.clear();
  }
  return result;
}

Loaded MemoryData::Load(uint32_t partition, const LoadRequest& request) const {
  Loaded loaded;
  const auto& aggregates = partitions_.at(partition).aggregates;
  auto it = aggregates.find(request.key);
  const bool present = it != aggregates.end();
  if (present) loaded.head = it->second.head;
  if (request.all_children) {
    if (present) {
      for (const auto& [field, value] : it->second.children) loaded.children.emplace_back(field, value);
    }
    return loaded;
  }
  for (const std::string& field : request.children) {
    std::optional<std::string> value;
    if (present) {
      auto child = it->second.children.find(field);
      if (child != it->second.children.end()) value = child->second;
    }
    loaded.children.emplace_back(field, std::move(value));
  }
  return loaded;
}

std::vector<LogEntry> MemoryData::ReadLog(uint32_t partition, uint64_t after_seq, size_t limit) const {
  const std::vector<LogEntry>& log = partitions_.at(partition).log;
  std::vector<LogEntry> entries;
  for (size_t i = after_seq; i < log.size() && entries.size() < limit; ++i) entries.push_back(log[i]);
  return entries;
}

std::vector<std::string> MemoryData::Roots(uint32_t partition) const {
  std::vector<std::string> roots;
  for (const auto& [key, stored] : partitions_.at(partition).aggregates) roots.push_back(key);
  return roots;
}

std::vector<std::string> MemoryData::Due(uint32_t partition, absl::Time until, size_t limit) const {
  std::vector<std::pair<absl::Time, std::string>> due;
  for (const auto& [key, time] : partitions_.at(partition).due) {
    if (time <= until) due.emplace_back(time, key);
  }
  std::sort(due.begin(), due.end());
  std::vector<std::string> keys;
  for (size_t i = 0; i < due.size() && i < limit; ++i) keys.push_back(due[i].second);
  return keys;
}

std::vector<PartitionHead> MemoryData::Heads() const {
  std::vector<PartitionHead> heads;
  for (const Partition& partition : partitions_) heads.push_back(partition.head);
  return heads;
}

void MemoryData::TamperHead(uint32_t partition, const std::string& key, const std::string& head) {
  partitions_.at(partition).aggregates.at(key).head.head = head;
}

void MemoryData::TamperChild(uint32_t partition, const std::string& key, const std::string& field,
                             const std::string& child) {
  partitions_[partition].aggregates[key].children[field] = child;
}

MemoryStore::MemoryStore(MemoryData& data, executor::Executor& executor, std::function<absl::Time()> now)
    : data_(data), executor_(executor), now_(std::move(now)) {}

MemoryStore::~MemoryStore() { *alive_ = false; }

void MemoryStore::After(executor::Task task) {
  if (latency_) {
    executor_.PostAfter(latency_(), std::move(task));
  } else {
    executor_.Post(std::move(task));
  }
}

template <class T>
void MemoryStore::Reply(Done<T> done, std::function<absl::StatusOr<T>()> make) {
  After([this, alive = alive_, done = std::move(done), make = std::move(make)]() mutable {
    if (!*alive) return;
    absl::StatusOr<T> answer = down_ ? absl::StatusOr<T>(Lost()) : make();
    After([alive, done = std::move(done), answer = std::move(answer)]() mutable {
      if (*alive) done(std::move(answer));
    });
  });
}

void MemoryStore::Apply(const Commit& commit, Done<CommitResult> done) {
  const Fate fate = fate_ ? fate_(commit) : Fate::kNormal;
  if (fate == Fate::kNormal) {
    return Reply<CommitResult>(std::move(done), [this, commit] { return data_.Apply(commit, now_()); });
  }
  // What was sent is on the wire: it arrives although this process may be gone by then.
  auto arrive = [data = &data_, now = now_, commit] { data->Apply(commit, now()).IgnoreError(); };
  if (fate == Fate::kReplyLost) After(arrive);
  if (fate == Fate::kAppliedLate) executor_.PostAfter(kLate, arrive);
  Reply<CommitResult>(std::move(done), [] { return Lost(); });
}

void MemoryStore::Load(uint32_t partition, std::vector<LoadRequest> requests,
                       Done<std::vector<Loaded>> done) {
  Reply<std::vector<Loaded>>(std::move(done), [this, partition, requests = std::move(requests)] {
    std::vector<Loaded> loaded;
    for (const LoadRequest& request : requests) loaded.push_back(data_.Load(partition, request));
    return loaded;
  });
}

void MemoryStore::ReadLog(uint32_t partition, uint64_t after_seq, size_t limit,
                          Done<std::vector<LogEntry>> done) {
  Reply<std::vector<LogEntry>>(std::move(done),
                               [=, this] { return data_.ReadLog(partition, after_seq, limit); });
}

void MemoryStore::ReadLogs(std::vector<uint64_t> after_seqs, size_t limit,
                           Done<std::vector<std::pair<uint32_t, LogEntry>>> done) {
  Reply<std::vector<std::pair<uint32_t, LogEntry>>>(std::move(done), [this, after_seqs, limit] {
    std::vector<std::pair<uint32_t, LogEntry>> entries;
    for (uint32_t partition = 0; partition < after_seqs.size(); ++partition) {
      for (LogEntry& entry : data_.ReadLog(partition, after_seqs[partition], limit)) {
        entries.emplace_back(partition, std::move(entry));
      }
    }
    return entries;
  });
}

void MemoryStore::Roots(uint32_t partition, Done<std::vector<std::string>> done) {
  Reply<std::vector<std::string>>(std::move(done), [this, partition] { return data_.Roots(partition); });
}

void MemoryStore::Due(uint32_t partition, absl::Time until, size_t limit,
                      Done<std::vector<std::string>> done) {
  Reply<std::vector<std::string>>(std::move(done), [=, this] { return data_.Due(partition, until, limit); });
}

void MemoryStore::Heads(Done<std::pair<DataSet, std::vector<PartitionHead>>> done) {
  Reply<std::pair<DataSet, std::vector<PartitionHead>>>(
      std::move(done), [this] { return std::pair(data_.data_set(), data_.Heads()); });
}

void MemoryStore::Time(Done<absl::Time> done) {
  Reply<absl::Time>(std::move(done), [this] { return now_(); });
}

}  // namespace kepu::store
