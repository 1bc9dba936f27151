// The settler against scripted ports.
#include "gmock/gmock.h"
#include "libs/executor/sim_executor.h"
#include "libs/reservation/settler.h"
#include "tests/unit/reservation_values.h"

namespace kepu::reservation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST_F(SettlerTest, TellsInTheNextRoundWhenPushedAndUntilAcknowledged) {
  Make();
  record_ = Confirmed({MakeRef("c1"), MakeRef("c2")});
  unreachable_ = true;
  settler_->Push(place_, record_);
  EXPECT_THAT(told_, IsEmpty());
  executor_.RunFor(SettlerOptions().push_every);
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
