// The rules of claims and records as tables, the driver against scripted participants, the settler against
// scripted ports.
#include <deque>

#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/driver.h"
#include "libs/reservation/record.h"
#include "libs/reservation/settler.h"

namespace kepu::reservation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

v1::Demand MakeDemand(absl::string_view thing, v1::Kind kind) {
  v1::Demand demand;
  demand.set_thing(thing.data(), thing.size());
  demand.set_kind(kind);
  demand.mutable_start_time()->set_seconds(1000);
  demand.mutable_end_time()->set_seconds(2000);
  demand.set_amount(1);
  return demand;
}

v1::TryRequest MakeTry(absl::string_view thing = "spaces/a") {
  v1::TryRequest request;
  *request.mutable_demand() = MakeDemand(thing, v1::HALL);
  request.set_reservation("r1");
  request.set_request_id(ClaimId("r1", request.demand()));
  request.set_pivot("sessions/p");
  request.set_pivot_service("event");
  return request;
}

v1::StepRequest MakeStep() {
  v1::StepRequest step;
  step.set_request_id(MakeTry().request_id());
  step.set_thing("spaces/a");
  step.set_reservation("r1");
  return step;
}

v1::Claim ClaimIn(v1::Claim::State state) {
  v1::Claim claim = TriedFact(MakeTry(), kNow).tried();
  claim.set_state(state);
  return claim;
}

absl::Status Yes(const v1::Demand&) { return absl::OkStatus(); }
absl::Status No(const v1::Demand&) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_FULL", {});
}

TEST(ClaimIdTest, IsTheSameForTheSameClaimAndAnotherForAnyDifference) {
  const v1::Demand demand = MakeDemand("spaces/a", v1::HALL);
  const std::string id = ClaimId("r1", demand);
  EXPECT_EQ(id.size(), 24u);
  EXPECT_EQ(id, ClaimId("r1", demand));
  v1::Demand other = demand;
  other.set_purpose("sessions/x");  // says what it is for, not what is claimed
  EXPECT_EQ(id, ClaimId("r1", other));
  EXPECT_NE(id, ClaimId("r2", demand));
  const std::function<void(v1::Demand&)> changes[] = {
      [](v1::Demand& d) { d.set_thing("spaces/b"); },
      [](v1::Demand& d) { d.set_kind(v1::GUIDE); },
      [](v1::Demand& d) { d.mutable_start_time()->set_nanos(1); },
      [](v1::Demand& d) { d.clear_end_time(); },
      [](v1::Demand& d) { d.set_amount(2); },
      [](v1::Demand& d) { d.set_part("a"); },
      [](v1::Demand& d) { d.set_place("a"); }};
  for (const auto& change : changes) {
    other = demand;
    change(other);
    EXPECT_NE(id, ClaimId("r1", other)) << other.DebugString();
  }
  v1::Demand part = demand, place = demand;
  part.set_part("ab");
  place.set_place("ab");
  EXPECT_NE(ClaimId("r1", part), ClaimId("r1", place));
}

