// The driver against scripted participants.
#include <deque>

#include "gmock/gmock.h"
#include "libs/executor/sim_executor.h"
#include "libs/reservation/driver.h"
#include "tests/unit/reservation_values.h"

namespace kepu::reservation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

TEST_F(DriverTest, KitsAreTriedAfterSessionsAndBeforeVisitDays) {
  ScriptedParticipant any({Granted()});
  AddStep(any, {"events/e/sessions/s"}, v1::SESSION);
  AddStep(any, {"exhibits/k"}, v1::KIT);
  EXPECT_THAT(CheckPlan(plan_).message(), HasSubstr("pivot")) << "a session decides before";
  plan_.pivot_kind = v1::VISIT_DAY;
  EXPECT_TRUE(CheckPlan(plan_).ok());
  std::swap(plan_.steps[0], plan_.steps[1]);
  EXPECT_THAT(CheckPlan(plan_).message(), HasSubstr("ascend"));
}

}  // namespace
}  // namespace kepu::reservation
