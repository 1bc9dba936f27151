// The whole identity service without sockets: what main.cc serves, and tests and the simulator call. Owns its
// engine, its follower and what it knows by heart; what it is given outlives it. Made and destroyed on the
// thread of the composition root while the executor is idle or on the executor itself.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/identity/api/context.h"

namespace kepu::identity {

struct Deps {
  kepu::store::Store& store;
  executor::Executor& executor;
  executor::Clock& clock;
  const kepu::store::KeyMaker& keys;
  vault::Vault& vault;
  executor::Workers& workers;
  const auth::PasswordHasher& hasher;
  // Unguessable bytes for tokens: auth::RandomBytes, or the seed of a simulation.
  std::function<std::string(size_t)> random_bytes;
  std::string paging_secret;
  api::Options options;
  // Where the log of the venue service is followed: it says in which district a venue lies. Null: nobody but
  // the city and who holds a role on the venue itself gives roles there.
  kepu::store::Store* venues = nullptr;
  // Whom people may sign in by instead of a password, and the threads that wait for it. Null: nobody.
  provider::Provider* provider = nullptr;
  executor::Workers* provider_workers = nullptr;
};

class IdentityService {
 public:
  virtual ~IdentityService() = default;
  // Sealed.
  virtual rpc::Service& rpc() = 0;
  // Loads what is known by heart, then keeps it fresh; `ready` runs once, on the executor. On the executor.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> ready) = 0;
  virtual kepu::store::Engine& engine() = 0;
  virtual const store::Directory& directory() const = 0;
};

// FAILED_PRECONDITION when a method lacks an annotation or a handler.
absl::StatusOr<std::unique_ptr<IdentityService>> MakeService(Deps deps);

}  // namespace kepu::identity
