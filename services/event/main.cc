// The event service as a process: the service of service.h, hosted, with the venues that lend it halls and
// the registers that know its schools.
#include <memory>
#include <utility>

#include "libs/host/host.h"
#include "services/event/service.h"

namespace {

class HostedEvent final : public kepu::host::Hosted {
 public:
  explicit HostedEvent(std::unique_ptr<kepu::event::EventService> service) : service_(std::move(service)) {}
  kepu::rpc::Service& rpc() override { return service_->rpc(); }
  void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
  void OnReconnect() override { service_->OnReconnect(); }

 private:
  std::unique_ptr<kepu::event::EventService> service_;
};

absl::StatusOr<std::unique_ptr<kepu::host::Hosted>> Make(const kepu::host::Resources& resources) {
  auto service = kepu::event::MakeService({resources.store, resources.executor, resources.clock,
                                           resources.random, resources.keys, resources.authorizer,
                                           resources.paging_secret, kepu::event::Options(),
                                           &resources.peer("venue"), &resources.peer("identity")});
  if (!service.ok()) return service.status();
  return std::make_unique<HostedEvent>(*std::move(service));
}

}  // namespace

int main(int argc, char** argv) {
  kepu::host::ServiceSpec spec;
  spec.name = "event";
  spec.peers = {"venue", "identity"};
  spec.make = Make;
  return kepu::host::RunService(argc, argv, spec);
}
