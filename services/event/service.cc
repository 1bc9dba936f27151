#include "services/event/service.h"

#include <utility>

#include "libs/store/due_sweeper.h"
#include "services/event/api/handlers.h"
#include "services/event/store/read_model.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

class EventServiceImpl final : public EventService {
 public:
  explicit EventServiceImpl(Deps deps)
      : schema_(deps.options.rules),
        read_model_(deps.executor),
        follower_(projection::MakeFollower(deps.store, deps.executor, read_model_, deps.options.follower)),
        engine_(store::MakeEngine({deps.store, schema_, deps.executor, deps.clock, follower_.get()},
                                  deps.options.engine)),
        sweeper_(deps.store, *engine_, deps.executor, deps.clock, deps.random),
        handlers_({deps.store, *engine_, deps.executor, deps.keys, *follower_, read_model_,
                   deps.options.rules, deps.paging_secret}),
        service_(deps.authorizer) {
    handlers_.Register(service_);
  }

  absl::Status Seal() const { return service_.Seal(); }
  rpc::Service& rpc() override { return service_; }
  bool Ready() const override { return handlers_.ready(); }
  void OnReconnect() override { engine_->DropCache(); }

  void Start(absl::AnyInvocable<void(absl::Status)> done) override {
    follower_->Start([this, done = std::move(done)](absl::Status status) mutable {
      if (status.ok()) {
        handlers_.set_ready(true);
        sweeper_.Start();
      }
      done(std::move(status));
    });
  }

 private:
  const EventSchema schema_;
  ReadModel read_model_;
  std::unique_ptr<projection::Follower> follower_;
  std::unique_ptr<store::Engine> engine_;
  store::DueSweeper sweeper_;
  Handlers handlers_;
  rpc::Service service_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EventService>> MakeService(Deps deps) {
  auto service = std::make_unique<EventServiceImpl>(std::move(deps));
  if (absl::Status status = service->Seal(); !status.ok()) return status;
  return service;
}

}  // namespace kepu::event
