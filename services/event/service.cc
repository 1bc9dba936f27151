#include "services/event/service.h"

#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/chores/chores.h"
#include "libs/executor/living_executor.h"
#include "libs/live/feed.h"
#include "libs/reservation/desk.h"
#include "libs/store/due_sweeper.h"
#include "services/event/api/approvals.h"
#include "services/event/api/audit.h"
#include "services/event/api/desk_rules.h"
#include "services/event/api/feedback.h"
#include "services/event/api/handlers.h"
#include "services/event/api/notice_teller.h"
#include "services/event/api/of_day.h"
#include "services/event/api/opening_keeper.h"
#include "services/event/api/papers.h"
#include "services/event/api/place_keeper.h"
#include "services/event/api/reach_figures.h"
#include "services/event/api/register.h"
#include "services/event/api/roster_keeper.h"
#include "services/event/api/rosters.h"
#include "services/event/api/round_keeper.h"
#include "services/event/api/schedule.h"
#include "services/event/api/school_client.h"
#include "services/event/api/series_keeper.h"
#include "services/event/api/turn.h"
#include "services/event/api/venue_client.h"
#include "services/event/api/visit_days.h"
#include "services/event/store/live_events.h"
#include "services/event/store/read_model.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// Hears the answer to a call of this process to itself.
class Hearing final : public rpc::Responder {
 public:
  Hearing(executor::Executor& executor, SeriesKeeper::Done done)
      : executor_(executor), done_(std::move(done)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo) override {
    executor_.Post([done = std::move(done_), status, bytes] {
      done(status, bytes == nullptr ? std::string() : *bytes);
    });
  }
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  executor::Executor& executor_;
  SeriesKeeper::Done done_;
};

constexpr char kParticipantService[] = "kepu.event.v1.ParticipantService";

class EventServiceImpl final : public EventService {
 public:
  explicit EventServiceImpl(Deps deps)
      : executor_(deps.executor),
        schema_(deps.options.rules),
        read_model_(executor_),
        live_(deps.store, executor_, read_model_,
              [this](const auto& facts) { return live_events_.Of(facts); }),
        follower_(projection::MakeFollower(deps.store, deps.executor, live_, deps.options.follower)),
        engine_(store::MakeEngine({deps.store, schema_, deps.executor, deps.clock, follower_.get()},
                                  deps.options.engine)),
        sweeper_(deps.store, *engine_, deps.executor, deps.clock, deps.random),
        venue_(deps.venue, executor_),
        schools_(deps.identity, executor_),
        people_(deps.volunteer == nullptr
                    ? nullptr
                    : reservation::MakeRemoteParticipant(*deps.volunteer, executor_,
                                                         "kepu.volunteer.v1.ParticipantService", kSelf)),
        own_workers_(executor_),
        aside_(deps.aside != nullptr ? *deps.aside : own_workers_),
        desk_rules_(
            deps.options.school, deps.options.rules, read_model_.places(),
            [this](absl::string_view session) { return RulesKeyOf(context_, session); },
            [this](absl::string_view session) { return OpeningOf(context_, session); }),
        desk_(*engine_, executor_, desk_rules_),
        settler_(executor_, deps.clock, deps.random,
                 reservation::MakeSettlerPorts(desk_, kSelf,
                                               [this](absl::string_view service) {
                                                 if (service == "volunteer") return people_.get();
                                                 return service == "venue" ? venue_.halls() : nullptr;
                                               }),
                 deps.options.settler),
        pager_(deps.paging_secret),
        documents_({*engine_, deps.keys, pager_, *follower_, read_model_.documents(), &ready_}),
        context_{
            deps.store,  *engine_, executor_, deps.keys, *follower_, read_model_,        deps.clock,
            deps.random, desk_,    settler_,  venue_,    schools_,   deps.options.rules, deps.options.school,
            pager_,      ready_,   documents_},
        handlers_(context_),
        chores_(executor_, deps.random),
        teller_(deps.identity, executor_, deps.clock, chores_),
        place_keeper_(context_, chores_),
        schedule_keeper_(context_, chores_, {deps.venue_log, deps.volunteer_log}),
        series_keeper_({context_, chores_,
                        [this](const std::string& method, rpc::Context context, std::string bytes,
                               SeriesKeeper::Done done) {
                          service_.Dispatch(absl::StrCat("/", kEventService, "/", method),
                                            rpc::Call(std::move(context), std::move(bytes),
                                                      std::make_unique<Hearing>(executor_, std::move(done))));
                        }}),
        round_keeper_({context_, chores_, deps.workers != nullptr ? *deps.workers : own_workers_,
                       deps.options.school.class_gap,
                       [this](std::shared_ptr<SchoolFlow> flow) { handlers_.Reserve(std::move(flow)); }}),
        opening_keeper_(context_, deps.workers != nullptr ? *deps.workers : own_workers_),
        visit_days_({*engine_, executor_, deps.keys, *follower_, read_model_, deps.clock, deps.random, desk_,
                     settler_, venue_, people_.get(), schools_,
                     deps.workers != nullptr ? *deps.workers : own_workers_, deps.options.rules,
                     deps.paging_secret, [this] { return ready_.load(); }}),
        feedback_(context_, deps.vault, aside_),
        school_register_(deps.identity, executor_, deps.clock,
                         [this] { return read_model_.attendance().Schools(); }),
        reach_{context_, school_register_, aside_},
        blobs_(deps.blobs),
        approvals_(context_,
                   [this](std::shared_ptr<SchoolFlow> flow) { handlers_.Reserve(std::move(flow)); }),
        rosters_(context_, deps.vault, aside_),
        roster_keeper_(context_, deps.vault, aside_, chores_),
        service_(deps.authorizer) {
    audit_ = MakeAudit(service_, {deps.store, executor_, deps.paging_secret});
    if (deps.options.audit) auditor_.emplace(deps.store, executor_, deps.metrics, *deps.options.audit);
    live_.Follow(*follower_);
    Observe();
    Register();
  }

