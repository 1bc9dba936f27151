// The volunteer service as a process: the service of service.h, hosted, with the services whose sessions
// claim its people and whose venues they serve in.
#include <memory>
#include <utility>

#include "libs/auth/secret_file.h"
#include "libs/host/host.h"
#include "libs/reservation/participant.h"
#include "services/volunteer/service.h"

namespace {

using kepu::reservation::Participant;

// Sealing is quick but for the disk, and that serves one at a time; the other thread is for a proposal, of
// which one is made at a time.
constexpr size_t kWorkerThreads = 2;
// Sealing is quick but for the disk, and that serves one at a time; while a paper is drawn, the other goes
// on.
constexpr size_t kSealingThreads = 2;

class HostedVolunteer final : public kepu::host::Hosted {
 public:
  HostedVolunteer(const kepu::host::Resources& resources, std::unique_ptr<kepu::vault::Vault> vault)
      : vault_(std::move(vault)),
        event_(kepu::reservation::MakeRemoteParticipant(resources.peer("event"), resources.executor,
                                                        "kepu.event.v1.ParticipantService", "volunteer")),
        workers_(kWorkerThreads) {}

  absl::Status Make(const kepu::host::Resources& resources) {
    kepu::volunteer::domain::Rules rules;
    rules.count_step = resources.settings.duration("count_step");
    rules.verify_url = resources.settings.text("verify_url");
    auto service = kepu::volunteer::MakeService({.store = resources.store,
                                                 .executor = resources.executor,
                                                 .clock = resources.clock,
                                                 .random = resources.random,
                                                 .keys = resources.keys,
                                                 .authorizer = resources.authorizer,
                                                 .paging_secret = resources.paging_secret,
                                                 .vault = *vault_,
                                                 .workers = workers_,
                                                 .others = [this](absl::string_view name) -> Participant* {
                                                   return name == "event" ? event_.get() : nullptr;
                                                 },
                                                 .venues = &resources.peer("venue"),
                                                 .identity = &resources.peer("identity"),
                                                 .event_log = &resources.foreign_store("event"),
                                                 .venue_log = &resources.foreign_store("venue"),
                                                 .rules = rules});
    if (!service.ok()) return service.status();
    service_ = *std::move(service);
    return absl::OkStatus();
  }

  kepu::rpc::Service& rpc() override { return service_->rpc(); }
  void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
  void OnReconnect() override { service_->engine().DropCache(); }

 private:
  std::unique_ptr<kepu::vault::Vault> vault_;
  std::unique_ptr<Participant> event_;
  std::unique_ptr<kepu::volunteer::Service> service_;
  // Last: its threads end before what they work on.
  kepu::executor::WorkerPool workers_;
};

absl::StatusOr<std::unique_ptr<kepu::host::Hosted>> Make(const kepu::host::Resources& resources) {
  absl::StatusOr<std::string> key = kepu::auth::ReadKeyFile(resources.keys_folder + "/vault.key");
  if (!key.ok()) return key.status();
  auto vault = kepu::vault::Vault::Open(resources.data_folder + "/vault", *key);
  if (!vault.ok()) return vault.status();
  auto hosted = std::make_unique<HostedVolunteer>(resources, *std::move(vault));
  if (absl::Status status = hosted->Make(resources); !status.ok()) return status;
  return hosted;
}

}  // namespace

int main(int argc, char** argv) {
  kepu::host::ServiceSpec spec;
  spec.name = "volunteer";
  spec.peers = {"event", "venue", "identity"};
  spec.make = Make;
  spec.declare = [](kepu::config::Settings& settings) {
    settings.Duration("count_step", kepu::volunteer::domain::Rules().count_step, absl::Minutes(1),
                      absl::Hours(1), "attendance counts in whole steps of this");
    settings.Text("verify_url", "", "page on which anybody checks a certificate; stands on the paper");
  };
  return kepu::host::RunService(argc, argv, spec);
}
