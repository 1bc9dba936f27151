#include "services/volunteer/service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/chores/chores.h"
#include "libs/executor/living_executor.h"
#include "libs/names/names.h"
#include "libs/projection/follower.h"
#include "libs/store/due_sweeper.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/store/read_model.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

constexpr char kParticipantService[] = "kepu.volunteer.v1.ParticipantService";

class ServiceImpl final : public Service, private Effects, private store::LogObserver {
 public:
  explicit ServiceImpl(ServiceDeps deps)
      : deps_(std::move(deps)),
        executor_(deps_.executor),
        schema_(deps_.rules),
        pager_(deps_.paging_secret),
        claim_rules_(deps_.rules),
        reads_(*this),
        follower_(projection::MakeFollower(deps_.store, executor_, reads_)),
        engine_(
            store::MakeEngine({deps_.store, schema_, executor_, deps_.clock, this}, deps_.engine_options)),
        sweeper_(deps_.store, *engine_, executor_, deps_.clock, deps_.random),
        desk_(*engine_, executor_, claim_rules_),
        settler_(executor_, deps_.clock, deps_.random,
                 reservation::MakeSettlerPorts(desk_, "volunteer",
                                               [this](absl::string_view service) {
                                                 return deps_.others ? deps_.others(service) : nullptr;
                                               }),
                 deps_.settler_options),
        chores_(executor_, deps_.random),
        personal_(deps_.vault, deps_.workers),
        venues_(deps_.venues, executor_),
        documents_({*engine_, deps_.keys, pager_, *follower_, reads_.documents()}),
        context_{deps_.store, *engine_,    executor_, deps_.clock,   deps_.random, deps_.keys,
                 pager_,      deps_.rules, reads_,    *follower_,    desk_,        settler_,
                 chores_,     venues_,     personal_, deps_.workers, documents_},
        api_(context_),
        rpc_(deps_.authorizer) {
    api_.Register(rpc_);
    AddRoleHandlers(rpc_, context_);
    AddSignupHandlers(rpc_, context_);
    AddWaitListHandlers(rpc_, context_);
    AddSwapHandlers(rpc_, context_);
    AddSignupGroupHandlers(rpc_, context_);
    reservation::HandleParticipant(rpc_, kParticipantService, desk_);
  }

  void Start(absl::AnyInvocable<void(absl::Status)> ready) override {
    follower_->Start([this, ready = std::move(ready)](absl::Status status) mutable {
      if (status.ok() && !std::exchange(started_, true)) sweeper_.Start();
      ready(std::move(status));
    });
  }
  rpc::Service& rpc() override { return rpc_; }
  store::Engine& engine() override { return *engine_; }
  const reservation::Settler& settler() const override { return settler_; }
  size_t pending() const override { return settler_.pending() + chores_.pending(); }

 private:
  void OnEntry(uint32_t partition, const store::LogEntry& entry) override {
    follower_->OnEntry(partition, entry);
  }

  void OnClaim(const reservation::Place& place, const reservation::v1::Claim& claim) override {
    settler_.See(place, claim);
  }
  void OnClaim(const reservation::Place& place, const reservation::v1::ClaimFact& fact) override {
    settler_.Fold(place, fact);
  }
  void OnRecord(const reservation::Place& place, const reservation::v1::Reservation& record) override {
    settler_.See(place, record);
  }
  void OnRecord(const reservation::Place& place, const reservation::v1::ReservationFact& fact) override {
    settler_.Fold(place, fact);
  }

  void OnHours(const std::string& shift, const std::string& person,
               const domain::record::HourEntry& entry) override {
    chores_.Want(absl::StrCat("hours/", shift, "/", person),
                 [this, shift, person, entry] { Post(shift, person, entry); });
  }
  void OnHoursPosted(const std::string& shift, const std::string& person) override {
    chores_.Done(absl::StrCat("hours/", shift, "/", person));
  }
  void OnSweep(const std::string& shift, bool needed) override {
    const std::string id = absl::StrCat("sweep/", shift);
    if (!needed) return chores_.Done(id);
    // Any command on the shift applies what is due; this one does nothing else.
    chores_.Want(id, [this, shift] {
      Submit(
          ShiftPlace(shift), [](store::View&, absl::Time) { return absl::OkStatus(); }, [](absl::Status) {});
    });
  }

  // The attendance on the shift is the source; the row in the ledger is named by it, so twice is once.
  void Post(const std::string& shift, const std::string& person, const domain::record::HourEntry& entry) {
    const reservation::Place ledger = PersonPlace(person);
    auto decide = [key = ledger.key, entry](store::View& view, absl::Time now) {
      return EmitAll(view, key, domain::DecideHours(PersonIn(view, key), entry, now));
    };
    Submit(ledger, std::move(decide), [this, shift, person](absl::Status status) {
      if (!status.ok()) return;
      const reservation::Place place = ShiftPlace(shift);
      auto posted = [key = place.key, person](store::View& view, absl::Time now) {
        return EmitAll(view, key, domain::DecidePosted(ShiftIn(view, key), person, now));
      };
      Submit(place, std::move(posted), [](absl::Status) {});
    });
  }

  void Submit(const reservation::Place& place,
              absl::AnyInvocable<absl::Status(store::View&, absl::Time)> decide,
              absl::AnyInvocable<void(absl::Status)> done) {
    store::Command command;
    command.aggregates = {place.key};
    command.decide = std::move(decide);
    command.done = [alive = std::weak_ptr<bool>(alive_),
                    done = std::move(done)](const store::Outcome& outcome) mutable {
      if (!alive.expired()) done(outcome.status);
    };
    engine_->Submit(place.partition, std::move(command));
  }

  ServiceDeps deps_;
  executor::LivingExecutor executor_;
  const VolunteerSchema schema_;
  const paging::Pager pager_;
  const ClaimRules claim_rules_;
  ReadModel reads_;
  std::unique_ptr<projection::Follower> follower_;
  std::unique_ptr<store::Engine> engine_;
  store::DueSweeper sweeper_;
  reservation::Desk desk_;
  reservation::Settler settler_;
  chores::Chores chores_;
  Personal personal_;
  const VenueClient venues_;
  const document::Desk<domain::DocumentLog> documents_;
  const Context context_;
  Api api_;
  rpc::Service rpc_;
  bool started_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> MakeService(ServiceDeps deps) {
  auto service = std::make_unique<ServiceImpl>(std::move(deps));
  if (absl::Status status = service->rpc().Seal(); !status.ok()) return status;
  return service;
}

const store::Schema& SchemaOfVolunteers() {
  static const VolunteerSchema schema{domain::Rules()};
  return schema;
}

}  // namespace kepu::volunteer
