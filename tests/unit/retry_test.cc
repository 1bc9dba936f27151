#include "services/gateway/upstream/retry.h"

#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/upstream/trace.h"

namespace kepu::gateway::upstream {
namespace {

TEST(Retry, OnlyWhatAnotherAttemptCanMend) {
  const auto later = [](absl::StatusCode code, absl::Duration after) {
    return refusal::TryLater(code, "BUSY", after);
  };
  struct Case {
    absl::Status failure;
    int attempts;
    double drawn;
    absl::Duration left;
    std::optional<absl::Duration> want;
  };
  const auto ms = [](int64_t count) { return absl::Milliseconds(count); };
  const absl::Status down = absl::UnavailableError("refused");
  const Case cases[] = {
      {down, 1, 0, ms(1000), ms(0)},
      {down, 1, 0.5, ms(1000), ms(25)},
      {down, 2, 0.5, ms(1000), ms(50)},
      {down, 3, 0, ms(1000), std::nullopt},
      {down, 1, 0, ms(49), std::nullopt},
      {down, 1, 1, ms(99), std::nullopt},
      {absl::InternalError("RST_STREAM"), 1, 0, ms(1000), ms(0)},
      {refusal::Refuse(absl::StatusCode::kInternal, "INTERNAL"), 1, 0, ms(1000), std::nullopt},
      {refusal::Refuse(absl::StatusCode::kUnavailable, "NO_DATA_SET"), 1, 0, ms(1000), std::nullopt},
      {later(absl::StatusCode::kUnavailable, ms(200)), 1, 0.5, ms(1000), ms(225)},
      {later(absl::StatusCode::kUnavailable, ms(1000)), 1, 0, ms(1000), std::nullopt},
      {later(absl::StatusCode::kAborted, ms(20)), 1, 0, ms(1000), ms(20)},
      {refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH"), 1, 0, ms(1000), std::nullopt},
      {later(absl::StatusCode::kResourceExhausted, ms(200)), 1, 0, ms(1000), ms(200)},
      {absl::ResourceExhaustedError("message too large"), 1, 0, ms(1000), std::nullopt},
      {refusal::Refuse(absl::StatusCode::kFailedPrecondition, "BUSY"), 1, 0, ms(1000), std::nullopt},
      {absl::DeadlineExceededError(""), 1, 0, ms(1000), std::nullopt},
      {absl::NotFoundError(""), 1, 0, ms(1000), std::nullopt},
  };
  for (const Case& each : cases)
    EXPECT_EQ(PauseBefore(each.attempts, each.failure, each.drawn, each.left), each.want) << each.failure;
}

TEST(Retry, RepeatsStayATenthOfWhatIsAnswered) {
  RetryBudget budget;
  int repeats = 0;
  for (int i = 0; i < 1000; ++i) repeats += budget.Failed("event");
  EXPECT_EQ(repeats, 49) << "half of the tokens, then none";
  EXPECT_TRUE(budget.Failed("venue")) << "another service has its own";
  repeats = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.Answered("event");
    budget.Answered("event");
    repeats += budget.Failed("event");
  }
  EXPECT_EQ(repeats, 0) << "while most fail nothing comes back";
  for (int i = 0; i < 10'000; ++i) {
    for (int answered = 0; answered < 10; ++answered) budget.Answered("event");
    repeats += budget.Failed("event");
  }
  EXPECT_LE(repeats, 10'000);
  for (int i = 0; i < 2000; ++i) budget.Answered("event");
  EXPECT_TRUE(budget.Failed("event"));
}

TEST(Trace, EveryHopIsASpanOfTheSameTrace) {
  executor::SeededRandom random(1);
  const std::string came = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(IsTraceparent(came));
  const std::string one = NextHop(came, random);
  const std::string two = NextHop(one, random);
  EXPECT_TRUE(IsTraceparent(one));
  EXPECT_EQ(one.substr(0, 36), came.substr(0, 36));
  EXPECT_EQ(one.substr(52), "-01") << "whether it is recorded stays";
  EXPECT_NE(one.substr(36, 16), came.substr(36, 16));
  EXPECT_NE(one.substr(36, 16), two.substr(36, 16));
  const std::string own = NextHop("", random);
  EXPECT_TRUE(IsTraceparent(own)) << own;
  EXPECT_NE(own.substr(3, 32), NextHop("", random).substr(3, 32));
  for (const char* bad : {"", "00", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01"}) {
    EXPECT_FALSE(IsTraceparent(bad)) << bad;
    EXPECT_NE(NextHop(bad, random).substr(3, 32), "4bf92f3577b34da6a3ce929d0e0e4736") << bad;
  }
}

}  // namespace
}  // namespace kepu::gateway::upstream
