#include "libs/store/batch.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"
#include "libs/store/version.h"

namespace kepu::store {
namespace {

// Rounds of "what is due" per aggregate and batch: each may write a bounded number of children, the rest
// waits for the next batch.
constexpr int kDueRounds = 4;
// Leaves room for one more decision below the bounds of a commit.
constexpr size_t kBatchBytes = kMaxCommitBytes * 3 / 4;
constexpr size_t kBatchFields = kMaxFieldsPerCommand / 2;

}  // namespace

// The view of one command.
class BatchView final : public View {
 public:
  BatchView(Batch& batch, Pending& pending, absl::Time now) : batch_(batch), pending_(pending), now_(now) {}

  aggregate::AnyAggregate& Get(absl::string_view key) override {
    for (const std::string& named : pending_.command.aggregates) {
      if (named == key) return *batch_.PartOf(named).cached->state;
    }
    std::abort();  // A handler reads what it did not name: its guard would be missing.
  }
  absl::Status Emit(absl::string_view key, absl::string_view fact) override {
    if (pending_.encode_only || pending_.read_only) return absl::InternalError("a read emits no facts");
    Get(key);
    pending_.emitted = true;
    return batch_.Emit(std::string(key), fact, &pending_, now_);
  }

 private:
  Batch& batch_;
  Pending& pending_;
  absl::Time now_;
};

std::string EncodeReceipt(const absl::Status& verdict) {
  if (verdict.ok()) return "+";
  return absl::StrCat("-", static_cast<int>(verdict.code()), " ", refusal::ReasonOf(verdict))
      .substr(0, kMaxReceiptBytes);
}

absl::Status DecodeReceipt(absl::string_view receipt) {
  if (receipt.empty() || receipt[0] == '+') return absl::OkStatus();
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(receipt.substr(1), absl::MaxSplits(' ', 1));
  int code = 0;
  if (!absl::SimpleAtoi(parts.first, &code)) return absl::InternalError("unreadable receipt");
  return refusal::Refuse(static_cast<absl::StatusCode>(code), parts.second);
}

bool Batch::full() const {
  return members_ >= kMaxDecisions || bytes_ >= kBatchBytes || touched_most_ >= kBatchFields;
}

Batch::Part& Batch::PartOf(const std::string& key) {
  auto [it, inserted] = parts_.try_emplace(key);
  if (inserted) {
    it->second.cached = cache_.Get(key);
    it->second.expected = it->second.cached->version;
    it->second.group = groups_.size();
    groups_.push_back(
        {.decided = {}, .keys = {key}, .time = std::max(now_, it->second.cached->last_fact_time)});
  }
  return it->second;
}

// One group for all of `keys`: groups that meet in a decision become one.
size_t Batch::GroupOf(const std::vector<std::string>& keys) {
  const size_t target = PartOf(keys.front()).group;
  for (const std::string& key : keys) {
    const size_t other = PartOf(key).group;
    if (other == target) continue;
    Group& from = groups_[other];
    Group& to = groups_[target];
    for (auto& pending : from.decided) to.decided.push_back(std::move(pending));
    for (const std::string& moved : from.keys) {
      parts_.at(moved).group = target;
      to.keys.push_back(moved);
    }
    to.time = std::max(to.time, from.time);
    from = Group{};
  }
  return target;
}

bool Batch::NeedsLoad(const std::vector<std::string>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const Cached* cached = cache_.Get(key);
    return !cached->loaded || !cached->to_load.empty();
  });
}

bool Batch::NoteMissing(const std::vector<std::string>& keys) {
  bool missing = false;
  for (const std::string& key : keys) {
    Cached* cached = cache_.Get(key);
    for (const std::string& field : cached->state->TakeMissing()) {
      cached->to_load.insert(field);
      missing = true;
    }
  }
  return missing;
}

absl::Status Batch::Emit(const std::string& key, absl::string_view fact, const Pending* cause,
                         absl::Time now) {
  Part& part = PartOf(key);
  if (absl::Status status = schema_.Apply(*part.cached->state, fact); !status.ok()) return status;
  log::v1::Fact* logged = part.facts.add_facts();
  if (cause != nullptr) {
    logged->set_cause(cause->command.request_key);
    logged->set_actor(cause->command.actor);
  }
  logged->set_body(fact.data(), fact.size());
  part.cached->version = Next(part.cached->version, *logged);
  part.cached->last_fact_time = std::max(part.cached->last_fact_time, now);
  Group& group = groups_[part.group];
  group.time = std::max(group.time, now);
  bytes_ += fact.size() * 3 + key.size();  // the fact, the children and the head it changes, about
  return absl::OkStatus();
}

