// The event service as a process: the service of service.h, hosted, with the venues that lend it halls,
// the registers that know its schools, and the people who guide visit days.
#include <memory>
#include <utility>

#include "libs/auth/secret_file.h"
#include "libs/executor/worker_pool.h"
#include "libs/host/host.h"
#include "services/event/service.h"

namespace {

class HostedEvent final : public kepu::host::Hosted {
 public:
  absl::Status Make(const kepu::host::Resources& given) {
    kepu::event::Options options;
    options.audit.emplace();
    auto key = kepu::auth::ReadKeyFile(given.keys_folder + "/vault.key");
    if (!key.ok()) return key.status();
    auto vault = kepu::vault::Vault::Open(given.data_folder + "/vault", *key);
    if (!vault.ok()) return vault.status();
    vault_ = *std::move(vault);
    auto blobs = kepu::blob::BlobStore::Open(given.data_folder + "/blobs", *key);
    if (!blobs.ok()) return blobs.status();
    blobs_ = *std::move(blobs);
    auto made = kepu::event::MakeService({.store = given.store,
                                          .executor = given.executor,
                                          .clock = given.clock,
                                          .random = given.random,
                                          .keys = given.keys,
                                          .authorizer = given.authorizer,
                                          .paging_secret = given.paging_secret,
                                          .options = std::move(options),
                                          .venue = &given.peer("venue"),
                                          .identity = &given.peer("identity"),
                                          .volunteer = &given.peer("volunteer"),
                                          .venue_log = &given.foreign_store("venue"),
                                          .volunteer_log = &given.foreign_store("volunteer"),
                                          .workers = &workers_,
                                          .vault = vault_.get(),
                                          .aside = &aside_,
                                          .blobs = blobs_.get()});
    if (made.ok()) service_ = *std::move(made);
    return made.status();
  }

  kepu::rpc::Service& rpc() override { return service_->rpc(); }
  void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
  void OnReconnect() override { service_->OnReconnect(); }

 private:
  std::unique_ptr<kepu::vault::Vault> vault_;
  std::unique_ptr<kepu::blob::BlobStore> blobs_;
  std::unique_ptr<kepu::event::EventService> service_;
  // Last: its threads end before what they work on. One draw or one visit day is
  // planned at a time, a few more may wait.
  kepu::executor::WorkerPool workers_{1, 8};
  // Sealing, files and sums are quick but for the disk, and that serves one at a time.
  kepu::executor::WorkerPool aside_{1};
};

absl::StatusOr<std::unique_ptr<kepu::host::Hosted>> Make(const kepu::host::Resources& given) {
  auto hosted = std::make_unique<HostedEvent>();
  if (absl::Status status = hosted->Make(given); !status.ok()) return status;
  return hosted;
}

}  // namespace

int main(int argc, char** argv) {
  kepu::host::ServiceSpec spec;
  spec.name = "event";
  spec.peers = {"venue", "identity", "volunteer"};
  spec.make = Make;
  return kepu::host::RunService(argc, argv, spec);
}
