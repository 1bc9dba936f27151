#include "services/venue/service.h"

#include <utility>

#include "absl/strings/match.h"
#include "libs/auth/access.h"
#include "libs/live/feed.h"
#include "libs/projection/follower.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/desk.h"
#include "libs/store/due_sweeper.h"
#include "services/venue/api/audit.h"
#include "services/venue/api/desk_rules.h"
#include "services/venue/api/handlers.h"
#include "services/venue/store/agenda.h"
#include "services/venue/store/live_events.h"
#include "services/venue/store/read_model.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {
namespace {

constexpr char kSelf[] = "venue";

reservation::Participant* Nobody(absl::string_view) { return nullptr; }

class ServiceImpl final : public Service {
 public:
  explicit ServiceImpl(ServiceDeps deps)
      : authorizer_(&model_),
        pager_(deps.paging_secret),
        live_(deps.store, deps.executor, model_, [this](const auto& facts) { return EventsOf(facts); }),
        follower_(projection::MakeFollower(deps.store, deps.executor, live_)),
        engine_(store::MakeEngine({deps.store, schema_, deps.executor, deps.clock, follower_.get()},
                                  deps.engine_options)),
        sweeper_(deps.store, *engine_, deps.executor, deps.clock, deps.random),
        desk_rules_(model_),
        desk_(*engine_, deps.executor, desk_rules_),
        settler_(deps.executor, deps.clock, deps.random,
                 reservation::MakeSettlerPorts(desk_, kSelf, deps.pivots ? deps.pivots : Nobody),
                 deps.settler_options),
        registers_(deps.identity, deps.executor, deps.clock),
        own_workers_(deps.executor),
        agenda_(deps.executor, deps.clock, {deps.events, deps.volunteers}),
        context_{*engine_, deps.executor, deps.keys,
                 model_,   *follower_,    deps.clock,
                 pager_,   registers_,    deps.workers != nullptr ? *deps.workers : own_workers_,
                 agenda_},
        rpc_(deps.authorizer != nullptr ? *deps.authorizer : authorizer_) {
    model_.set_claim_observer(
        {[this](const reservation::Place& place, const reservation::v1::Claim& claim) {
           settler_.See(place, claim);
         },
         [this](const reservation::Place& place, const reservation::v1::ClaimFact& fact) {
           settler_.Fold(place, fact);
         }});
    live_.Follow(*follower_);
    live_.Register(rpc_);
    AddVenueHandlers(rpc_, context_);
    AddSpaceHandlers(rpc_, context_);
    AddAllocationHandlers(rpc_, context_);
    AddSeriesHandlers(rpc_, context_);
    AddOccupancyHandlers(rpc_, context_);
    AddExhibitionHandlers(rpc_, context_);
    AddExhibitHandlers(rpc_, context_);
    AddAllianceHandlers(rpc_, context_);
    AddClosureHandlers(rpc_, context_);
    AddOpeningHandlers(rpc_, context_);
    AddHolidayHandlers(rpc_, context_);
    AddExportHandlers(rpc_, context_);
    AddRouteHandlers(rpc_, context_);
    AddCoverageHandlers(rpc_, context_);
    AddDutyHandlers(rpc_, context_);
    AddAssessmentHandlers(rpc_, context_);
    AddTitleHandlers(rpc_, context_);
    AddTitleStepHandlers(rpc_, context_);
    AddTitleObjectionHandlers(rpc_, context_);
    AddCaravanHandlers(rpc_, context_);
    AddTourHandlers(rpc_, context_);
    AddStopRequestHandlers(rpc_, context_);
    AddPlanHandlers(rpc_, context_);
    audit_ = MakeAudit(rpc_, {deps.store, deps.executor, deps.paging_secret, {}, &model_});
    reservation::HandleParticipant(rpc_, kParticipantService, desk_);
  }

  void Start(absl::AnyInvocable<void(absl::Status)> ready) override {
    agenda_.Start();
    audit_->Start();
    follower_->Start([this, ready = std::move(ready)](absl::Status status) mutable {
      if (status.ok()) sweeper_.Start();
      ready(status);
    });
  }

  rpc::Service& rpc() override { return rpc_; }
  void OnReconnect() override { engine_->DropCache(); }
  store::Engine& engine() override { return *engine_; }
  const reservation::Settler& settler() const override { return settler_; }

 private:
  std::vector<live::v1::Event> EventsOf(const ::kepu::log::v1::AggregateFacts& facts) const {
    std::vector<live::v1::Event> events;
    if (!absl::StartsWith(facts.key(), kVenuePrefix)) return events;
    const absl::string_view venue = absl::string_view(facts.key()).substr(kVenuePrefix.size());
    const auto thing_of = [&](const std::string& claim_id) {
      const VenueState* state = model_.Find(venue);
      if (state == nullptr) return std::string();
      const auto child = state->Find(reservation::ClaimField(claim_id));
      return child.ok() && *child != nullptr ? (*child)->claim().demand().thing() : std::string();
    };
    log::v1::VenueFact fact;
    for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
      if (!fact.ParseFromString(logged.body())) continue;
      for (live::v1::Event& event : LiveEventsOf(venue, fact, thing_of)) events.push_back(std::move(event));
    }
    return events;
  }

  // In the order of who uses whom; destroyed the other way round.
  VenueSchema schema_;
  ReadModel model_;
  auth::AccessAuthorizer authorizer_;
  paging::Pager pager_;
  live::Feed live_;
  std::unique_ptr<projection::Follower> follower_;
  std::unique_ptr<store::Engine> engine_;
  store::DueSweeper sweeper_;
  VenueDeskRules desk_rules_;
  reservation::Desk desk_;
  reservation::Settler settler_;
  RegisterCopy registers_;
  executor::ExecutorWorkers own_workers_;
  Agenda agenda_;
  CallContext context_;
  std::unique_ptr<audit::Desk> audit_;
  rpc::Service rpc_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> MakeService(ServiceDeps deps) {
  auto service = std::make_unique<ServiceImpl>(std::move(deps));
  if (absl::Status status = service->rpc().Seal(); !status.ok()) return status;
  return std::unique_ptr<Service>(std::move(service));
}

const store::Schema& SchemaOfVenues() {
  static const VenueSchema schema;
  return schema;
}

}  // namespace kepu::venue
