// The simulator's executor and clock, and the clock of production, which virtual time tests best.
#include <set>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/executor/sim_executor.h"
#include "libs/executor/store_clock.h"

namespace kepu::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string OrderOfFive(SimOptions options, uint64_t* hash) {
  SimExecutor executor(options);
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) executor.Post([&, i] { order.push_back(i); });
  EXPECT_TRUE(executor.RunUntilIdle());
  *hash = executor.trace_hash();
  return absl::StrJoin(order, "");
}

TEST(SimExecutorTest, ASeedIsARun) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    uint64_t hash = 0;
    uint64_t again = 0;
    const std::string order = OrderOfFive({.seed = seed}, &hash);
    EXPECT_EQ(order, OrderOfFive({.seed = seed}, &again));
    EXPECT_EQ(hash, again);
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 15u);
}

TEST(SimExecutorTest, DifferentRunsHaveDifferentHashes) {
  std::map<std::string, uint64_t> hashes;
  std::set<uint64_t> distinct;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    uint64_t hash = 0;
    const std::string order = OrderOfFive({.seed = seed}, &hash);
    hashes[order] = hash;
  }
  for (const auto& [order, hash] : hashes) distinct.insert(hash);
  EXPECT_EQ(distinct.size(), hashes.size());

  SimExecutor plain({});
  SimExecutor noted({});
  noted.Note("a booking");
  EXPECT_NE(plain.trace_hash(), noted.trace_hash());
}

TEST(SimExecutorTest, WithoutShufflingTasksRunAsPosted) {
  uint64_t hash = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_EQ(OrderOfFive({.seed = seed, .shuffle = false}, &hash), "01234");
}

TEST(SimExecutorTest, TimeMovesOnlyToWhatIsDue) {
  SimExecutor executor({});
  const absl::Time begin = executor.SteadyNow();
  std::vector<absl::Duration> ran;
  const auto note = [&] { ran.push_back(executor.SteadyNow() - begin); };
  executor.PostAfter(absl::Seconds(3), note);
  executor.PostAfter(absl::Seconds(1), note);
  executor.PostAfter(-absl::Seconds(1), note);
  EXPECT_EQ(executor.waiting(), 3u);
  executor.RunFor(absl::Seconds(2));
  EXPECT_THAT(ran, ElementsAre(absl::ZeroDuration(), absl::Seconds(1)));
  EXPECT_EQ(executor.SteadyNow() - begin, absl::Seconds(2));
  EXPECT_TRUE(executor.Step());
  EXPECT_FALSE(executor.Step());
  EXPECT_EQ(executor.SteadyNow() - begin, absl::Seconds(3));
  EXPECT_EQ(executor.steps(), 3u);
}

TEST(SimExecutorTest, ACancelledTimerReleasesItsTask) {
  SimExecutor executor({});
  const auto released = std::make_shared<int>(0);
  const TimerId first = executor.PostAfter(absl::Seconds(1), [released] { ADD_FAILURE(); });
  bool ran = false;
  executor.PostAfter(absl::Seconds(1), [&] { ran = true; });
  executor.Cancel(first);
  executor.Cancel(first);
  EXPECT_EQ(released.use_count(), 1);
  EXPECT_TRUE(executor.RunUntilIdle());
  EXPECT_TRUE(ran);
}

TEST(SimExecutorTest, PostsAreHeldUpWithinTheBound) {
  SimExecutor executor({.seed = 3, .post_delay_max = absl::Milliseconds(5)});
  const absl::Time begin = executor.SteadyNow();
  std::set<absl::Duration> delays;
  for (int i = 0; i < 50; ++i) executor.Post([&] { delays.insert(executor.SteadyNow() - begin); });
  EXPECT_TRUE(executor.RunUntilIdle());
  EXPECT_GT(delays.size(), 10u);
  EXPECT_LE(*delays.rbegin(), absl::Milliseconds(5));
}

TEST(SimExecutorTest, EndlessRunsAreNoticed) {
  SimExecutor executor({});
  std::function<void()> again = [&] { executor.PostAfter(absl::Seconds(1), [&] { again(); }); };
  again();
  EXPECT_FALSE(executor.RunUntilIdle(1000));
  EXPECT_FALSE(executor.RunUntil([] { return false; }, absl::Seconds(10)));
  EXPECT_TRUE(executor.RunUntil([&] { return executor.steps() > 1020; }, absl::Seconds(1000)));
}

TEST(SimClockTest, GoesWithVirtualTimeAndCanBeSetOff) {
  SimExecutor executor({});
  const absl::Time start = absl::FromUnixSeconds(1700000000);
  SimClock clock(executor, start);
  executor.RunFor(absl::Seconds(5));
  EXPECT_EQ(clock.Now(), start + absl::Seconds(5));
  clock.SetSkew(-absl::Minutes(1));
  EXPECT_EQ(clock.Now(), start - absl::Seconds(55));
  EXPECT_TRUE(clock.Steady());
  clock.SetSteady(false);
  EXPECT_FALSE(clock.Steady());
}

// A store whose clock the test sets; samples take a round trip of virtual time.
class StoreClockTest : public ::testing::Test {
 protected:
  absl::Time StoreNow() const { return executor_.SteadyNow() + store_offset_; }

