#include "services/identity/service.h"

#include <optional>

#include "libs/auth/secret_file.h"
#include "libs/log/log.h"
#include "libs/projection/neighbour_log.h"
#include "services/identity/api/audit.h"
#include "services/identity/api/feeds.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session_rules.h"
#include "services/identity/store/schema.h"
#include "services/identity/store/venue_places.h"

namespace kepu::identity {
namespace {

// How soon a role follows an accepted invitation when a process stopped in between, and an account at another
// provider is untied from somebody who was erased.
constexpr absl::Duration kFulfilEvery = absl::Seconds(10);
constexpr absl::Duration kFulfilDeadline = absl::Seconds(3);
// Districts of venues decide about roles, not about what callers see of their own: a second is soon enough.
constexpr absl::Duration kVenuePoll = absl::Seconds(1);

class Service final : public IdentityService {
 public:
  explicit Service(Deps deps)
      : deps_(std::move(deps)),
        follower_(projection::MakeFollower(deps_.store, deps_.executor, directory_)),
        engine_(
            kepu::store::MakeEngine({deps_.store, schema_, deps_.executor, deps_.clock, follower_.get()})),
        authorizer_(&directory_),
        rpc_(authorizer_),
        pager_(deps_.paging_secret),
        api_{*engine_,
             *follower_,
             directory_,
             deps_.keys,
             deps_.vault,
             deps_.workers,
             deps_.hasher,
             deps_.clock,
             throttle_,
             feed_,
             pager_,
             deps_.random_bytes,
             deps_.options,
             deps_.provider,
             deps_.provider_workers,
             auth::DeriveKey(deps_.paging_secret, "kepu external flow")} {
    if (deps_.venues != nullptr) {
      directory_.set_venues(&venues_);
      // Nobody waits for it: until it is through, roles at venues are the city's to give.
      venue_log_.emplace(*deps_.venues, deps_.executor, venues_,
                         projection::FollowerOptions{.poll = kVenuePoll});
    }
    directory_.set_hooks({[this](const std::string& user) { feed_.Tell(user); },
                          [this](const std::string& user) { DestroyKey(user); }});
    api::AddRegisters(rpc_, api_);
    api::AddRegisterChanges(rpc_, api_);
    api::AddUsers(rpc_, api_);
    api::AddLogins(rpc_, api_);
    api::AddResolving(rpc_, api_);
    api::AddSessions(rpc_, api_);
    api::AddApiKeys(rpc_, api_);
    api::AddFactors(rpc_, api_);
    api::AddExternalLogins(rpc_, api_);
    api::AddExternalIdentities(rpc_, api_);
    api::AddPasswordLinks(rpc_, api_);
    api::AddAccountMaking(rpc_, api_);
    api::AddPasswords(rpc_, api_);
    api::AddRoles(rpc_, api_);
    api::AddInvitations(rpc_, api_);
    api::AddNotices(rpc_, api_);
    api::AddFeeds(rpc_, api_);
    audit_ = MakeAudit(rpc_, {deps_.store, deps_.executor, deps_.paging_secret, {}, &directory_});
  }
  ~Service() override { *alive_ = false; }

  absl::Status Seal() { return rpc_.Seal(); }

  rpc::Service& rpc() override { return rpc_; }
  kepu::store::Engine& engine() override { return *engine_; }
  const store::Directory& directory() const override { return directory_; }

  void Start(absl::AnyInvocable<void(absl::Status)> ready) override {
    if (venue_log_) venue_log_->Start();
    audit_->Start();
    follower_->Start([this, alive = alive_, ready = std::move(ready)](const absl::Status& status) mutable {
      if (*alive && status.ok()) Sweep();
      ready(status);
    });
  }

 private:
  void Sweep() {
    api::FulfilPending(api_, deps_.executor.SteadyNow() + kFulfilDeadline);
    api::UntieErased(api_, deps_.executor.SteadyNow() + kFulfilDeadline);
    deps_.executor.PostAfter(kFulfilEvery, [this, alive = alive_] {
      if (*alive) Sweep();
    });
  }

  // The key of somebody who was erased must not outlive them, whichever replica took the call and whatever
  // stopped it.
  void DestroyKey(const std::string& user) {
    vault::Vault& vault = deps_.vault;
    const absl::Status status = deps_.workers.Run([&vault, user] {
      const absl::Status destroyed = vault.Destroy(user);
      if (!destroyed.ok()) kepu::log::Error("a key could not be destroyed", {{"user", user}});
    });
    if (!status.ok()) kepu::log::Warning("a key is destroyed at the next start", {{"user", user}});
  }

  Deps deps_;
  store::IdentitySchema schema_;
  store::VenuePlaces venues_;
  store::Directory directory_;
  std::unique_ptr<projection::Follower> follower_;
  std::optional<projection::NeighbourLog> venue_log_;
  std::unique_ptr<kepu::store::Engine> engine_;
  api::SessionAuthorizer authorizer_;
  std::unique_ptr<audit::Desk> audit_;
  rpc::Service rpc_;
  api::Throttle throttle_;
  api::AccessFeed feed_;
  paging::Pager pager_;
  api::Api api_;
  // Timers outlive the service when a crash is simulated: they look here first.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

absl::StatusOr<std::unique_ptr<IdentityService>> MakeService(Deps deps) {
  auto service = std::make_unique<Service>(std::move(deps));
  if (absl::Status status = service->Seal(); !status.ok()) return status;
  return service;
}

}  // namespace kepu::identity
