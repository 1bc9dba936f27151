#include "libs/store/batch.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

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
  BatchView(Batch& batch, Pending& pending, const Batch::Parts& parts, absl::Time now, bool probe = false)
      : batch_(batch), pending_(pending), parts_(parts), now_(now), probe_(probe) {}

  aggregate::AnyAggregate& Get(absl::string_view key) override { return *PartOf(key).cached->state; }
  absl::Status Emit(absl::string_view key, absl::string_view fact) override { return EmitAny(key, fact); }
  absl::Status Emit(absl::string_view key, const google::protobuf::Message& fact) override {
    return EmitAny(key, fact);
  }

 private:
  Batch::Part& PartOf(absl::string_view key) {
    for (Batch::Part* part : parts_) {
      if (*part->key == key) return *part;
    }
    std::abort();  // A handler reads what it did not name: its guard would be missing.
  }
  template <class Fact>
  absl::Status EmitAny(absl::string_view key, const Fact& fact) {
    if (pending_.encode_only || pending_.read_only) return absl::InternalError("a read emits no facts");
    if (probe_) return absl::CancelledError("only asked what it would load");
    pending_.emitted = true;
    return batch_.Emit(PartOf(key), fact, &pending_, now_);
  }

  Batch& batch_;
  Pending& pending_;
  const Batch::Parts& parts_;
  absl::Time now_;
  bool probe_;
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
  Part& part = it->second;
  if (inserted) {
    part.key = &it->first;
    part.cached = cache_.Get(key);
    part.expected = part.cached->version;
    part.group = groups_.size();
    groups_.push_back({.decided = {}, .time = std::max(now_, part.cached->last_fact_time)});
    members_of_.push_back({&part});
  }
  return part;
}

// One group for all of `parts`: groups that meet in a decision become one.
size_t Batch::JoinGroups(const Parts& parts) {
  const size_t target = parts.front()->group;
  for (const Part* part : parts) {
    const size_t other = part->group;
    if (other == target) continue;
    Group& from = groups_[other];
    Group& to = groups_[target];
    for (auto& pending : from.decided) to.decided.push_back(std::move(pending));
    for (Part* moved : std::exchange(members_of_[other], {})) {
      moved->group = target;
      members_of_[target].push_back(moved);
    }
    to.time = std::max(to.time, from.time);
    from = Group{};
  }
  return target;
}

bool Batch::NoteMissing(const Parts& parts) {
  bool missing = false;
  for (Part* part : parts) {
    for (const std::string& field : part->cached->state->TakeMissing()) {
      part->cached->to_load.insert(field);
      missing = true;
    }
  }
  return missing;
}

void Batch::NoteTouched(Part& part) {
  part.touched.merge(part.cached->state->TakeTouched());
  part.assumed_absent.merge(part.cached->state->TakeAssumedAbsent());
  touched_most_ = std::max(touched_most_, part.touched.size());
}

log::v1::Fact& Batch::AddFact(Part& part, const Pending* cause) {
  if (part.facts == nullptr)
    part.facts = google::protobuf::Arena::CreateMessage<log::v1::AggregateFacts>(&arena_);
  log::v1::Fact& logged = *part.facts->add_facts();
  if (cause != nullptr) {
    logged.set_cause(cause->command.request_key);
    logged.set_actor(cause->command.actor);
  }
  return logged;
}

void Batch::Count(Part& part, const log::v1::Fact& logged, absl::Time now) {
  part.cached->version = Next(part.cached->version, logged);
  part.cached->last_fact_time = std::max(part.cached->last_fact_time, now);
  Group& group = groups_[part.group];
  group.time = std::max(group.time, now);
  // The fact, the children and the head it changes, about.
  bytes_ += logged.body().size() * 3 + part.key->size();
}

absl::Status Batch::Emit(Part& part, absl::string_view fact, const Pending* cause, absl::Time now) {
  if (absl::Status status = schema_.Apply(*part.cached->state, fact); !status.ok()) return status;
  log::v1::Fact& logged = AddFact(part, cause);
  logged.set_body(fact.data(), fact.size());
  Count(part, logged, now);
  return absl::OkStatus();
}

absl::Status Batch::Emit(Part& part, const google::protobuf::Message& fact, const Pending* cause,
                         absl::Time now) {
  if (absl::Status status = schema_.ApplyMessage(*part.cached->state, fact); !status.ok()) return status;
  log::v1::Fact& logged = AddFact(part, cause);
  fact.SerializeToString(logged.mutable_body());
  Count(part, logged, now);
  return absl::OkStatus();
}

bool Batch::ApplyDue(Part& part, absl::Time now) {
  for (int round = 0; may_expire_ && round < kDueRounds; ++round) {
    absl::StatusOr<std::vector<std::string>> due = schema_.Due(*part.cached->state, now);
    if (!due.ok()) return !NoteMissing({&part});
    if (due->empty()) return true;
    for (const std::string& fact : *due) {
      if (absl::Status status = Emit(part, fact, nullptr, now); !status.ok()) std::abort();
    }
    NoteTouched(part);
  }
  return true;
}

