#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "libs/metrics/metrics.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/guard/admission.h"

namespace kepu::gateway::guard {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

LimiterOptions Small() {
  LimiterOptions options;
  options.start = 128;
  options.least = 16;
  return options;
}

// Calls in full use of the limit, one after another, each answered after `took`.
void Answer(Limiter& limiter, int calls, absl::Duration took, absl::Time& now, bool changes = false) {
  while (limiter.HasRoom(Lane::kDoor)) limiter.Begin();
  for (int i = 0; i < calls; ++i) {
    now += absl::Milliseconds(1);
    limiter.Done(changes, Limiter::Outcome::kAnswered, took, now);
    while (limiter.HasRoom(Lane::kDoor)) limiter.Begin();
  }
}

TEST(Limiter, GrowsWhileAnswersAreQuickAndShrinksWhenTheySlowDown) {
  Limiter limiter(Small());
  absl::Time now = kStart;
  const double first = limiter.limit();
  Answer(limiter, 5000, absl::Milliseconds(2), now);
  const double quick = limiter.limit();
  EXPECT_GT(quick, first + 20);
  Answer(limiter, 2000, absl::Milliseconds(300), now);
  EXPECT_LT(limiter.limit(), quick / 4);
  Answer(limiter, 10'000, absl::Milliseconds(900), now);
  EXPECT_EQ(limiter.limit(), Small().least) << "it never closes";
  Answer(limiter, 4000, absl::Milliseconds(2), now);
  EXPECT_GT(limiter.limit(), 2 * Small().least) << "and comes back";
}

TEST(Limiter, ASlowDiskIsNoOverload) {
  Limiter limiter(Small());
  absl::Time now = kStart;
  Answer(limiter, 5000, absl::Milliseconds(60), now, true);
  EXPECT_GT(limiter.limit(), Small().start);
  // Reads are held against reads.
  Answer(limiter, 2000, absl::Milliseconds(60), now, false);
  EXPECT_GT(limiter.limit(), Small().start);
  Answer(limiter, 3000, absl::Milliseconds(301), now, false);
  EXPECT_LT(limiter.limit(), Small().start) << "but a third of a second is, whatever was usual";
}

TEST(Limiter, OneSlowAnswerIsNoTrendAndRefusalsAreNoSpeed) {
  Limiter limiter(Small());
  absl::Time now = kStart;
  Answer(limiter, 1000, absl::Milliseconds(2), now);
  const double before = limiter.limit();
  Answer(limiter, 1, absl::Milliseconds(300), now);
  EXPECT_GE(limiter.limit(), before);
  for (int i = 0; i < 100; ++i) {
    limiter.Begin();
    limiter.Done(false, Limiter::Outcome::kUnsaid, absl::Seconds(5), now);
  }
  EXPECT_GE(limiter.limit(), before);
  limiter.Begin();
  limiter.Done(false, Limiter::Outcome::kLate, absl::Seconds(1), now);
  EXPECT_LT(limiter.limit(), before) << "what never came was too slow";
  const double cut = limiter.limit();
  limiter.Begin();
  limiter.Done(false, Limiter::Outcome::kLate, absl::Seconds(1), now);
  EXPECT_EQ(limiter.limit(), cut) << "one cut for what was under way together";
}

TEST(Limiter, TheDoorHasRoomWhenBrowsingHasNone) {
  LimiterOptions options;
  options.start = 100;
  Limiter limiter(options);
  int browse = 0, booking = 0, door = 0;
  for (; limiter.HasRoom(Lane::kBrowse); ++browse) limiter.Begin();
  for (; limiter.HasRoom(Lane::kBooking); ++booking) limiter.Begin();
  for (; limiter.HasRoom(Lane::kDoor); ++door) limiter.Begin();
  EXPECT_EQ(browse, 70);
  EXPECT_EQ(booking, 20);
  EXPECT_EQ(door, 10);
}

TEST(Throttle, SendsLessToWhatDoesNotAnswerAndSeesItComeBack) {
  Throttle throttle({});
  absl::Time now = kStart;
  executor::SeededRandom random(7);
  const auto drawn = [&] { return static_cast<double>(random.Below(1000)) / 1000; };
  const auto ask = [&](bool answers) {
    now += absl::Milliseconds(10);
    if (!throttle.Admit(drawn(), now)) return false;
    throttle.Done(answers, now);
    return true;
  };
  int sent = 0;
  for (int i = 0; i < 3000; ++i) sent += ask(true);
  EXPECT_EQ(sent, 3000) << "what answers is never throttled";
  // It may fail for half of the window before anything is held back.
  sent = 0;
  for (int i = 0; i < 1400; ++i) sent += ask(false);
  EXPECT_EQ(sent, 1400);
  for (int i = 0; i < 3000; ++i) ask(false);
  sent = 0;
  for (int i = 0; i < 1000; ++i) sent += ask(false);
  EXPECT_GE(sent, 9) << "one each second looks whether it is back";
  EXPECT_LE(sent, 40);
  sent = 0;
  for (int i = 0; i < 300; ++i) sent += ask(true);
  EXPECT_GE(sent, 190) << "at the latest a second later all are sent again";
  EXPECT_EQ(throttle.Refusing(), 0);
}

TEST(Throttle, AFewFailuresSayNothing) {
  Throttle throttle({});
  for (int i = 0; i < 19; ++i) {
    EXPECT_TRUE(throttle.Admit(0, kStart));
    throttle.Done(false, kStart);
  }
  EXPECT_EQ(throttle.Refusing(), 0);
  EXPECT_TRUE(throttle.Admit(0, kStart));
  throttle.Done(false, kStart);
  EXPECT_GT(throttle.Refusing(), 0.9);
  EXPECT_FALSE(throttle.Admit(0, kStart + absl::Milliseconds(999)));
  EXPECT_TRUE(throttle.Admit(0, kStart + absl::Milliseconds(1000)));
  EXPECT_TRUE(throttle.Admit(0, kStart + absl::Seconds(60))) << "the window is over";
}

struct AdmissionTest : ::testing::Test {
  absl::Status Ask(MethodClass method_class) {
    return admission.Admit("event", {method_class, false}, kStart);
  }
  std::string ReasonFor(MethodClass method_class) { return refusal::ReasonOf(Ask(method_class)); }

  executor::SeededRandom random{1};
  metrics::Registry registry;
  Admission admission{{}, random, registry};
};

TEST_F(AdmissionTest, RefusesWhereThereIsNoRoomAndSaysWhenToComeBack) {
  const int64_t browse = static_cast<int64_t>(LimiterOptions().start * 0.7);
  for (int64_t i = 0; i < browse; ++i) ASSERT_TRUE(Ask(MethodClass::kRead).ok());
  const absl::Status refused = Ask(MethodClass::kSearch);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(refusal::ReasonOf(refused), "OVERLOADED");
  EXPECT_TRUE(Ask(MethodClass::kChange).ok());
  EXPECT_TRUE(admission.Admit("venue", {MethodClass::kRead, false}, kStart).ok())
      << "another service has its own";
  for (int i = 0; i < 3; ++i)
    admission.Done("event", {MethodClass::kRead, false}, absl::OkStatus(), absl::Milliseconds(1), kStart);
  EXPECT_TRUE(Ask(MethodClass::kRead).ok());
}

TEST_F(AdmissionTest, WhatTakesLongHasItsOwnRoom) {
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(Ask(MethodClass::kHeavy).ok());
  EXPECT_EQ(ReasonFor(MethodClass::kHeavy), "OVERLOADED");
  for (int i = 0; i < 96; ++i) ASSERT_TRUE(Ask(MethodClass::kLogin).ok());
  EXPECT_EQ(ReasonFor(MethodClass::kLogin), "OVERLOADED");
  EXPECT_TRUE(Ask(MethodClass::kRead).ok());
  const double before = admission.LimitOf("event");
  admission.Done("event", {MethodClass::kHeavy, false}, absl::OkStatus(), absl::Seconds(20), kStart);
  EXPECT_TRUE(Ask(MethodClass::kHeavy).ok());
  EXPECT_EQ(admission.LimitOf("event"), before) << "its time says nothing of the service";
}

TEST_F(AdmissionTest, ALateGatewayRefusesBrowsingFirst) {
  const auto refused = [&] {
    std::string lanes;
    for (const auto each : {MethodClass::kDoor, MethodClass::kChange, MethodClass::kRead})
      lanes += admission.KeepsUp(each).ok() ? '.' : 'x';
    return lanes;
  };
  EXPECT_EQ(refused(), "...");
  admission.SetLate(absl::Milliseconds(2001));
  for (int i = 0; i < 15; ++i) ASSERT_TRUE(Ask(MethodClass::kLogin).ok());
  EXPECT_EQ(refused(), "...") << "few who ask are no rush: the machine is slow";
  ASSERT_TRUE(Ask(MethodClass::kLogin).ok());
  admission.SetLate(absl::Milliseconds(151));
  EXPECT_EQ(refused(), "..x");
  admission.SetLate(absl::Milliseconds(501));
  EXPECT_EQ(refused(), ".xx");
  admission.SetLate(absl::Milliseconds(2001));
  EXPECT_EQ(refused(), "xxx");
  admission.SetLate(absl::Milliseconds(5));
  EXPECT_EQ(refused(), "...");
}

TEST_F(AdmissionTest, AServiceThatIsGoneIsAskedNowAndThen) {
  for (int i = 0; i < 100; ++i) {
    if (Ask(MethodClass::kRead).ok())
      admission.Done("event", {MethodClass::kRead, false}, absl::UnavailableError("refused"), {}, kStart);
  }
  EXPECT_EQ(ReasonFor(MethodClass::kRead), "SERVICE_DOWN");
  // What a service itself refuses is an answer.
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(admission.Admit("venue", {MethodClass::kRead, false}, kStart).ok());
    admission.Done("venue", {MethodClass::kRead, false},
                   refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Seconds(1)), {}, kStart);
  }
}

TEST(Unanswered, IsWhatNoServiceOfOursSaid) {
  EXPECT_TRUE(IsUnanswered(absl::UnavailableError("refused")));
  EXPECT_TRUE(IsUnanswered(absl::InternalError("RST_STREAM")));
  EXPECT_TRUE(IsUnanswered(absl::DeadlineExceededError("")));
  EXPECT_FALSE(IsUnanswered(absl::OkStatus()));
  EXPECT_FALSE(IsUnanswered(absl::NotFoundError("")));
  EXPECT_FALSE(IsUnanswered(refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Seconds(1))));
  EXPECT_FALSE(IsUnanswered(refusal::Refuse(absl::StatusCode::kInternal, "INTERNAL")));
}

}  // namespace
}  // namespace kepu::gateway::guard
