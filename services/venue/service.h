// The venue service without sockets: venues, their spaces and what takes them, over any store and executor,
// so that main, tests and the simulator run the same thing. Owns its engine, read model, desk and settler;
// lives on the given executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/executor/executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "libs/store/store.h"

namespace kepu::venue {

struct ServiceDeps {
  store::Store& store;
  executor::Executor& executor;
  executor::Clock& clock;
  executor::Random& random;
  const store::KeyMaker& keys;
  std::string paging_secret;
  // Null: the roles of the method's annotations, with what the venues themselves know of districts and
  // operators.
  const rpc::Authorizer* authorizer = nullptr;
  // Participants that hold pivots, by service name ("event", "volunteer"); claims past their deadline ask
  // them. Null for an unknown one.
  std::function<reservation::Participant*(absl::string_view service)> pivots = nullptr;
  store::EngineOptions engine_options = {};
  reservation::SettlerOptions settler_options = {};
  // The identity service, whose registers coverage is held against. Null: nothing is known of them.
  rpc::Peer* identity = nullptr;
  // Where plans are made, since they take seconds; null: on the executor, for tests and the simulator. Its
  // threads end before the service does.
  executor::Workers* workers = nullptr;
  // Where the logs of the event and the volunteer service are followed: what a closure is in the way of.
  // Null: answers say that it is not known.
  store::Store* events = nullptr;
  store::Store* volunteers = nullptr;
};

class Service {
 public:
  virtual ~Service() = default;
  // Loads the read model, then calls `ready` once; after an error call it again. On the executor.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> ready) = 0;
  // Sealed: serve it, or dispatch to it.
  virtual rpc::Service& rpc() = 0;
  // The connection to the store is a new one: whatever was cached goes. On the executor.
  virtual void OnReconnect() = 0;
  virtual store::Engine& engine() = 0;
  virtual const reservation::Settler& settler() const = 0;
};

// FAILED_PRECONDITION when the contract and the handlers do not agree.
absl::StatusOr<std::unique_ptr<Service>> MakeService(ServiceDeps deps);

// Folds the service's log, for the verifier.
const store::Schema& SchemaOfVenues();

}  // namespace kepu::venue