// What each event does to a claim in each state; "" is no claim. "-": nothing is written.
TEST(ClaimTest, TransitionsAsATable) {
  struct Row {
    int state;  // -1: none
    const char* attempt;
    const char* confirm;
    const char* cancel;
    const char* release;
    const char* settled_confirmed;
    const char* settled_cancelled;
  };
  const Row rows[] = {{-1, "TRIED", "error", "ENDED", "-", "-", "-"},
                      {v1::Claim::TRIED, "-granted", "CONFIRMED", "ENDED", "ENDED", "CONFIRMED", "ENDED"},
                      {v1::Claim::CONFIRMED, "-granted", "-", "-", "ENDED", "-", "-"},
                      {v1::Claim::ENDED, "-over", "error", "-", "-", "-", "-"}};
  for (const Row& row : rows) {
    std::optional<v1::Claim> before;
    if (row.state >= 0) before = ClaimIn(static_cast<v1::Claim::State>(row.state));
    const v1::Claim* existing = before ? &*before : nullptr;
    auto after = [&](const std::optional<v1::ClaimFact>& fact) -> std::string {
      if (!fact) return "-";
      auto claim = ApplyClaim(existing, *fact);
      if (!claim.ok()) return claim.status().ToString();
      EXPECT_EQ((*claim)->reservation(), "r1");
      return v1::Claim::State_Name((*claim)->state());
    };
    auto after_or = [&](const absl::StatusOr<std::optional<v1::ClaimFact>>& fact) -> std::string {
      return fact.ok() ? after(*fact) : "error";
    };
    auto tried = DecideTry(existing, MakeTry(), kNow, Yes);
    ASSERT_TRUE(tried.ok());
    std::string attempt = after(tried->fact);
    if (attempt == "-") attempt += tried->outcome == v1::TryResponse::OVER ? "over" : "granted";
    EXPECT_EQ(attempt, row.attempt) << row.state;
    EXPECT_EQ(after_or(DecideConfirm(existing, MakeStep())), row.confirm) << row.state;
    EXPECT_EQ(after(DecideCancel(existing, MakeStep(), kNow)), row.cancel) << row.state;
    EXPECT_EQ(after(DecideRelease(existing, MakeStep(), kNow)), row.release) << row.state;
    EXPECT_EQ(after_or(DecideSettle(existing, MakeStep(), v1::ResolveResponse::CONFIRMED, kNow)),
              row.settled_confirmed)
        << row.state;
    EXPECT_EQ(after_or(DecideSettle(existing, MakeStep(), v1::ResolveResponse::CANCELLED, kNow)),
              row.settled_cancelled)
        << row.state;
  }
}

TEST(ClaimTest, RoomIsAskedOnlyForANewClaim) {
  const v1::Claim tried = ClaimIn(v1::Claim::TRIED);
  EXPECT_EQ(refusal::ReasonOf(DecideTry(nullptr, MakeTry(), kNow, No).status()), "SHIFT_FULL");
  EXPECT_TRUE(DecideTry(&tried, MakeTry(), kNow, No).ok());
}

TEST(ClaimTest, ImpossibleFactsAreErrors) {
  const v1::Claim ended = ClaimIn(v1::Claim::ENDED);
  const v1::Claim tried = ClaimIn(v1::Claim::TRIED);
  v1::ClaimFact confirm, forget, nothing;
  confirm.mutable_confirmed();
  forget.mutable_forgotten();
  EXPECT_FALSE(ApplyClaim(&ended, TriedFact(MakeTry(), kNow)).ok());
  EXPECT_FALSE(ApplyClaim(&ended, confirm).ok());
  EXPECT_FALSE(ApplyClaim(nullptr, confirm).ok());
  EXPECT_FALSE(ApplyClaim(&tried, forget).ok());
  EXPECT_FALSE(ApplyClaim(&tried, nothing).ok());
  EXPECT_EQ(*ApplyClaim(&ended, forget), std::nullopt);
}

v1::ClaimRef MakeRef(absl::string_view claim_id) {
  v1::ClaimRef ref;
  ref.set_claim_id(claim_id.data(), claim_id.size());
  ref.set_service("venue");
  ref.set_thing("spaces/a");
  return ref;
}

v1::Reservation Confirmed(const std::vector<v1::ClaimRef>& claims) {
  return **ApplyRecord(nullptr, *DecideConfirmed(nullptr, "r1", claims, kNow));
}

v1::ResolveRequest AskFor(absl::string_view claim_id) {
  v1::ResolveRequest request;
  request.set_request_id(claim_id.data(), claim_id.size());
  request.set_reservation("r1");
  return request;
}

TEST(RecordTest, TheFirstWriterWins) {
  const v1::Reservation confirmed = Confirmed({MakeRef("c1")});
  EXPECT_FALSE(DecideCancelled(&confirmed, "r1", No({}), {}, kNow));
  const v1::Reservation cancelled = **ApplyRecord(nullptr, *DecideCancelled(nullptr, "r1", No({}), {}, kNow));
  EXPECT_FALSE(DecideConfirmed(&cancelled, "r1", {}, kNow));
  EXPECT_FALSE(ApplyRecord(&cancelled, *DecideConfirmed(nullptr, "r1", {}, kNow)).ok());
  EXPECT_EQ(refusal::ReasonOf(StatusOf(cancelled)), "SHIFT_FULL");
  EXPECT_TRUE(StatusOf(confirmed).ok());
}