  absl::Status Seal() const { return service_.Seal(); }
  rpc::Service& rpc() override { return service_; }
  bool Ready() const override { return ready_; }
  void OnReconnect() override { engine_->DropCache(); }
  const reservation::Settler& settler() const override { return settler_; }

  void Start(absl::AnyInvocable<void(absl::Status)> done) override {
    follower_->Start([this, done = std::move(done)](absl::Status status) mutable {
      if (status.ok()) {
        ready_ = true;
        schedule_keeper_.Start();
        sweeper_.Start();
        audit_->Start();
        if (auditor_) auditor_->Start();
      }
      done(std::move(status));
    });
  }

 private:
  // What is read and folded is heard of by who has to do something about it.
  void Observe() {
    read_model_.set_observer(
        {.claim = [this](const auto& place, const auto& claim) { settler_.See(place, claim); },
         .claim_fact = [this](const auto& place, const auto& fact) { settler_.Fold(place, fact); },
         .record = [this](const auto& place, const auto& record) { settler_.See(place, record); },
         .record_fact = [this](const auto& place, const auto& fact) { OnRecordFact(place, fact); }});
    read_model_.set_booking_observer({.loaded =
                                          [this](const auto& head, const auto& id, const auto& booking) {
                                            live_events_.See(head, id, booking);
                                            teller_.See(head, id, booking);
                                            roster_keeper_.See(id, booking);
                                          },
                                      .folded =
                                          [this](const auto& head, const auto& fact) {
                                            live_events_.Fold(head, fact);
                                            teller_.Fold(head, fact);
                                            roster_keeper_.Fold(fact);
                                            schedule_keeper_.Fold(head, fact);
                                          }});
    read_model_.rosters().set_observer([this](const std::string& key) { roster_keeper_.See(key); });
    read_model_.rounds().set_observer([this](const std::string& id) { round_keeper_.See(id); });
    read_model_.openings().set_observer([this](const std::string& id) { opening_keeper_.See(id); });
    read_model_.series().set_observer([this](const std::string& id) { series_keeper_.See(id); });
    read_model_.places().set_observer(
        {.unsettled = [this](const std::string& session) { place_keeper_.Settle(session); },
         .joined = [this](const std::string& place) { place_keeper_.MakeReady(place); }});
  }

