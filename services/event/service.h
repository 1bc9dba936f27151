// The event service without sockets: handlers, engine, follower and sweeper around a store, so that a
// process, a test or the simulator can run it. Owned by the composition root; rpc() may be called from any
// thread, the rest belongs to the executor's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/blob/blob_store.h"
#include "libs/executor/executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/metrics/metrics.h"
#include "libs/projection/follower.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "libs/vault/vault.h"
#include "services/event/domain/rules.h"
#include "services/event/domain/school.h"
#include "services/event/store/auditor.h"

namespace kepu::event {

struct Options {
  domain::Rules rules;
  store::EngineOptions engine;
  projection::FollowerOptions follower;
  domain::SchoolRules school;
  reservation::SettlerOptions settler;
  // Not given: sessions are not audited.
  std::optional<AuditOptions> audit;
};

// Everything outlives the service.
struct Deps {
  store::Store& store;
  executor::Executor& executor;
  executor::Clock& clock;
  executor::Random& random;
  const store::KeyMaker& keys;
  const rpc::Authorizer& authorizer;
  std::string paging_secret;  // 32 bytes
  Options options;
  // The venue service. Null: there is none; sessions take no halls and nobody is asked whether a place is
  // open.
  rpc::Peer* venue = nullptr;
  // The identity service. Null: there is none, and schools are taken at the caller's word.
  rpc::Peer* identity = nullptr;
  // The volunteer service, whose people guide visit days. Null: there is none, and nobody can be claimed.
  rpc::Peer* volunteer = nullptr;
  // Where the logs of the venue and the volunteer service are followed: what is in the way of sessions, and
  // who is confirmed for them. Null: nothing is known of it.
  store::Store* venue_log = nullptr;
  store::Store* volunteer_log = nullptr;
  // For draws and plans of visit days. Null: they run on the executor.
  executor::Workers* workers = nullptr;
  metrics::Registry& metrics = metrics::Registry::Process();
  // Where the keys of people lie, under which what they say is sealed. Null: nothing can be said in words.
  vault::Vault* vault = nullptr;
  // For what is short but waits for the disk, and for sums over a city. Null: they run on the executor.
  executor::Workers* aside = nullptr;
  // Papers of who books. Null: there are none.
  const blob::BlobStore* blobs = nullptr;
};

class EventService {
 public:
  virtual ~EventService() = default;
  virtual rpc::Service& rpc() = 0;
  // Loads what reads are answered from; `done` runs once. Call again after an error.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> done) = 0;
  virtual bool Ready() const = 0;
  // The connection to the store is a new one: whatever was cached goes.
  virtual void OnReconnect() = 0;
  // Claims and reservations that are not settled yet, as this replica knows them.
  virtual const reservation::Settler& settler() const = 0;
};

// FAILED_PRECONDITION when the contract lacks an annotation or a handler: a defect found at start-up.
absl::StatusOr<std::unique_ptr<EventService>> MakeService(Deps deps);

}  // namespace kepu::event