  // The store reads its clock when `before` of the way is done.
  void Probe(absl::Duration before = absl::Milliseconds(1), absl::Duration after = absl::Milliseconds(1)) {
    const absl::Time sent = executor_.SteadyNow();
    executor_.RunFor(before);
    const absl::Time store_time = StoreNow();
    executor_.RunFor(after);
    clock_.Sample(store_time, sent, executor_.SteadyNow());
  }
  void ProbeEachSecond(int times) {
    for (int i = 0; i < times; ++i) {
      executor_.RunFor(absl::Seconds(1));
      Probe();
    }
  }
  absl::Duration Error() const { return clock_.Now() - StoreNow(); }

  SimExecutor executor_{SimOptions{}};
  StoreClock clock_{executor_};
  absl::Duration store_offset_ = absl::Hours(490000);
};

TEST_F(StoreClockTest, IsNotSteadyBeforeTheFirstSample) {
  EXPECT_FALSE(clock_.Steady());
  EXPECT_FALSE(clock_.AcceptBackward());
  Probe();
  EXPECT_TRUE(clock_.Steady());
  EXPECT_EQ(Error(), absl::ZeroDuration());
}

TEST_F(StoreClockTest, SlowRepliesChangeNothingAndQuickOnesSharpen) {
  Probe(absl::Milliseconds(100), absl::Milliseconds(0));
  EXPECT_EQ(Error(), absl::Milliseconds(50));
  Probe(absl::Milliseconds(900), absl::Milliseconds(900));
  EXPECT_EQ(Error(), absl::Milliseconds(50));
  Probe(absl::Milliseconds(2), absl::Milliseconds(1));
  EXPECT_EQ(Error(), absl::Milliseconds(2));
  Probe(absl::Seconds(30), absl::Seconds(30));
  EXPECT_EQ(Error(), absl::Milliseconds(2));
}

TEST_F(StoreClockTest, FollowsDriftAndSmallSteps) {
  Probe();
  for (int i = 0; i < 1000; ++i) {
    store_offset_ += absl::Milliseconds(5);
    ProbeEachSecond(1);
  }
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
  store_offset_ -= absl::Milliseconds(1990);
  ProbeEachSecond(1);
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
  EXPECT_TRUE(clock_.Steady());
}

TEST_F(StoreClockTest, AJumpForwardIsBelievedAfterTenSteadyProbes) {
  Probe();
  store_offset_ += absl::Hours(2);
  Probe();
  EXPECT_FALSE(clock_.Steady());
  EXPECT_EQ(Error(), -absl::Hours(2)) << "time goes on as before";
  ProbeEachSecond(8);
  EXPECT_FALSE(clock_.Steady());
  EXPECT_FALSE(clock_.AcceptBackward());
  ProbeEachSecond(1);
  EXPECT_TRUE(clock_.Steady());
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
}

TEST_F(StoreClockTest, ABurstOfRepliesIsNoEvidence) {
  Probe();
  store_offset_ += absl::Seconds(3);
  for (int i = 0; i < 200; ++i) Probe();
  EXPECT_FALSE(clock_.Steady());
}

TEST_F(StoreClockTest, AnUnsteadyStoreStartsTheCountAgain) {
  Probe();
  store_offset_ += absl::Seconds(10);
  ProbeEachSecond(9);
  store_offset_ += absl::Seconds(1);
  ProbeEachSecond(9);
  EXPECT_FALSE(clock_.Steady());
  ProbeEachSecond(1);
  EXPECT_TRUE(clock_.Steady());
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
}

TEST_F(StoreClockTest, AJumpBackwardWaitsForTheOperator) {
  Probe();
  store_offset_ -= absl::Hours(2);
  ProbeEachSecond(5);
  EXPECT_FALSE(clock_.AcceptBackward()) << "not steady yet";
  ProbeEachSecond(100);
  EXPECT_FALSE(clock_.Steady());
  EXPECT_EQ(Error(), absl::Hours(2));
  EXPECT_TRUE(clock_.AcceptBackward());
  EXPECT_TRUE(clock_.Steady());
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
  EXPECT_FALSE(clock_.AcceptBackward());
}

TEST_F(StoreClockTest, AClockThatComesBackIsBelievedToo) {
  Probe();
  store_offset_ -= absl::Hours(2);
  ProbeEachSecond(20);
  store_offset_ += absl::Hours(2);
  ProbeEachSecond(9);
  EXPECT_FALSE(clock_.Steady());
  ProbeEachSecond(1);
  EXPECT_TRUE(clock_.Steady());
  EXPECT_LE(absl::AbsDuration(Error()), absl::Milliseconds(1));
}

TEST_F(StoreClockTest, AReplyBeforeItsQuestionIsIgnored) {
  Probe();
  clock_.Sample(StoreNow() + absl::Hours(5), executor_.SteadyNow(), executor_.SteadyNow() - absl::Seconds(1));
  EXPECT_TRUE(clock_.Steady());
  EXPECT_EQ(Error(), absl::ZeroDuration());
}

}  // namespace
}  // namespace kepu::executor
