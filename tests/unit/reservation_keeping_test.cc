// How long ends are remembered, and that what is forgotten is old, settled and little at a time.
#include <set>

#include "gmock/gmock.h"
#include "libs/reservation/keeping.h"
#include "tests/unit/reservation_values.h"

namespace kepu::reservation {
namespace {

using ::testing::ElementsAre;

// A head that is Keeping alone, children that are refs: filing children name a field as their thing.
using Thing = aggregate::Aggregate<v1::Keeping, v1::ClaimRef>;

class KeepingTest : public ::testing::Test {
 protected:
  KeepingTest() {
    thing_.set_complete(true);
    thing_.mutable_head();
  }
  static v1::ClaimRef Filing(const std::string& field) {
    v1::ClaimRef child;
    child.set_thing(field);
    return child;
  }
  void End(const std::string& field, absl::Time time) {
    thing_.Put(field, v1::ClaimRef());
    v1::Keeping& keeping = thing_.mutable_head();
    thing_.Put(FileEnd(keeping, time), Filing(field));
  }
  absl::StatusOr<std::optional<v1::EndsForgotten>> Decide(absl::Time now) {
    return DecideForgetting(
        thing_, thing_.head(), now, [](const v1::ClaimRef& child) { return child.thing(); },
        [this](const std::string& field) -> absl::StatusOr<bool> { return !unsettled_.contains(field); });
  }
  // Nullopt when nothing is due.
  std::optional<v1::EndsForgotten> Forget(absl::Time now) {
    auto fact = Decide(now);
    EXPECT_TRUE(fact.ok()) << fact.status();
    if (!fact.ok() || !*fact) return std::nullopt;
    EraseForgotten(thing_, thing_.head(), **fact, Filing);
    FoldForgetting(thing_.mutable_head(), **fact);
    return **fact;
  }
  size_t Children() const {
    size_t count = 0;
    for (const auto& [field, child] : thing_.children()) count += child ? 1 : 0;
    return count;
  }

