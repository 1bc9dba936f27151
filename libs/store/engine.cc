#include "libs/store/engine.h"

#include <algorithm>
#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/store/mailbox.h"
#include "libs/store/version.h"

namespace kepu::store {
namespace {

constexpr uint32_t kMailboxes = 64;  // as many as there are partitions
// A command with less time left is refused before it is decided: its answer could not leave in time.
constexpr absl::Duration kLeastTimeLeft = absl::Milliseconds(20);
// A commit whose connection broke goes out again, unchanged, this much later.
constexpr absl::Duration kResendAfter = absl::Milliseconds(10);
constexpr absl::Duration kRetryHint = absl::Milliseconds(200);

absl::Status Busy() { return refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", kRetryHint); }
// A store that does not answer: certainly nothing was done, and asking again is the thing to do.
absl::Status WhyNotLoaded(const absl::Status& status) {
  if (!absl::IsUnavailable(status) || !refusal::ReasonOf(status).empty()) return status;
  return refusal::TryLater(absl::StatusCode::kUnavailable, "STORE_NOT_READY", kRetryHint);
}
absl::Status Unknown() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "OUTCOME_UNKNOWN", kRetryHint);
}

class EngineImpl final : public Engine {
 public:
  EngineImpl(EngineDeps deps, EngineOptions options) : deps_(deps), options_(options) {
    budget_.aggregates_max = options.cached_aggregates;
    budget_.children_max = options.cached_children;
    boxes_.resize(kMailboxes);
  }
  ~EngineImpl() override { *alive_ = false; }

  void Submit(uint32_t partition, Command command) override {
    auto pending = std::make_unique<Pending>();
    pending->command = std::move(command);
    Post(partition, std::move(pending));
  }

  void Read(uint32_t partition, std::vector<std::string> aggregates,
            absl::AnyInvocable<absl::Status(View&)> read,
            absl::AnyInvocable<void(absl::Status)> done) override {
    auto pending = std::make_unique<Pending>();
    pending->read_only = true;
    pending->command.aggregates = std::move(aggregates);
    pending->command.encode = std::move(read);
    pending->command.done = [done = std::move(done)](const Outcome& outcome) mutable {
      done(outcome.status);
    };
    Post(partition, std::move(pending));
  }

  void DropCache() override {
    for (auto& box : boxes_) {
      if (box && !box->busy) box->cache.Clear();
      if (box && box->busy) box->drop_after = true;
    }
  }

 private:
  // A commit under way.
  struct Flight {
    Commit commit;
    std::vector<Batch::Group> groups;
    int copies = 0;
  };

  Mailbox& Box(uint32_t partition);
  void Post(uint32_t partition, std::unique_ptr<Pending> pending) {
    deps_.executor.Post([this, alive = alive_, partition, pending = std::move(pending)]() mutable {
      if (*alive) Enqueue(partition, std::move(pending));
    });
  }
  void Enqueue(uint32_t partition, std::unique_ptr<Pending> pending);
  bool Join(Pending& pending);
  void Schedule(uint32_t partition);
  void Run(uint32_t partition);
  void LoadFor(uint32_t partition, std::vector<LoadRequest> requests);
  void Send(uint32_t partition, std::shared_ptr<Flight> flight);
  void OnResult(uint32_t partition, std::shared_ptr<Flight> flight, absl::StatusOr<CommitResult> result);
  void OnFailure(uint32_t partition, Flight& flight, const absl::Status& status);
  void OnStale(uint32_t partition, const store::Group& sent, Batch::Group& group, const GroupResult& result);
  void OnApplied(uint32_t partition, const store::Group& sent, Batch::Group& group, bool wrote,
                 const CommitResult& result);
  void Finish(Pending& pending, const Outcome& outcome);
  void Next(uint32_t partition);