TEST(RecordTest, AnswersForTheClaimAndNotForTheReservation) {
  const v1::Reservation confirmed = Confirmed({MakeRef("c1")});
  EXPECT_EQ(Resolve(&confirmed, AskFor("c1"), kNow).outcome, v1::ResolveResponse::CONFIRMED);
  EXPECT_EQ(Resolve(&confirmed, AskFor("c2"), kNow).outcome, v1::ResolveResponse::CANCELLED);
  EXPECT_FALSE(Resolve(&confirmed, AskFor("c2"), kNow).fact);
}

TEST(RecordTest, AskingForAnAbsentReservationCancelsIt) {
  const Resolved resolved = Resolve(nullptr, AskFor("c1"), kNow);
  EXPECT_EQ(resolved.outcome, v1::ResolveResponse::CANCELLED);
  ASSERT_TRUE(resolved.fact);
  const v1::Reservation record = **ApplyRecord(nullptr, *resolved.fact);
  EXPECT_EQ(record.state(), v1::Reservation::CANCELLED);
  EXPECT_EQ(StatusOf(record).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(refusal::ReasonOf(StatusOf(record)), "RESERVATION_EXPIRED");
}

TEST(RecordTest, GivingBackTellsAllClaimsAgain) {
  v1::Reservation record = Confirmed({MakeRef("c1"), MakeRef("c2")});
  EXPECT_EQ(TellingOf(record), Telling::kConfirm);
  record = **ApplyRecord(&record, *DecideTold(&record, {"c1"}, false));
  EXPECT_THAT(record.untold(), ElementsAre("c2"));
  record = **ApplyRecord(&record, *DecideGiveBack(&record, kNow));
  EXPECT_THAT(record.untold(), ElementsAre("c1", "c2"));
  EXPECT_EQ(TellingOf(record), Telling::kRelease);
  EXPECT_EQ(record.state(), v1::Reservation::CONFIRMED);
  EXPECT_EQ(Resolve(&record, AskFor("c1"), kNow).outcome, v1::ResolveResponse::CONFIRMED);
  // An acknowledgement of the confirm that comes late does not pass for one of the release.
  EXPECT_FALSE(DecideTold(&record, {"c2"}, false));
  EXPECT_FALSE(DecideGiveBack(&record, kNow));
  record = **ApplyRecord(&record, *DecideTold(&record, {"c1", "c2", "c9"}, true));
  EXPECT_THAT(record.untold(), IsEmpty());
  EXPECT_FALSE(DecideTold(&record, {"c1"}, true));
}

TEST(RecordTest, RefusalsSurviveTheWire) {
  const absl::Status no =
      refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", "shifts/a"}});
  EXPECT_EQ(refusal::ParamOf(UnpackRefusal(PackRefusal(no)), "with"), "shifts/a");
  EXPECT_FALSE(UnpackRefusal("\xff").ok());
  EXPECT_FALSE(UnpackRefusal("").ok());
}

// A participant that answers by a script; the last line stays.
class ScriptedParticipant final : public Participant {
 public:
  using Answer = absl::StatusOr<v1::TryResponse>;
  explicit ScriptedParticipant(std::vector<Answer> script) : script_(script.begin(), script.end()) {}
  void Try(const v1::TryRequest& request, Done<v1::TryResponse> done) override {
    tried.push_back(request.demand().thing());
    Answer answer = script_.front();
    if (script_.size() > 1) script_.pop_front();
    if (silent) return;
    done(answer);
  }
  void Tell(Telling, const v1::StepRequest&, Done<v1::StepResponse>) override {}
  void Resolve(const v1::ResolveRequest&, Done<v1::ResolveResponse>) override {}
  std::vector<std::string> tried;
  bool silent = false;

 private:
  std::deque<Answer> script_;
};

v1::TryResponse Granted() {
  v1::TryResponse answer;
  answer.set_outcome(v1::TryResponse::GRANTED);
  return answer;
}
v1::TryResponse Refused() {
  v1::TryResponse answer;
  answer.set_outcome(v1::TryResponse::REFUSED);
  answer.set_refusal(PackRefusal(No({})));
  return answer;
}
v1::TryResponse Over() {
  v1::TryResponse answer;
  answer.set_outcome(v1::TryResponse::OVER);
  return answer;
}

class DriverTest : public ::testing::Test {
 protected:
  DriverTest() : executor_({.seed = 7}) {
    plan_.reservation = "r1";
    plan_.pivot_service = "event";
    plan_.pivot = "sessions/p";
    plan_.pivot_kind = v1::SESSION;
    port_.look = [this](Done<Look> done) {
      Look look;
      if (record_) look.record = *record_;
      look.full = full_;
      done(look);
    };
    port_.commit = [this](const std::vector<v1::ClaimRef>& claims, Done<Standing> done) {
      ++commits_;
      Write(DecideConfirmed(record_ ? &*record_ : nullptr, "r1", claims, kNow));
      Answer(commits_lost_, std::move(done));
    };
    port_.refuse = [this](const absl::Status& why, const std::vector<v1::ClaimRef>& tried,
                          Done<Standing> done) {
      ++refusals_;
      Write(DecideCancelled(record_ ? &*record_ : nullptr, "r1", why, tried, kNow));
      Answer(refusals_lost_, std::move(done));
    };
    port_.push = [this](const v1::Reservation& record) { pushed_.push_back(record); };
  }
  void Write(const std::optional<v1::ReservationFact>& fact) {
    if (fact) record_ = **ApplyRecord(record_ ? &*record_ : nullptr, *fact);
  }
  void Answer(int& lost, Done<Standing> done) {
    if (lost > 0) {
      --lost;
      return done(absl::UnavailableError("lost"));
    }
    done(Standing{*record_, 5, false});
  }
  void AddStep(ScriptedParticipant& participant, std::vector<std::string> things, v1::Kind kind = v1::HALL) {
    Step& step = plan_.steps.emplace_back();
    for (const std::string& thing : things)
      step.proposals.push_back({MakeDemand(thing, kind), "venue", &participant});
  }
  absl::Status Run() {
    std::optional<absl::Status> result;
    Drive({executor_, executor_.random()}, plan_, port_, [&](absl::StatusOr<Standing> standing) {
      EXPECT_FALSE(result) << "answered twice";
      result = standing.ok() ? StatusOf(standing->record) : standing.status();
    });
    EXPECT_TRUE(executor_.RunUntil([&] { return result.has_value(); }, absl::Seconds(30)) || result);
    return result.value_or(absl::InternalError("no answer"));
  }

  executor::SimExecutor executor_;
  Plan plan_;
  PivotPort port_;
  std::optional<v1::Reservation> record_;
  absl::Status full_;
  int commits_ = 0, commits_lost_ = 0, refusals_ = 0, refusals_lost_ = 0;
  std::vector<v1::Reservation> pushed_;
};

TEST_F(DriverTest, TriesInOrderThenCommitsThenPushes) {
  ScriptedParticipant hall({Granted()}), guide({Granted()});
  AddStep(hall, {"spaces/a"});
  AddStep(guide, {"volunteers/g"}, v1::GUIDE);
  EXPECT_TRUE(Run().ok());
  ASSERT_TRUE(record_);
  EXPECT_EQ(record_->state(), v1::Reservation::CONFIRMED);
  ASSERT_EQ(record_->claims_size(), 2);
  EXPECT_EQ(record_->claims(0).claim_id(), ClaimId("r1", MakeDemand("spaces/a", v1::HALL)));
  EXPECT_EQ(pushed_.size(), 1u);
}

TEST_F(DriverTest, ARefusedTryIsRecordedWithItsReasonAndCancelsWhatWasTried) {
  ScriptedParticipant hall({Granted()}), guide({Refused()});
  AddStep(hall, {"spaces/a"});
  AddStep(guide, {"volunteers/g"}, v1::GUIDE);
  EXPECT_EQ(refusal::ReasonOf(Run()), "SHIFT_FULL");
  EXPECT_EQ(record_->state(), v1::Reservation::CANCELLED);
  EXPECT_EQ(record_->untold_size(), 2);
  EXPECT_EQ(commits_, 0);
}

TEST_F(DriverTest, PlainlyFullWritesNothingForAFirstCopyAndIsRecordedForARepeat) {
  ScriptedParticipant hall({Granted()});
  AddStep(hall, {"spaces/a"});
  full_ = No({});
  EXPECT_EQ(refusal::ReasonOf(Run()), "SHIFT_FULL");
  EXPECT_FALSE(record_);
  plan_.repeat = true;
  EXPECT_EQ(refusal::ReasonOf(Run()), "SHIFT_FULL");
  ASSERT_TRUE(record_);
  EXPECT_EQ(record_->state(), v1::Reservation::CANCELLED);
  EXPECT_THAT(hall.tried, IsEmpty());
}

TEST_F(DriverTest, ADecidedRecordIsTheAnswerWhateverThePivotLooksLikeNow) {
  ScriptedParticipant hall({Refused()});
  AddStep(hall, {"spaces/a"});
  record_ = Confirmed({MakeRef("c1")});
  full_ = No({});
  EXPECT_TRUE(Run().ok());
  EXPECT_THAT(hall.tried, IsEmpty());
}

TEST_F(DriverTest, ARefusalThatComesTooLateTellsWhatTheRecordSays) {
  ScriptedParticipant hall({Refused()});
  AddStep(hall, {"spaces/a"});
  port_.refuse = [this](const absl::Status&, const std::vector<v1::ClaimRef>&, Done<Standing> done) {
    record_ = Confirmed({MakeRef("c1")});  // another driver was quicker
    done(Standing{*record_, 0, true});
  };
  EXPECT_TRUE(Run().ok());
}

TEST_F(DriverTest, AsksAgainWhenATryOrACommitHasNoAnswer) {
  ScriptedParticipant hall({absl::UnavailableError("x"), absl::DeadlineExceededError("y"), Granted()});
  AddStep(hall, {"spaces/a"});
  commits_lost_ = 2;
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(hall.tried.size(), 3u);
  EXPECT_EQ(commits_, 3);
  EXPECT_EQ(record_->claims_size(), 1);
}

TEST_F(DriverTest, RefusesByItselfWhenItIsLate) {
  ScriptedParticipant hall({absl::UnavailableError("down")});
  AddStep(hall, {"spaces/a"});
  const absl::Time start = executor_.SteadyNow();
  EXPECT_EQ(refusal::ReasonOf(Run()), "RESERVATION_EXPIRED");
  EXPECT_GE(executor_.SteadyNow() - start, kDriveMax);
  EXPECT_LT(executor_.SteadyNow() - start, kDriveMax + absl::Seconds(1));
  EXPECT_EQ(record_->state(), v1::Reservation::CANCELLED);
  EXPECT_EQ(record_->untold_size(), 1) << "the try may have been granted";
}

TEST_F(DriverTest, DoesNotWaitForAParticipantThatIsSilentForEver) {
  ScriptedParticipant hall({Granted()});
  hall.silent = true;
  AddStep(hall, {"spaces/a"});
  EXPECT_EQ(refusal::ReasonOf(Run()), "RESERVATION_EXPIRED");
}

TEST_F(DriverTest, UnknownIsNeverNo) {
  ScriptedParticipant hall({Granted()}), other({Refused()});
  AddStep(hall, {"spaces/a"});
  commits_lost_ = refusals_lost_ = 1000;
  absl::Status status = Run();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(refusal::ReasonOf(status), "OUTCOME_UNKNOWN");
  EXPECT_EQ(record_->state(), v1::Reservation::CONFIRMED);
  // A refusal written for lateness reads the record back, and that is told.
  record_.reset();
  refusals_lost_ = 0;
  commits_lost_ = 1000;
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(record_->state(), v1::Reservation::CONFIRMED);
  record_.reset();
  refusals_ = 0;
  plan_.steps.clear();
  AddStep(other, {"spaces/a"});
  refusals_lost_ = 1000;
  EXPECT_EQ(refusal::ReasonOf(Run()), "OUTCOME_UNKNOWN");
  EXPECT_EQ(refusals_, kRefuseTries);
}

TEST_F(DriverTest, GoesOnToTheNextProposalOnNoAndOnSilence) {
  ScriptedParticipant guides({Refused(), absl::UnavailableError("x"), Granted()});
  AddStep(guides, {"volunteers/g1", "volunteers/g2", "volunteers/g3"}, v1::GUIDE);
  EXPECT_TRUE(Run().ok());
  EXPECT_THAT(guides.tried, ElementsAre("volunteers/g1", "volunteers/g2", "volunteers/g3"));
  ASSERT_EQ(record_->claims_size(), 1) << "only the granted one is confirmed";
  EXPECT_EQ(record_->claims(0).thing(), "volunteers/g3");
}

TEST_F(DriverTest, AClaimThatIsOverEndsTheReservation) {
  ScriptedParticipant hall({Over()});
  AddStep(hall, {"spaces/a"});
  EXPECT_EQ(refusal::ReasonOf(Run()), "RESERVATION_EXPIRED");
  EXPECT_EQ(commits_, 0);
}

TEST_F(DriverTest, PlansMustAscendAndStayBelowThePivot) {
  ScriptedParticipant any({Granted()});
  AddStep(any, {"volunteers/g"}, v1::GUIDE);
  EXPECT_TRUE(CheckPlan(plan_).ok());
  AddStep(any, {"spaces/a"}, v1::HALL);
  EXPECT_THAT(CheckPlan(plan_).message(), HasSubstr("ascend"));
  EXPECT_EQ(Run().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(any.tried, IsEmpty());
  plan_.steps.pop_back();
  plan_.pivot_kind = v1::BUS_BAY;
  EXPECT_THAT(CheckPlan(plan_).message(), HasSubstr("pivot"));
  plan_.pivot_kind = v1::GUIDE;
  plan_.pivot = "volunteers/g";
  EXPECT_FALSE(CheckPlan(plan_).ok());
  plan_.pivot = "volunteers/h";
  EXPECT_TRUE(CheckPlan(plan_).ok());
  plan_.steps[0].proposals.clear();
  EXPECT_FALSE(CheckPlan(plan_).ok());
}

class SettlerTest : public ::testing::Test {
 protected:
  SettlerTest() : executor_({.seed = 3}), clock_(executor_, kNow) {}
  void Make(SettlerOptions options = {}) {
    SettlerPorts ports;
    ports.resolve = [this](const v1::Claim&, Done<v1::ResolveResponse> done) {
      asked_.push_back(executor_.SteadyNow());
      if (unreachable_) return done(absl::UnavailableError("down"));
      v1::ResolveResponse answer;
      answer.set_outcome(v1::ResolveResponse::CANCELLED);
      done(answer);
    };
    ports.settle = [this](const Place& place, const v1::Claim& claim, v1::ResolveResponse::Outcome,
                          absl::AnyInvocable<void(absl::Status)> done) {
      settled_.push_back(place.key + " " + claim.claim_id());
      done(absl::OkStatus());
    };
    ports.tell = [this](Telling telling, const v1::ClaimRef& ref, Done<v1::StepResponse> done) {
      told_.push_back(absl::StrCat(static_cast<int>(telling), " ", ref.claim_id()));
      if (unreachable_) return done(absl::UnavailableError("down"));
      if (denied_) return done(absl::FailedPreconditionError("ended"));
      done(v1::StepResponse());
    };
    ports.told = [this](const Place& place, const std::string&, const std::vector<std::string>& ids,
                        bool released, absl::AnyInvocable<void(absl::Status)> done) {
      record_ = **ApplyRecord(&record_, *DecideTold(&record_, ids, released));
      settler_->See(place, record_);
      done(absl::OkStatus());
    };
    settler_ = std::make_unique<Settler>(executor_, clock_, executor_.random(), ports, options);
  }

  executor::SimExecutor executor_;
  executor::SimClock clock_;
  v1::Reservation record_;
  bool unreachable_ = false, denied_ = false;
  std::vector<absl::Time> asked_;
  std::vector<std::string> settled_, told_;
  std::unique_ptr<Settler> settler_;
  const Place place_{1, "space/a"};
};

TEST_F(SettlerTest, AClaimAsksAfterItsDeadlineAndAgainUntilItIsAnswered) {
  Make();
  unreachable_ = true;
  const absl::Time start = executor_.SteadyNow();
  settler_->See(place_, ClaimIn(v1::Claim::TRIED));
  executor_.RunFor(kAskAfter - absl::Seconds(1));
  EXPECT_THAT(asked_, IsEmpty());
  executor_.RunFor(absl::Seconds(31));
  ASSERT_GE(asked_.size(), 5u);
  ASSERT_LE(asked_.size(), 16u);
  EXPECT_GE(asked_[0] - start, kAskAfter);
  for (size_t i = 1; i < asked_.size(); ++i) {
    EXPECT_GE(asked_[i] - asked_[i - 1], absl::Seconds(2));
    EXPECT_LE(asked_[i] - asked_[i - 1], absl::Seconds(5));
  }
  EXPECT_THAT(settled_, IsEmpty()) << "no answer is no answer";
  unreachable_ = false;
  executor_.RunFor(absl::Seconds(6));
  EXPECT_EQ(settled_.size(), 1u);
  EXPECT_EQ(settler_->pending(), 0u);
  EXPECT_TRUE(executor_.RunUntilIdle(100));
}

TEST_F(SettlerTest, NothingAsksWhileTheClockIsUnsteady) {
  Make();
  clock_.SetSteady(false);
  settler_->See(place_, ClaimIn(v1::Claim::TRIED));
  executor_.RunFor(absl::Minutes(1));
  EXPECT_THAT(asked_, IsEmpty());
  clock_.SetSteady(true);
  executor_.RunFor(absl::Seconds(6));
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(SettlerTest, AClaimThatWasToldIsForgotten) {
  Make();
  settler_->See(place_, ClaimIn(v1::Claim::TRIED));
  settler_->See(place_, ClaimIn(v1::Claim::CONFIRMED));
  executor_.RunFor(absl::Minutes(1));
  EXPECT_THAT(asked_, IsEmpty());
  EXPECT_EQ(settler_->pending(), 0u);
}

TEST_F(SettlerTest, TellsAtOnceWhenPushedAndUntilAcknowledged) {
  Make();
  record_ = Confirmed({MakeRef("c1"), MakeRef("c2")});
  unreachable_ = true;
  settler_->Push(place_, record_);
  EXPECT_THAT(told_, ElementsAre("0 c1", "0 c2"));
  unreachable_ = false;
  executor_.RunFor(absl::Seconds(6));
  EXPECT_EQ(told_.size(), 4u);
  EXPECT_THAT(record_.untold(), IsEmpty());
  EXPECT_EQ(settler_->pending(), 0u);
}

TEST_F(SettlerTest, WithoutPushingOnlyReleasesAreTold) {
  Make({.push = false});
  record_ = Confirmed({MakeRef("c1")});
  settler_->Push(place_, record_);
  executor_.RunFor(absl::Minutes(1));
  EXPECT_THAT(told_, IsEmpty());
  record_ = **ApplyRecord(&record_, *DecideGiveBack(&record_, kNow));
  settler_->See(place_, record_);
  executor_.RunFor(absl::Seconds(6));
  EXPECT_THAT(told_, ElementsAre("2 c1"));
  EXPECT_THAT(record_.untold(), IsEmpty());
}

TEST_F(SettlerTest, AConfirmThatIsDeniedIsAnAlarmAndGoesOn) {
  Make();
  record_ = Confirmed({MakeRef("c1")});
  denied_ = true;
  settler_->Push(place_, record_);
  executor_.RunFor(absl::Seconds(20));
  EXPECT_GE(settler_->alarms(), 3u);
  EXPECT_EQ(settler_->pending(), 1u);
}

TEST_F(SettlerTest, AtMostSoManyAtATime) {
  std::vector<Done<v1::ResolveResponse>> waiting;
  SettlerPorts ports;
  ports.resolve = [&](const v1::Claim&, Done<v1::ResolveResponse> done) {
    waiting.push_back(std::move(done));
  };
  Settler settler(executor_, clock_, executor_.random(), ports, {.in_flight_max = 3});
  for (int i = 0; i < 10; ++i) {
    v1::Claim claim = ClaimIn(v1::Claim::TRIED);
    claim.set_claim_id(absl::StrCat("c", i));
    settler.See(place_, claim);
  }
  executor_.RunFor(absl::Seconds(20));
  EXPECT_EQ(waiting.size(), 3u);
  waiting[0](absl::UnavailableError("x"));
  executor_.RunFor(absl::Seconds(1));
  EXPECT_EQ(waiting.size(), 4u);
}

}  // namespace
}  // namespace kepu::reservation