bool Batch::Run(Pending& pending, const Parts& parts, absl::Time now) {
  Command& command = pending.command;
  pending.encoded = pending.emitted = false;
  BatchView view(*this, pending, parts, now);
  absl::Status verdict = absl::OkStatus();
  if (command.resolve_only && !pending.encode_only) {
    verdict = refusal::Refuse(absl::StatusCode::kAborted, "ABANDONED");
  } else if (!pending.encode_only && command.decide) {
    verdict = command.decide(view, now);
    if (NoteMissing(parts) && !verdict.ok()) {
      for (Part* part : parts) part->cached->state->TakeAssumedAbsent();
      return false;
    }
  }
  if (verdict.ok() && command.encode) {
    absl::Status encoded = command.encode(view);
    const bool missing = NoteMissing(parts);
    if (!encoded.ok() && missing && (pending.encode_only || pending.read_only)) return false;
    // Missing after a fresh decision: the facts stand and go out now, the answer is made after they are
    // confirmed.
    if (encoded.ok() || !missing) {
      pending.encoded = true;
      verdict = encoded;
    }
  }
  pending.verdict = std::move(verdict);
  return true;
}

void Batch::Probe(Pending& pending, const Parts& parts, absl::Time now) {
  const Command& command = pending.command;
  if (!command.decide || command.resolve_only || pending.encode_only || ++probed_ > kMaxDecisions) return;
  for (const Part* part : parts) {
    if (part->cached->to_load.size() >= kMaxFieldsPerCommand) return;
  }
  BatchView view(*this, pending, parts, now, true);
  // Its verdict is of no account: it is decided after what comes before it.
  pending.command.decide(view, now).IgnoreError();
  NoteMissing(parts);
  for (const Part* part : parts) part->cached->state->TakeAssumedAbsent();
}

bool Batch::Decide(std::unique_ptr<Pending>& pending) {
  Parts parts;
  for (const std::string& key : pending->command.aggregates) parts.push_back(&PartOf(key));
  absl::Time now = now_;
  bool waits = false;
  for (const Part* part : parts) {
    if (!part->cached->loaded) return false;
    waits = waits || !part->cached->to_load.empty();
    now = std::max(now, part->cached->last_fact_time);
  }
  if (waits) {
    Probe(*pending, parts, now);
    return false;
  }
  const size_t group = JoinGroups(parts);
  for (Part* part : parts) {
    if (!ApplyDue(*part, now)) return false;
  }
  if (!Run(*pending, parts, now)) return false;
  for (Part* part : parts) NoteTouched(*part);
  groups_[group].time = std::max(groups_[group].time, now);
  groups_[group].decided.push_back(std::move(pending));
  ++members_;
  return true;
}

void Batch::BuildAggregate(Part& part, absl::Time time, AggregateChange* change, log::v1::FactGroup* facts) {
  const aggregate::AnyAggregate& state = *part.cached->state;
  change->key = *part.key;
  change->expected = part.expected;
  change->must_be_absent.assign(part.assumed_absent.begin(), part.assumed_absent.end());
  if (part.facts == nullptr) return;
  part.cached->last_fact_time = time;
  change->after = StoredHead{part.cached->version, time, state.SerializeHead()};
  change->children.reserve(part.touched.size());
  for (const std::string& field : part.touched)
    change->children.emplace_back(field, state.SerializeChild(field));
  const absl::Time due = schema_.NextDue(state);
  if (due != part.cached->due) {
    change->due = due;
    part.cached->due = due;
  }
  part.facts->set_key(*part.key);
  part.facts->set_first_version(part.expected.counter + 1);
  facts->mutable_aggregates()->AddAllocated(part.facts);  // both in the arena: nothing is copied
}

Commit Batch::Build(uint32_t partition, absl::Time deadline) {
  Commit commit{.partition = partition, .deadline = deadline, .groups = {}};
  std::vector<Group> kept;
  for (size_t i = 0; i < groups_.size(); ++i) {
    Group& group = groups_[i];
    const Parts& parts = members_of_[i];
    // Left over from merging, or touched only by a command that has to wait for a load.
    const bool idle =
        std::all_of(parts.begin(), parts.end(), [](Part* part) { return part->facts == nullptr; });
    if (group.decided.empty() && idle) continue;
    store::Group& out = commit.groups.emplace_back();
    auto* facts = google::protobuf::Arena::CreateMessage<log::v1::FactGroup>(&arena_);
    facts->set_time_us(absl::ToUnixMicros(group.time));
    for (Part* part : parts) BuildAggregate(*part, group.time, &out.aggregates.emplace_back(), facts);
    if (facts->aggregates_size() > 0) facts->SerializeToString(&out.facts);
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
    kept.push_back(std::move(group));
  }
  groups_ = std::move(kept);
  return commit;
}

}  // namespace kepu::store