  Thing thing_;
  std::set<std::string> unsettled_;
};

TEST_F(KeepingTest, EndsAreRememberedLongerThanAnyCallLives) {
  EXPECT_GE(kRememberFor, kCallMax + absl::Hours(24 * 7)) << "slack for clocks and late sweeps";
  EXPECT_EQ(NextForgetting(thing_.head()), absl::InfiniteFuture());
  End("c/1", kNow);
  const absl::Time next = NextForgetting(thing_.head());
  EXPECT_GT(next, kNow + kRememberFor);
  EXPECT_LE(next, kNow + kRememberFor + absl::Hours(24));
  EXPECT_FALSE(Forget(next - absl::Seconds(1)));
  EXPECT_EQ(Children(), 2u);
  EXPECT_THAT(Forget(next)->forgotten(), ElementsAre("c/1"));
  EXPECT_EQ(Children(), 0u);
  EXPECT_EQ(NextForgetting(thing_.head()), absl::InfiniteFuture());
}

TEST_F(KeepingTest, SoManyAtATimeAndDayByDay) {
  const int first = 2 * kForgetAtOnce + 3;
  for (int i = 0; i < first; ++i) End(absl::StrCat("c/a", i), kNow);
  for (int i = 0; i < 5; ++i) End(absl::StrCat("c/b", i), kNow + absl::Hours(48));
  const absl::Time day = NextForgetting(thing_.head());
  int rounds = 0, forgotten = 0;
  while (auto fact = Forget(day)) {
    EXPECT_LE(fact->forgotten_size(), kForgetAtOnce);
    forgotten += fact->forgotten_size();
    ASSERT_LT(++rounds, 10);
  }
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(forgotten, first);
  EXPECT_EQ(Children(), 10u) << "the later day is still there";
  EXPECT_EQ(NextForgetting(thing_.head()), day + absl::Hours(48));
  EXPECT_EQ(Forget(day + absl::Hours(48))->forgotten_size(), 5);
  EXPECT_EQ(Children(), 0u);
}

TEST_F(KeepingTest, WhatIsNotSettledIsFiledAgain) {
  End("r/1", kNow);
  End("r/2", kNow);
  unsettled_ = {"r/1"};
  const absl::Time late = NextForgetting(thing_.head()) + absl::Hours(30);
  EXPECT_THAT(Forget(late)->forgotten(), ElementsAre("r/2"));
  EXPECT_EQ(Children(), 2u);
  EXPECT_GT(NextForgetting(thing_.head()), late + kRememberFor);
  unsettled_.clear();
  EXPECT_THAT(Forget(NextForgetting(thing_.head()))->forgotten(), ElementsAre("r/1"));
  EXPECT_EQ(Children(), 0u);
}

TEST_F(KeepingTest, TimeThatGoesBackKeepsTheDaysInOrder) {
  End("c/1", kNow);
  End("c/2", kNow - absl::Hours(72));
  ASSERT_EQ(thing_.head().days_size(), 1);
  EXPECT_EQ(thing_.head().days(0).count(), 2);
}

TEST_F(KeepingTest, AsksForAllItNeedsAtOnce) {
  for (const char* field : {"c/1", "c/2"}) End(field, kNow);
  thing_.set_complete(false);
  thing_.ForgetChildren();
  thing_.TakeMissing();
  EXPECT_EQ(Decide(NextForgetting(thing_.head())).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(thing_.TakeMissing().size(), 2u);
}

// The head of a follower that came late folds what it can and stays sound.
TEST_F(KeepingTest, AFactOfADayThatIsNotThereChangesNothing) {
  End("c/1", kNow);
  v1::EndsForgotten fact;
  fact.set_day(1);
  FoldForgetting(thing_.mutable_head(), fact);
  EXPECT_EQ(thing_.head().days(0).count(), 1);
  v1::Keeping empty;
  FoldForgetting(empty, fact);
  EXPECT_TRUE(empty.days().empty());
}

TEST(MayForgetTest, OnlyWhatIsOverAndSettled) {
  for (const auto& [state, may] :
       {std::pair{v1::Claim::TRIED, false}, {v1::Claim::CONFIRMED, false}, {v1::Claim::ENDED, true}}) {
    const v1::Claim claim = ClaimIn(state);
    EXPECT_EQ(MayForget(&claim), may) << state;
  }
  v1::Reservation record = Confirmed({MakeRef("c1"), MakeRef("c2")});
  v1::ReservationFact forget;
  forget.mutable_forgotten();
  EXPECT_FALSE(MayForget(&record)) << "kept as long as its booking";
  EXPECT_FALSE(ApplyRecord(&record, forget).ok());
  record = **ApplyRecord(&record, *DecideGiveBack(&record, kNow));
  EXPECT_FALSE(MayForget(&record)) << "a confirmed claim never asks: every release must be acknowledged";
  record = **ApplyRecord(&record, *DecideTold(&record, {"c1"}, true));
  EXPECT_FALSE(MayForget(&record));
  record = **ApplyRecord(&record, *DecideTold(&record, {"c2"}, true));
  EXPECT_TRUE(MayForget(&record));
  EXPECT_EQ(*ApplyRecord(&record, forget), std::nullopt);
  const v1::Reservation cancelled =
      **ApplyRecord(nullptr, *DecideCancelled(nullptr, "r1", absl::OkStatus(), {MakeRef("c1")}, kNow));
  EXPECT_TRUE(MayForget(&cancelled)) << "its claims ask";
  EXPECT_EQ(*ApplyRecord(&cancelled, forget), std::nullopt);
}

TEST(OldCallsTest, ATryThatIsOlderThanRequestKeysIsOver) {
  v1::TryRequest request = MakeTry();
  EXPECT_FALSE(IsTooOld(request, kNow)) << "it does not say when it began";
  for (const auto& [age, outcome] : {std::pair{absl::ZeroDuration(), v1::TryResponse::GRANTED},
                                     {kCallMax, v1::TryResponse::GRANTED},
                                     {kCallMax + absl::Seconds(1), v1::TryResponse::OVER}}) {
    request.mutable_begin_time()->set_seconds(absl::ToUnixSeconds(kNow - age));
    const auto decision = DecideTry(nullptr, request, kNow, Yes);
    ASSERT_TRUE(decision.ok());
    EXPECT_EQ(decision->outcome, outcome) << age;
    EXPECT_EQ(decision->fact.has_value(), outcome == v1::TryResponse::GRANTED);
  }
  const v1::Claim tried = ClaimIn(v1::Claim::TRIED);
  EXPECT_EQ(DecideTry(&tried, request, kNow, Yes)->outcome, v1::TryResponse::GRANTED) << "what stands stands";
}

}  // namespace
}  // namespace kepu::reservation
