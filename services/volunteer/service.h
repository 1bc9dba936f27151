// The volunteer service without sockets: volunteers, shifts, sign-ups and hours, over any store and executor,
// so that main, tests and the simulator run the same thing. Owns its engine, read model, desk and settler;
// lives on the given executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/executor/executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "libs/store/store.h"
#include "libs/vault/vault.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer {

struct ServiceDeps {
  store::Store& store;
  executor::Executor& executor;
  executor::Clock& clock;
  executor::Random& random;
  const store::KeyMaker& keys;
  const rpc::Authorizer& authorizer;
  std::string paging_secret;
  // Keys of persons, and the threads that may wait for its disk.
  vault::Vault& vault;
  executor::Workers& workers;
  // Participants of other services by name: who holds the pivots of claims here. Null for an unknown one.
  std::function<reservation::Participant*(absl::string_view service)> others = nullptr;
  // The venue service, asked where places lie; null when there is none.
  rpc::Peer* venues = nullptr;
  // Keeps inboxes of notices; null: nobody is told anything.
  rpc::Peer* identity = nullptr;
  // Stores of the services that shifts follow; null: nothing follows from what they do.
  store::Store* event_log = nullptr;
  store::Store* venue_log = nullptr;
  domain::Rules rules = {};
  store::EngineOptions engine_options = {};
  reservation::SettlerOptions settler_options = {};
};

class Service {
 public:
  virtual ~Service() = default;
  // Loads the read model, then calls `ready` once; after an error call it again. On the executor.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> ready) = 0;
  // Sealed: serve it, or dispatch to it.
  virtual rpc::Service& rpc() = 0;
  virtual store::Engine& engine() = 0;
  virtual const reservation::Settler& settler() const = 0;
  // Claims, records, hours and sweeps that are not settled yet, as this replica knows them.
  virtual size_t pending() const = 0;
};

// FAILED_PRECONDITION when the contract and the handlers do not agree.
absl::StatusOr<std::unique_ptr<Service>> MakeService(ServiceDeps deps);

// Folds the service's log, for the verifier.
const store::Schema& SchemaOfVolunteers();

}  // namespace kepu::volunteer
