#include "services/volunteer/service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/chores/chores.h"
#include "libs/executor/living_executor.h"
#include "libs/live/feed.h"
#include "libs/names/names.h"
#include "libs/projection/follower.h"
#include "libs/store/due_sweeper.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/audit.h"
#include "services/volunteer/api/award_keeper.h"
#include "services/volunteer/api/call_out_keeper.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/consequence_keeper.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/hour_poster.h"
#include "services/volunteer/api/matches.h"
#include "services/volunteer/api/news_teller.h"
#include "services/volunteer/api/people_desk.h"
#include "services/volunteer/api/recognition_keeper.h"
#include "services/volunteer/api/shift_mover.h"
#include "services/volunteer/domain/membership.h"
#include "services/volunteer/store/live_events.h"
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
        personal_(deps_.vault, deps_.workers),
        claim_rules_(deps_.rules, personal_),
        reads_(*this),
        live_(deps_.store, executor_, reads_,
              [this](const auto& facts) { return LiveEventsOf(reads_, facts); }),
        follower_(projection::MakeFollower(deps_.store, executor_, live_, {.head_alone = IsLedger})),
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
        awards_(*engine_, chores_),
        poster_(*engine_, chores_, deps_.rules),
        venues_(deps_.venues, executor_),
        documents_({*engine_, deps_.keys, pager_, *follower_, reads_.documents()}),
        context_{deps_.store, *engine_,    executor_, deps_.clock,   deps_.random, deps_.keys,
                 pager_,      deps_.rules, reads_,    *follower_,    desk_,        settler_,
                 chores_,     venues_,     personal_, deps_.workers, documents_,   duties_},
        people_keeper_(context_),
        recognition_(context_),
        keeper_(context_, {deps_.event_log, deps_.venue_log}),
        mover_(context_, [this](const domain::record::ShiftHead& head) { return keeper_.HasNews(head); }),
        teller_(context_, deps_.identity),
        call_outs_(context_, teller_),
        api_(context_),
        rpc_(deps_.authorizer),
        matches_(context_, rpc_) {
    live_.Follow(*follower_);
    live_.Register(rpc_);
    api_.Register(rpc_);
    AddRoleHandlers(rpc_, context_);
    AddPeople(rpc_, {context_, people_keeper_});
    AddNeedHandlers(rpc_, context_);
    AddCourseHandlers(rpc_, context_);
    AddFindHandlers(rpc_, context_);
    AddAvailabilityHandlers(rpc_, context_);
    matches_.Register(rpc_);
    AddRecognitionHandlers(rpc_, context_);
    AddHonourHandlers(rpc_, context_);
    AddAbsenceHandlers(rpc_, context_);
    AddCertificateHandlers(rpc_, context_);
    reads_.recognition().Watch(&recognition_);
    AddPresenceHandlers(rpc_, context_);
    AddMergeHandlers(rpc_, context_);
    AddHoursHandlers(rpc_, context_);
    AddLedgerHandlers(rpc_, context_);
    AddDutyHandlers(rpc_, context_);
    AddCallOutHandlers(rpc_, context_);
    AddTeamHandlers(rpc_, context_);
    AddExpertHandlers(rpc_, context_);
    AddLectureHandlers(rpc_, context_);
    AddPostHandlers(rpc_, context_);
    AddSignupHandlers(rpc_, context_);
    AddWaitListHandlers(rpc_, context_);
    AddSwapHandlers(rpc_, context_);
    AddSignupGroupHandlers(rpc_, context_);
    audit_ = MakeAudit(rpc_, {deps_.store, executor_, deps_.paging_secret});
    reservation::HandleParticipant(rpc_, kParticipantService, desk_);
  }

  void Start(absl::AnyInvocable<void(absl::Status)> ready) override {
    follower_->Start([this, ready = std::move(ready)](absl::Status status) mutable {
      if (status.ok() && !std::exchange(started_, true)) {
        sweeper_.Start();
        audit_->Start();
        recognition_.Start();
        keeper_.Start();
        teller_.Start();
        call_outs_.Start();
      }
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
    if (const std::string person(PersonIdOf(place.key)); !person.empty()) duties_.See(person, claim);
    settler_.See(place, claim);
  }
  void OnClaim(const reservation::Place& place, const reservation::v1::ClaimFact& fact) override {
    if (const std::string person(PersonIdOf(place.key)); !person.empty()) duties_.Fold(person, fact);
    settler_.Fold(place, fact);
  }
  void OnRecord(const reservation::Place& place, const reservation::v1::Reservation& record) override {
    settler_.See(place, record);
  }
  void OnRecord(const reservation::Place& place, const reservation::v1::ReservationFact& fact) override {
    settler_.Fold(place, fact);
  }

  void OnHours(const std::string& shift, const std::string& person,
               const domain::record::HourRow& row) override {
    poster_.Want(shift, person, row);
  }
  void OnHoursPosted(const std::string& shift, const std::string& person) override {
    poster_.Done(shift, person);
  }
  void OnAward(const std::string& training, const std::string& person,
               const domain::record::Award& award) override {
    awards_.Want(training, person, award);
  }
  void OnAwardPosted(const std::string& training, const std::string& person) override {
    awards_.Done(training, person);
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

  void OnPerson(const domain::record::PersonHead& head) override {
    people_keeper_.See(head);
    if (!started_) teller_.Loaded(head);
  }
  void OnIdNumber(const domain::record::IdNumberHead& head) override { people_keeper_.See(head); }

  void OnMatch(const std::string& name, bool sending) override {
    const std::string id = absl::StrCat("match/", name);
    if (!sending) return chores_.Done(id);
    chores_.Want(id, [this, name] { matches_.Invite(name); });
  }

  void OnShift(const domain::record::ShiftHead& head, const domain::record::Fact* fact) override {
    // Steps of reservations, of which there are many, change nothing that others tell.
    if (fact != nullptr && (fact->has_reservation() || fact->has_shift_claimed())) return;
    if (fact != nullptr) teller_.Fold(head, *fact);
    keeper_.See(head);
    mover_.See(head);
    if (fact != nullptr && fact->has_shift_created()) call_outs_.Made(head);
  }
  void OnSignup(const domain::record::ShiftHead& head, const std::string& person,
                const domain::record::SignupRecord& signup) override {
    teller_.Loaded(head, person, signup);
  }
  void OnWaitList(const domain::record::ShiftHead& head, const domain::record::WaitList& list) override {
    teller_.Loaded(head, list);
  }
  void OnDocument(const domain::record::Document& document) override {
    if (document.has_call_out()) call_outs_.See(document.call_out());
  }
  void OnPerson(const domain::record::PersonHead& head, const domain::record::Fact& fact) override {
    teller_.Fold(head, fact);
  }

  // Their own record says whether they are in a team, so it is changed where it lies; twice is once.
  void OnRelease(const std::string& team, const std::string& person, bool wanted) override {
    const std::string id = absl::StrCat("release/", team, "/", person);
    if (!wanted) return chores_.Done(id);
    chores_.Want(id, [this, team, person] {
      const reservation::Place place = PersonPlace(person);
      auto decide = [key = place.key, team](store::View& view, absl::Time now) {
        return EmitAll(view, key,
                       domain::DecideLeave(PersonIn(view, key), team, v1::TeamPeriod::TEAM_DISSOLVED, now));
      };
      Submit(place, std::move(decide), [](absl::Status) {});
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
  Personal personal_;
  const ClaimRules claim_rules_;
  ReadModel reads_;
  live::Feed live_;
  std::unique_ptr<projection::Follower> follower_;
  std::unique_ptr<store::Engine> engine_;
  store::DueSweeper sweeper_;
  reservation::Desk desk_;
  reservation::Settler settler_;
  chores::Chores chores_;
  AwardKeeper awards_;
  HourPoster poster_;
  const VenueClient venues_;
  const document::Desk<domain::DocumentLog> documents_;
  DutyBook duties_;
  const Context context_;
  PeopleKeeper people_keeper_;
  RecognitionKeeper recognition_;
  ConsequenceKeeper keeper_;
  ShiftMover mover_;
  NewsTeller teller_;
  CallOutKeeper call_outs_;
  Api api_;
  std::unique_ptr<audit::Desk> audit_;
  rpc::Service rpc_;
  Matches matches_;
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
