// The engine of a service: mailboxes of commands in front of the store. Commands queue while a commit of
// their partition is in flight, are decided one after another on cached aggregates, and go out as the next
// commit; nothing is answered before the store confirmed the versions it rests on. Owns the cache; lives on
// one executor. Submit is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "libs/aggregate/aggregate.h"
#include "libs/executor/executor.h"
#include "libs/store/store.h"

namespace kepu::store {

// How a service's aggregates are made, changed and fall due. Implemented in services/*/store; pure.
class Schema {
 public:
  virtual ~Schema() = default;
  // A fresh, absent aggregate for `key`; the part before the first '/' is its kind. Null for an unknown kind.
  virtual std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view key) const = 0;
  // Applies one fact (the `body` of kepu.log.v1.Fact).
  virtual absl::Status Apply(aggregate::AnyAggregate& state, absl::string_view fact) const = 0;
  // The same of a fact that has just been decided, which needs no parsing.
  virtual absl::Status ApplyMessage(aggregate::AnyAggregate& state,
                                    const google::protobuf::Message& fact) const {
    return Apply(state, fact.SerializeAsString());
  }
  // Facts (bodies) for what is due at `now`: at most a bounded few; asked again until there are none. May
  // answer NotLoaded.
  virtual absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate& state,
                                                       absl::Time now) const = 0;
  // Earliest deadline in the aggregate, InfiniteFuture when none. Best read off the head alone: it is asked
  // at each load.
  virtual absl::Time NextDue(const aggregate::AnyAggregate& state) const = 0;
};

// The aggregates a decision may read, and where its facts go.
class View {
 public:
  virtual ~View() = default;
  // The state of an aggregate named in the command; aborts when it was not named.
  virtual aggregate::AnyAggregate& Get(absl::string_view key) = 0;
  // Applies `fact` to the aggregate at once and puts it into the commit. FAILED when Apply refuses (a
  // defect).
  virtual absl::Status Emit(absl::string_view key, absl::string_view fact) = 0;
  virtual absl::Status Emit(absl::string_view key, const google::protobuf::Message& fact) = 0;
};

// Order in a mailbox: the door before the booking desk before the rest.
enum class Lane { kCheckIn = 0, kBooking = 1, kRest = 2 };

struct Outcome {
  absl::Status status;
  Position position;
  bool replayed = false;
};

// One changing call. `decide` is pure but for View: it reads, returns a refusal or NotLoaded, or emits facts
// and returns OK; it may run several times. `encode` builds the answer from the state after the decision; it
// runs after decide (and again for a replay) and may answer NotLoaded too. `done` runs once, on the executor;
// the answer built last by encode is true when status is OK.
struct Command {
  RequestKey request_key;  // empty: internal, idempotent by data
  uint64_t fingerprint = 0;
  bool repeat = false;
  bool resolve_only = false;
  std::string actor;
  Lane lane = Lane::kRest;
  absl::Time deadline = absl::InfiniteFuture();  // Executor::SteadyNow's scale
  std::vector<std::string> aggregates;           // keys in the partition; 1 to 8
  absl::AnyInvocable<absl::Status(View& view, absl::Time now)> decide;
  absl::AnyInvocable<absl::Status(View& view)> encode;
  absl::AnyInvocable<void(const Outcome& outcome)> done;
};

// Learns of every applied group, in log order per partition, own ones as soon as they are confirmed. On the
// executor.
class LogObserver {
 public:
  virtual ~LogObserver() = default;
  virtual void OnEntry(uint32_t partition, const LogEntry& entry) = 0;
};

struct EngineOptions {
  size_t queue_per_process = 16384;
  size_t queue_per_aggregate = 4096;
  absl::Duration queue_age_max = absl::Seconds(1);
  absl::Duration batch_deadline = absl::Milliseconds(500);
  absl::Duration deciding_max = absl::Milliseconds(2);
  int stale_tries = 24;  // replicas that fight win every other time: 8 in a row are lost too often
  size_t cached_aggregates = 20000;
  size_t cached_children_per_aggregate = 4096;
  size_t cached_children = 200000;  // some hundred megabytes with the records of a booking
};

class Engine {
 public:
  virtual ~Engine() = default;
  // Thread-safe. Refusals of the queue: RESOURCE_EXHAUSTED with RetryInfo, never "full".
  virtual void Submit(uint32_t partition, Command command) = 0;
  // Reads through the mailbox: `read` sees confirmed state of the named aggregates. Thread-safe.
  virtual void Read(uint32_t partition, std::vector<std::string> aggregates,
                    absl::AnyInvocable<absl::Status(View& view)> read,
                    absl::AnyInvocable<void(absl::Status)> done) = 0;
  // Drops everything cached (reconnect, role change). On the executor.
  virtual void DropCache() = 0;
};

struct EngineDeps {
  Store& store;
  const Schema& schema;
  executor::Executor& executor;
  executor::Clock& clock;
  LogObserver* observer = nullptr;
};
std::unique_ptr<Engine> MakeEngine(EngineDeps deps, EngineOptions options = {});

}  // namespace kepu::store