  void Register() {
    live_.Register(service_);
    handlers_.Register(service_);
    AddDoorHandlers(service_, context_);
    AddDoorRecordHandlers(service_, context_);
    AddEventHandlers(service_, context_);
    AddProgrammeHandlers(service_, context_);
    AddCampaignHandlers(service_, context_);
    AddResponsibilityHandlers(service_, context_);
    AddCourseHandlers(service_, context_);
    AddSchoolContractHandlers(service_, context_);
    AddOpeningHandlers(service_, context_);
    AddOpeningEntryHandlers(service_, context_);
    AddPlaceRulesHandlers(service_, context_);
    AddPlaceListHandlers(service_, context_);
    AddRoundHandlers(service_, context_);
    AddWishHandlers(service_, context_);
    visit_days_.Register(service_);
    AddScheduleHandlers(service_, context_, schedule_keeper_);
    AddReschedulingHandlers(service_, context_);
    AddSeriesHandlers(service_, context_);
    feedback_.Register(service_);
    AddEvaluationHandlers(service_, context_);
    AddAttendanceHandlers(service_, reach_);
    AddReachHandlers(service_, reach_);
    AddDemandHandlers(service_, reach_);
    approvals_.Register(service_);
    rosters_.Register(service_);
    AddPaperHandlers(service_, context_, blobs_, aside_);
    reservation::HandleParticipant(service_, kParticipantService, desk_);
  }

  void OnRecordFact(const reservation::Place& place, const reservation::v1::ReservationFact& fact) {
    settler_.Fold(place, fact);
    if (!fact.has_given_back()) return;
    // At once: until it is released, a class or a hall that was given back cannot be booked anew.
    reservation::v1::Reservation confirmed;
    confirmed.set_reservation(fact.reservation());
    confirmed.set_state(reservation::v1::Reservation::CONFIRMED);
    *confirmed.mutable_claims() = fact.given_back().claims();
    auto record = reservation::ApplyRecord(&confirmed, fact);
    if (record.ok() && *record) settler_.Push(place, **record);
  }

  executor::LivingExecutor executor_;
  const EventSchema schema_;
  ReadModel read_model_;
  LiveEvents live_events_{read_model_};
  live::Feed live_;
  std::unique_ptr<projection::Follower> follower_;
  std::unique_ptr<store::Engine> engine_;
  store::DueSweeper sweeper_;
  VenueClient venue_;
  SchoolClient schools_;
  std::unique_ptr<reservation::Participant> people_;
  executor::ExecutorWorkers own_workers_;
  executor::Workers& aside_;
  EventDeskRules desk_rules_;
  reservation::Desk desk_;
  reservation::Settler settler_;
  std::atomic<bool> ready_{false};
  const paging::Pager pager_;
  const document::Desk<domain::DocumentLog> documents_;
  const Context context_;
  Handlers handlers_;
  chores::Chores chores_;
  NoticeTeller teller_;
  PlaceKeeper place_keeper_;
  ScheduleKeeper schedule_keeper_;
  SeriesKeeper series_keeper_;
  RoundKeeper round_keeper_;
  OpeningKeeper opening_keeper_;
  VisitDays visit_days_;
  std::optional<Auditor> auditor_;
  FeedbackDesk feedback_;
  SchoolRegister school_register_;
  const ReachParts reach_;
  const blob::BlobStore* const blobs_;
  Approvals approvals_;
  Rosters rosters_;
  RosterKeeper roster_keeper_;
  std::unique_ptr<audit::Desk> audit_;
  rpc::Service service_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EventService>> MakeService(Deps deps) {
  auto service = std::make_unique<EventServiceImpl>(std::move(deps));
  if (absl::Status status = service->Seal(); !status.ok()) return status;
  return service;
}

}  // namespace kepu::event
