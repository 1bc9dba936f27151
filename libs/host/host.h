// Runs one service as a process: settings, event loop, Redis, store, guard, clock, access, gRPC server,
// metrics, and an orderly end on SIGTERM. Every service's main is a call of RunService with its factory. Used
// by main only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/config/config.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "libs/store/request_key.h"
#include "libs/store/store.h"

namespace kepu::host {

// What a service is given; everything outlives it.
struct Resources {
  store::Store& store;
  executor::Executor& executor;
  executor::Clock& clock;
  executor::Random& random;
  const store::KeyMaker& keys;
  const rpc::Authorizer& authorizer;
  std::string paging_secret;         // 32 bytes: seals page tokens
  std::string keys_folder;           // secrets of the deployment, one file each
  std::string data_folder;           // vault and blobs
  const config::Settings& settings;  // what the service declared for itself
  // The other services by name ("venue"); reached when called, so none needs another to start.
  std::function<rpc::Peer&(absl::string_view service)> peer;
  // Stores of other services, to follow their logs: read only.
  std::function<store::Store&(absl::string_view service)> foreign_store;
};

// A service as a process sees it. Lives on the executor's thread but for `rpc`.
class Hosted {
 public:
  virtual ~Hosted() = default;
  virtual rpc::Service& rpc() = 0;
  // Loads what reads are answered from; called when the store is usable, again after a failure.
  virtual void Start(absl::AnyInvocable<void(absl::Status)> ready) = 0;
  // The connection to the store is a new one: whatever was cached goes.
  virtual void OnReconnect() = 0;
};

// A service with the usual face (rpc, Start, OnReconnect) as a Hosted.
template <class Service>
std::unique_ptr<Hosted> Host(std::unique_ptr<Service> service) {
  class Adapter final : public Hosted {
   public:
    explicit Adapter(std::unique_ptr<Service> hosted) : service_(std::move(hosted)) {}
    rpc::Service& rpc() override { return service_->rpc(); }
    void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
    void OnReconnect() override { service_->OnReconnect(); }

   private:
    std::unique_ptr<Service> service_;
  };
  return std::make_unique<Adapter>(std::move(service));
}

struct ServiceSpec {
  std::string name;                // "event": key prefix, socket, issuer of identities
  std::vector<std::string> peers;  // services it calls
  std::vector<std::string> issuers = {"gateway", "event", "venue", "volunteer",
                                      "identity"};  // who may call it
  std::function<absl::StatusOr<std::unique_ptr<Hosted>>(const Resources&)> make;
  // Declares settings that this service alone has.
  std::function<void(config::Settings&)> declare = nullptr;
};

// Exit codes: 0 ended in order, 1 could not serve (port, store, data), 2 wrong settings.
int RunService(int argc, char** argv, const ServiceSpec& spec);

}  // namespace kepu::host
