// The venue service as a process. Claims past their deadline ask the services that hold pivots; the registers
// that coverage rests on are identity's; what a closure hits of others is followed in their logs.
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/executor/worker_pool.h"
#include "libs/host/host.h"
#include "libs/reservation/participant.h"
#include "services/venue/service.h"

namespace {

using kepu::reservation::Participant;

class HostedVenue final : public kepu::host::Hosted {
 public:
  absl::Status Make(const kepu::host::Resources& given) {
    for (const char* name : {"event", "volunteer"}) {
      pivots_[name] = kepu::reservation::MakeRemoteParticipant(
          given.peer(name), given.executor, absl::StrCat("kepu.", name, ".v1.ParticipantService"), "venue");
    }
    auto pivot_of = [this](absl::string_view name) -> Participant* {
      auto pivot = pivots_.find(name);
      return pivot == pivots_.end() ? nullptr : pivot->second.get();
    };
    // The service's own authorizer knows which district and operator a venue belongs to.
    auto made = kepu::venue::MakeService({.store = given.store,
                                          .executor = given.executor,
                                          .clock = given.clock,
                                          .random = given.random,
                                          .keys = given.keys,
                                          .paging_secret = given.paging_secret,
                                          .pivots = pivot_of,
                                          .identity = &given.peer("identity"),
                                          .workers = &workers_,
                                          .events = &given.foreign_store("event"),
                                          .volunteers = &given.foreign_store("volunteer")});
    if (made.ok()) service_ = *std::move(made);
    return made.status();
  }

  kepu::rpc::Service& rpc() override { return service_->rpc(); }
  void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
  void OnReconnect() override { service_->OnReconnect(); }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Participant>> pivots_;
  std::unique_ptr<kepu::venue::Service> service_;
  // Last: its threads end before what they work on. One plan at a time, a few more may wait.
  kepu::executor::WorkerPool workers_{1, 4};
};

absl::StatusOr<std::unique_ptr<kepu::host::Hosted>> Make(const kepu::host::Resources& given) {
  auto hosted = std::make_unique<HostedVenue>();
  if (absl::Status status = hosted->Make(given); !status.ok()) return status;
  return hosted;
}

}  // namespace

int main(int argc, char** argv) {
  return kepu::host::RunService(argc, argv,
                                {.name = "venue", .peers = {"event", "volunteer", "identity"}, .make = Make});
}