  EngineDeps deps_;
  EngineOptions options_;
  CacheBudget budget_;
  size_t waiting_ = 0;  // commands in all mailboxes
  std::vector<std::unique_ptr<Mailbox>> boxes_;
  // Calls under way by request key: a duplicate joins the first one's completion.
  struct InFlight {
    uint64_t fingerprint;
    std::vector<std::unique_ptr<Pending>> joined;
  };
  absl::flat_hash_map<RequestKey, InFlight> in_flight_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Mailbox& EngineImpl::Box(uint32_t partition) {
  std::unique_ptr<Mailbox>& box = boxes_.at(partition);
  if (!box) box = std::make_unique<Mailbox>(deps_.schema, budget_, waiting_);
  return *box;
}

// True when the call waits for, or was answered by, an earlier copy that is under way.
bool EngineImpl::Join(Pending& pending) {
  const Command& command = pending.command;
  auto [it, first] = in_flight_.try_emplace(command.request_key, InFlight{command.fingerprint, {}});
  if (first) return false;
  if (it->second.fingerprint != command.fingerprint) {
    pending.command.done(
        {refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"), {}, false});
  } else {
    it->second.joined.push_back(std::make_unique<Pending>(std::move(pending)));
  }
  return true;
}

void EngineImpl::Enqueue(uint32_t partition, std::unique_ptr<Pending> pending) {
  if (pending->command.aggregates.empty()) {
    return pending->command.done({absl::InternalError("a command names its aggregates"), {}, false});
  }
  Mailbox& box = Box(partition);
  const std::string& first = pending->command.aggregates.front();
  if (!pending->command.request_key.empty() && Join(*pending)) return;
  if (waiting_ >= options_.queue_per_process || box.QueuedOn(first) >= options_.queue_per_aggregate) {
    return Finish(*pending, {Busy(), {}, false});
  }
  for (const std::string& key : pending->command.aggregates) {
    if (box.cache.Get(key) == nullptr) {
      return Finish(*pending, {absl::InternalError("no such kind of aggregate"), {}, false});
    }
  }
  pending->queued_at = deps_.executor.SteadyNow();
  box.PushBack(std::move(pending));
  Schedule(partition);
}

// Posted, not called: commands that arrived in the same turn of the loop become one batch.
void EngineImpl::Schedule(uint32_t partition) {
  Mailbox& box = Box(partition);
  if (box.busy || box.scheduled) return;
  box.scheduled = true;
  deps_.executor.Post([this, alive = alive_, partition] {
    if (!*alive) return;
    Box(partition).scheduled = false;
    Run(partition);
  });
}

void EngineImpl::LoadFor(uint32_t partition, std::vector<LoadRequest> requests) {
  std::vector<std::string> keys;
  keys.reserve(requests.size());
  for (const LoadRequest& request : requests) keys.push_back(request.key);
  deps_.store.Load(
      partition, std::move(requests),
      [this, alive = alive_, partition,
       keys = std::move(keys)](absl::StatusOr<std::vector<Loaded>> loaded) mutable {
        if (!*alive) return;
        Mailbox& box = Box(partition);
        if (!loaded.ok()) {
          // Nothing can be decided: everybody who waits is told so. No outcome is in doubt, nothing was sent.
          const absl::Status why = WhyNotLoaded(loaded.status());
          while (std::unique_ptr<Pending> pending = box.Take()) Finish(*pending, {why, {}, false});
          return Next(partition);
        }
        for (size_t i = 0; i < keys.size(); ++i) {
          Cached* cached = box.cache.Get(keys[i]);
          Loaded& answer = (*loaded)[i];
          bool readable = box.cache.SetHead(keys[i], *cached, answer.head);
          for (auto& [field, value] : answer.children) {
            readable = cached->state->ParseChild(field, value) && readable;
            cached->to_load.erase(field);
          }
          if (!readable)
            std::abort();  // Written by something that is not this service: G14, stop rather than guess.
        }
        Run(partition);
      });
}

void EngineImpl::Run(uint32_t partition) {
  Mailbox& box = Box(partition);
  box.busy = true;
  if (std::vector<LoadRequest> requests = box.WhatToLoad(); !requests.empty()) {
    return LoadFor(partition, std::move(requests));
  }
  const absl::Time steady = deps_.executor.SteadyNow();
  // Logs and records keep microseconds: finer times would not be what is read back.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(deps_.clock.Now()));
  Batch batch(box.cache, deps_.schema, now, deps_.clock.Steady());
  absl::Duration time_left = options_.batch_deadline;
  std::vector<std::unique_ptr<Pending>> deferred;
  size_t decided = 0;
  while (!batch.full()) {
    // Asking for the time is not free: once in eight decisions is often enough for a bound of 2 ms.
    if (++decided % 8 == 0 && deps_.executor.SteadyNow() - steady > options_.deciding_max) break;
    std::unique_ptr<Pending> pending = box.Take();
    if (!pending) break;
    const absl::Duration left = pending->command.deadline - steady;
    if (left < kLeastTimeLeft) {
      Finish(*pending,
             {refusal::Refuse(absl::StatusCode::kDeadlineExceeded, "DEADLINE_TOO_SHORT"), {}, false});
      continue;
    }
    if (steady - pending->queued_at > options_.queue_age_max && pending->tries == 0) {
      Finish(*pending, {Busy(), {}, false});
      continue;
    }
    if (batch.Decide(pending)) {
      time_left = std::min(time_left, left);
    } else {
      deferred.push_back(std::move(pending));
    }
  }
  for (auto it = deferred.rbegin(); it != deferred.rend(); ++it) box.PushFront(std::move(*it));
  auto flight = std::make_shared<Flight>();
  flight->commit = batch.Build(partition, now + time_left);
  if (flight->commit.groups.empty()) return Next(partition);
  flight->groups = std::move(batch.groups());
  Send(partition, std::move(flight));
}

void EngineImpl::Send(uint32_t partition, std::shared_ptr<Flight> flight) {
  ++flight->copies;
  deps_.store.Apply(flight->commit,
                    [this, alive = alive_, partition, flight](absl::StatusOr<CommitResult> result) mutable {
                      if (*alive) OnResult(partition, std::move(flight), std::move(result));
                    });
}

void EngineImpl::OnResult(uint32_t partition, std::shared_ptr<Flight> flight,
                          absl::StatusOr<CommitResult> result) {
  if (!result.ok()) {
    const bool resend = absl::IsUnavailable(result.status()) && deps_.clock.Now() < flight->commit.deadline;
    if (!resend) {
      OnFailure(partition, *flight, result.status());
      return Next(partition);
    }
    deps_.executor.PostAfter(kResendAfter, [this, alive = alive_, partition, flight] {
      if (*alive) Send(partition, flight);
    });
    return;
  }
  LogEntry entry{.seq = result->seq, .groups = {}};
  std::vector<bool> wrote(flight->groups.size());
  for (size_t i = 0; i < flight->groups.size(); ++i) {
    wrote[i] = result->groups[i].applied && !flight->commit.groups[i].facts.empty();
    if (wrote[i]) {
      entry.groups.push_back(std::move(flight->commit.groups[i].facts));
    }
  }
  if (deps_.observer != nullptr && !entry.groups.empty()) deps_.observer->OnEntry(partition, entry);
  for (size_t i = 0; i < flight->groups.size(); ++i) {
    if (result->groups[i].applied) {
      OnApplied(partition, flight->commit.groups[i], flight->groups[i], wrote[i], *result);
    } else {
      OnStale(partition, flight->commit.groups[i], flight->groups[i], result->groups[i]);
    }
  }
  Next(partition);
}

// The commit was refused as a whole, or its fate is unknown. What is cached was changed ahead of it, so it
// goes.
void EngineImpl::OnFailure(uint32_t partition, Flight& flight, const absl::Status& status) {
  Mailbox& box = Box(partition);
  const bool late = absl::IsDeadlineExceeded(status);
  for (const store::Group& sent : flight.commit.groups) {
    for (const AggregateChange& change : sent.aggregates) box.cache.Drop(change.key);
  }
  for (Batch::Group& group : flight.groups) {
    for (std::unique_ptr<Pending>& pending : group.decided) {
      if (late && ++pending->tries <= options_.stale_tries &&
          pending->command.deadline - deps_.executor.SteadyNow() > kLeastTimeLeft) {
        // Decided again; should an earlier copy have gone through after all, its request key is known.
        box.PushFront(std::move(pending));
      } else if (late ? flight.copies > 1 : absl::IsUnavailable(status)) {
        Finish(*pending, {Unknown(), {}, false});
      } else {
        Finish(*pending, {status, {}, false});
      }
    }
  }
}

void EngineImpl::OnStale(uint32_t partition, const store::Group& sent, Batch::Group& group,
                         const GroupResult& result) {
  Mailbox& box = Box(partition);
  bool moved = false, any_known = false;
  for (size_t i = 0; i < sent.aggregates.size(); ++i) {
    const AggregateChange& change = sent.aggregates[i];
    moved = moved || result.current[i].version != change.expected;
    box.cache.Drop(change.key);
    Cached* cached = box.cache.Get(change.key);
    if (!box.cache.SetHead(change.key, *cached, result.current[i])) std::abort();
  }
  for (const std::optional<Remembered>& known : result.known) any_known = any_known || known.has_value();
  // Heads as expected: a child that was taken for absent is there.
  std::vector<std::pair<std::string, std::string>> wrongly_assumed;
  for (const AggregateChange& change : sent.aggregates) {
    if (moved || any_known) break;
    for (const std::string& field : change.must_be_absent) wrongly_assumed.emplace_back(change.key, field);
  }
  size_t member = 0;
  std::vector<std::unique_ptr<Pending>> again;
  for (std::unique_ptr<Pending>& pending : group.decided) {
    const bool counted =
        !pending->command.request_key.empty() && !pending->encode_only && !pending->read_only;
    std::optional<Remembered> known;
    if (counted && member < result.known.size()) known = result.known[member];
    if (counted) ++member;
    if (known && known->fingerprint != pending->command.fingerprint) {
      Finish(*pending, {refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"), {}, false});
    } else if (known && !DecodeReceipt(known->receipt).ok()) {
      Finish(*pending, {DecodeReceipt(known->receipt), {}, true});
    } else if (known) {
      pending->encode_only = pending->replayed = true;
      pending->decided_seq = known->seq;
      again.push_back(std::move(pending));
    } else if (++pending->tries > options_.stale_tries) {
      Finish(*pending, {refusal::TryLater(absl::StatusCode::kAborted, "CONTENTION", kRetryHint), {}, false});
    } else {
      again.push_back(std::move(pending));
    }
  }
  for (auto it = again.rbegin(); it != again.rend(); ++it) {
    auto& known = (*it)->wrongly_assumed;
    known.insert(known.end(), wrongly_assumed.begin(), wrongly_assumed.end());
    for (const auto& [key, field] : known) box.cache.Get(key)->to_load.insert(field);
    box.PushFront(std::move(*it));
  }
}

void EngineImpl::OnApplied(uint32_t partition, const store::Group& sent, Batch::Group& group, bool wrote,
                           const CommitResult& result) {
  Mailbox& box = Box(partition);
  for (const AggregateChange& change : sent.aggregates) {
    Cached* cached = box.cache.Get(change.key);
    box.cache.CountChildren(*cached, options_.cached_children_per_aggregate);
    if (wrote && cached->due != absl::InfinitePast() && cached->due <= deps_.clock.Now() &&
        deps_.clock.Steady()) {
      // More is due than one batch may write: go on with it, as long as something comes of it.
      Command rest;
      rest.aggregates = {change.key};
      rest.done = [](const Outcome&) {};
      Submit(partition, std::move(rest));
    }
  }
  for (std::unique_ptr<Pending>& pending : group.decided) {
    const bool answered = pending->encoded || !pending->command.encode || !pending->verdict.ok();
    const uint64_t seq = pending->encode_only ? pending->decided_seq : result.seq;
    if (answered) {
      Finish(*pending, {pending->verdict, {result.epoch, partition, seq}, pending->replayed});
      continue;
    }
    pending->encode_only = true;
    pending->decided_seq = seq;
    box.PushFront(std::move(pending));
  }
}

// Answers the call and the copies of it that joined.
void EngineImpl::Finish(Pending& pending, const Outcome& outcome) {
  std::vector<std::unique_ptr<Pending>> joined;
  auto it = in_flight_.find(pending.command.request_key);
  if (!pending.command.request_key.empty() && it != in_flight_.end()) {
    joined = std::move(it->second.joined);
    in_flight_.erase(it);
  }
  pending.command.done(outcome);
  for (std::unique_ptr<Pending>& copy : joined) {
    // The copy shows the object as it is: it goes through the mailbox and meets the remembered key there.
    const uint32_t partition = outcome.position.partition;
    if (outcome.status.ok()) {
      Enqueue(partition, std::move(copy));
    } else {
      copy->command.done({outcome.status, outcome.position, outcome.replayed});
    }
  }
}

void EngineImpl::Next(uint32_t partition) {
  Mailbox& box = Box(partition);
  box.busy = false;
  if (box.drop_after) box.cache.Clear();
  box.drop_after = false;
  box.cache.Trim();
  if (!box.empty()) Schedule(partition);
}

}  // namespace

std::unique_ptr<Engine> MakeEngine(EngineDeps deps, EngineOptions options) {
  return std::make_unique<EngineImpl>(deps, options);
}

}  // namespace kepu::store