bool Batch::ApplyDue(const std::string& key, absl::Time now) {
  Part& part = PartOf(key);
  for (int round = 0; may_expire_ && round < kDueRounds; ++round) {
    absl::StatusOr<std::vector<std::string>> due = schema_.Due(*part.cached->state, now);
    if (!due.ok()) return !NoteMissing({key});
    if (due->empty()) return true;
    for (const std::string& fact : *due) {
      if (absl::Status status = Emit(key, fact, nullptr, now); !status.ok()) std::abort();
    }
    for (const std::string& field : part.cached->state->TakeTouched()) part.touched.insert(field);
    touched_most_ = std::max(touched_most_, part.touched.size());
  }
  return true;
}

bool Batch::Decide(std::unique_ptr<Pending>& pending) {
  Command& command = pending->command;
  if (NeedsLoad(command.aggregates)) return false;
  const size_t group = GroupOf(command.aggregates);
  absl::Time now = now_;
  for (const std::string& key : command.aggregates) now = std::max(now, PartOf(key).cached->last_fact_time);
  for (const std::string& key : command.aggregates) {
    if (!ApplyDue(key, now)) return false;
  }
  pending->encoded = pending->emitted = false;
  BatchView view(*this, *pending, now);
  absl::Status verdict = absl::OkStatus();
  if (command.resolve_only && !pending->encode_only) {
    verdict = refusal::Refuse(absl::StatusCode::kAborted, "ABANDONED");
  } else if (!pending->encode_only && command.decide) {
    verdict = command.decide(view, now);
    if (NoteMissing(command.aggregates) && !verdict.ok()) {
      for (const std::string& key : command.aggregates) PartOf(key).cached->state->TakeAssumedAbsent();
      return false;
    }
  }
  if (verdict.ok() && command.encode) {
    absl::Status encoded = command.encode(view);
    const bool missing = NoteMissing(command.aggregates);
    if (!encoded.ok() && missing && (pending->encode_only || pending->read_only)) return false;
    // Missing after a fresh decision: the facts stand and go out now, the answer is made after they are
    // confirmed.
    if (encoded.ok() || !missing) {
      pending->encoded = true;
      verdict = encoded;
    }
  }
  pending->verdict = verdict;
  for (const std::string& key : command.aggregates) {
    Part& part = PartOf(key);
    for (const std::string& field : part.cached->state->TakeTouched()) part.touched.insert(field);
    for (const std::string& field : part.cached->state->TakeAssumedAbsent())
      part.assumed_absent.insert(field);
    touched_most_ = std::max(touched_most_, part.touched.size());
  }
  groups_[group].time = std::max(groups_[group].time, now);
  groups_[group].decided.push_back(std::move(pending));
  ++members_;
  return true;
}

void Batch::BuildAggregate(const std::string& key, absl::Time time, AggregateChange* change,
                           log::v1::FactGroup* facts) {
  Part& part = parts_.at(key);
  const aggregate::AnyAggregate& state = *part.cached->state;
  change->key = key;
  change->expected = part.expected;
  change->must_be_absent.assign(part.assumed_absent.begin(), part.assumed_absent.end());
  if (part.facts.facts().empty()) return;
  part.cached->last_fact_time = time;
  change->after = StoredHead{part.cached->version, time, state.SerializeHead()};
  for (const std::string& field : part.touched)
    change->children.emplace_back(field, state.SerializeChild(field));
  const absl::Time due = schema_.NextDue(state);
  if (due != part.cached->due) {
    change->due = due;
    part.cached->due = due;
  }
  part.facts.set_key(key);
  part.facts.set_first_version(part.expected.counter + 1);
  *facts->add_aggregates() = std::move(part.facts);
}

Commit Batch::Build(uint32_t partition, absl::Time deadline) {
  // Left over from merging, or touched only by a command that has to wait for a load.
  std::erase_if(groups_, [&](const Group& group) {
    return group.decided.empty() &&
           std::all_of(group.keys.begin(), group.keys.end(),
                       [&](const std::string& key) { return parts_.at(key).facts.facts().empty(); });
  });
  Commit commit{.partition = partition, .deadline = deadline, .groups = {}};
  for (Group& group : groups_) {
    store::Group& out = commit.groups.emplace_back();
    log::v1::FactGroup facts;
    facts.set_time_us(absl::ToUnixMicros(group.time));
    for (const std::string& key : group.keys) {
      BuildAggregate(key, group.time, &out.aggregates.emplace_back(), &facts);
    }
    if (facts.aggregates_size() > 0) facts.SerializeToString(&out.facts);
    for (const std::unique_ptr<Pending>& pending : group.decided) {
      const Command& command = pending->command;
      if (command.request_key.empty() || pending->encode_only || pending->read_only) continue;
      // A bare refusal is remembered for a repeat only: the same id may get a yes as long as nobody was told
      // no twice.
      const bool remember =
          pending->verdict.ok() || pending->emitted || command.repeat || command.resolve_only;
      out.members.push_back(
          {command.request_key, command.fingerprint, EncodeReceipt(pending->verdict), remember});
    }
  }
  return commit;
}

}  // namespace kepu::store
