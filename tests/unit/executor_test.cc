// The event loop, its timers and the sources of randomness.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/executor/timer_heap.h"
#include "tests/support/signal.h"

namespace kepu::executor {
namespace {

using support::Signal;
using ::testing::ElementsAre;

constexpr absl::Duration kLimit = absl::Seconds(20);

TEST(TimerHeapTest, BehavesLikeASortedList) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    TimerHeap heap;
    std::map<std::pair<int64_t, int>, TimerId> model;  // (due, order) -> id
    std::map<TimerId, std::pair<int64_t, int>> by_id;
    std::vector<TimerId> gone;
    int last_run = -1;
    for (int step = 0; step < 5000; ++step) {
      const uint64_t choice = random.Below(10);
      if (choice < 5) {
        const int64_t due = static_cast<int64_t>(random.Below(200));
        const TimerId id = heap.Add(due, [&last_run, step] { last_run = step; });
        EXPECT_EQ(id >> 63, 0u);
        ASSERT_TRUE(by_id.emplace(id, std::make_pair(due, step)).second) << "an id was given out twice";
        model[{due, step}] = id;
      } else if (choice < 7 && !by_id.empty()) {
        auto it = by_id.lower_bound(random.Next() >> 20);
        if (it == by_id.end()) it = by_id.begin();
        EXPECT_NE(heap.Remove(it->first), nullptr);
        EXPECT_EQ(heap.Remove(it->first), nullptr);
        gone.push_back(it->first);
        model.erase(it->second);
        by_id.erase(it);
      } else if (choice == 7 && !gone.empty()) {
        EXPECT_EQ(heap.Remove(gone[random.Below(gone.size())]), nullptr);
      } else {
        const int64_t now = static_cast<int64_t>(random.Below(200));
        Task task = heap.PopDue(now);
        const bool due = !model.empty() && model.begin()->first.first <= now;
        ASSERT_EQ(task != nullptr, due);
        if (!due) continue;
        task();
        EXPECT_EQ(last_run, model.begin()->first.second);
        gone.push_back(model.begin()->second);
        by_id.erase(model.begin()->second);
        model.erase(model.begin());
      }
      ASSERT_EQ(heap.size(), model.size());
      ASSERT_EQ(heap.EarliestDue(), model.empty() ? TimerHeap::kNever : model.begin()->first.first);
    }
  }
}

TEST(EventLoopTest, RunsTheTasksOfEachThreadInOrderAndOnce) {
  EventLoop loop;
  constexpr int kThreads = 4;
  constexpr int kTasks = 5000;
  std::array<std::vector<int>, kThreads> ran;
  loop.Post([&] { EXPECT_TRUE(loop.InLoop()); });  // posted before the start
  loop.Start();
  std::vector<std::thread> posters;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    posters.emplace_back([&, thread] {
      for (int i = 0; i < kTasks; ++i) loop.Post([&, thread, i] { ran[thread].push_back(i); });
    });
  }
  for (std::thread& poster : posters) poster.join();
  loop.RunAndWait([] {});
  for (const std::vector<int>& numbers : ran) {
    ASSERT_EQ(numbers.size(), static_cast<size_t>(kTasks));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  }
  EXPECT_FALSE(loop.InLoop());
}

TEST(EventLoopTest, ATaskPostedByATaskRunsAfterThoseBeforeIt) {
  EventLoop loop;
  std::vector<int> order;
  Signal done;
  loop.Post([&] {
    order.push_back(1);
    loop.Post([&] {
      order.push_back(3);
      done.Set();
    });
  });
  loop.Post([&] { order.push_back(2); });
  loop.Start();
  ASSERT_TRUE(done.Wait(kLimit));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(EventLoopTest, ALongQueueDoesNotKeepTimersWaiting) {
  EventLoop loop;
  bool stop = false;
  size_t ran = 0;
  Signal done;
  // The queue never runs empty until the timer has run.
  std::function<void()> again = [&] {
    ++ran;
    if (!stop) loop.Post([&] { again(); });
  };
  loop.Post([&] {
    for (int i = 0; i < 10000; ++i) again();
    loop.PostAfter(absl::Milliseconds(1), [&] {
      stop = true;
      done.Set();
    });
  });
  loop.Start();
  ASSERT_TRUE(done.Wait(kLimit));
  loop.Stop();
  EXPECT_GE(ran, 20000u);  // each of them once more, after the timer at the latest
}

TEST(EventLoopTest, TheEndOfATurnComesAfterItsTasks) {
  EventLoop loop;
  std::vector<std::string> order;
  Signal done;
  loop.Post([&] {
    loop.AtTurnEnd([&] {
      order.push_back("end");
      loop.AtTurnEnd([&] {
        order.push_back("next end");
        done.Set();
      });
    });
    order.push_back("first");
  });
  loop.Post([&] { order.push_back("second"); });
  loop.Start();
  ASSERT_TRUE(done.Wait(kLimit));
  EXPECT_THAT(order, ElementsAre("first", "second", "end", "next end"));
}

TEST(EventLoopTest, TimersRunInOrderAndNotTooEarly) {
  EventLoop loop;
  loop.Start();
  std::vector<int> order;
  Signal done;
  const absl::Time begin = loop.SteadyNow();
  loop.PostAfter(absl::Milliseconds(30), [&] {
    order.push_back(3);
    EXPECT_GE(loop.SteadyNow() - begin, absl::Milliseconds(30));
    done.Set();
  });
  loop.Post([&] {
    loop.PostAfter(absl::Milliseconds(10), [&] { order.push_back(2); });
    loop.PostAfter(-absl::Seconds(5), [&] { order.push_back(1); });
    loop.PostAfter(absl::InfiniteDuration(), [&] { order.push_back(4); });
  });
  ASSERT_TRUE(done.Wait(kLimit));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(EventLoopTest, ACancelledTimerDoesNotRunWhoeverMadeIt) {
  EventLoop loop;
  loop.Start();
  std::atomic<bool> ran{false};
  const auto released = std::make_shared<int>(0);
  const TimerId taken = loop.PostAfter(absl::Milliseconds(20), [&, released] { ran = true; });
  loop.RunAndWait([] {});
  loop.RunAndWait([&] {
    const TimerId own = loop.PostAfter(absl::Milliseconds(20), [&, released] { ran = true; });
    loop.Cancel(own);
    loop.Cancel(own);
    loop.Cancel(taken);
    // One that another thread has posted and the loop has not seen yet.
    TimerId unseen = 0;
    std::thread([&] {
      unseen = loop.PostAfter(absl::Milliseconds(20), [&, released] { ran = true; });
    }).join();
    loop.Cancel(unseen);
    EXPECT_EQ(released.use_count(), 1) << "a cancelled timer keeps its task";
  });
  Signal later;
  loop.PostAfter(absl::Milliseconds(40), [&] { later.Set(); });
  ASSERT_TRUE(later.Wait(kLimit));
  EXPECT_FALSE(ran);
}

TEST(EventLoopTest, StopRunsWhatIsPostedAndForgetsTimers) {
  EventLoop loop;
  int ran = 0;
  const auto released = std::make_shared<int>(0);
  loop.Post([&] {
    ++ran;
    loop.Post([&] { ++ran; });
  });
  loop.PostAfter(absl::Hours(1), [&, released] { ++ran; });
  loop.Start();
  loop.Stop();
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(released.use_count(), 1);
  loop.Post([&, released] { ++ran; });
  EXPECT_EQ(released.use_count(), 1) << "posted too late, so it is to be destroyed";
  loop.RunAndWait([&] { ran += 10; });
  EXPECT_EQ(ran, 12);
  loop.Stop();
}

TEST(EventLoopTest, ALoopThatNeverStartedStops) {
  EventLoop loop;
  bool ran = false;
  loop.RunAndWait([&] { ran = true; });
  EXPECT_TRUE(ran);
  loop.Post([] { ADD_FAILURE(); });
  loop.Stop();
}

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, first_.data()), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, second_.data()), 0);
  }
  ~WatchTest() override {
    loop_.Stop();
    for (const int fd : {first_[0], first_[1], second_[0], second_[1]}) {
      if (fd >= 0) close(fd);
    }
  }

  EventLoop loop_;
  std::array<int, 2> first_{-1, -1};
  std::array<int, 2> second_{-1, -1};
};

TEST_F(WatchTest, TellsWhatADescriptorIsReadyFor) {
  std::vector<uint32_t> seen;
  Signal writable;
  Signal readable;
  Signal ended;
  loop_.Start();
  loop_.RunAndWait([&] {
    loop_.Watch(first_[0], EventLoop::kWritable, [&](uint32_t events) {
      if (events == EventLoop::kWritable) {
        loop_.ChangeWatch(first_[0], EventLoop::kReadable);
        return writable.Set();
      }
      char byte;
      if (read(first_[0], &byte, 1) == 1) return readable.Set();
      loop_.Unwatch(first_[0]);
      ended.Set();
    });
  });
  ASSERT_TRUE(writable.Wait(kLimit));
  ASSERT_EQ(write(first_[1], "x", 1), 1);
  ASSERT_TRUE(readable.Wait(kLimit));
  close(std::exchange(first_[1], -1));
  ASSERT_TRUE(ended.Wait(kLimit));
}

TEST_F(WatchTest, NothingIsToldOfADescriptorThatWasUnwatchedInTheSameTurn) {
  int calls = 0;
  const auto once = [&](int other) {
    return [this, &calls, other](uint32_t) {
      ++calls;
      loop_.Unwatch(first_[0]);
      loop_.Unwatch(second_[0]);
      EXPECT_GE(other, 0);
    };
  };
  ASSERT_EQ(write(first_[1], "x", 1), 1);
  ASSERT_EQ(write(second_[1], "x", 1), 1);
  loop_.Watch(first_[0], EventLoop::kReadable, once(second_[0]));
  loop_.Watch(second_[0], EventLoop::kReadable, once(first_[0]));
  loop_.Start();
  loop_.RunAndWait([] {});
  loop_.RunAndWait([] {});
  EXPECT_EQ(calls, 1);
}

TEST_F(WatchTest, ANewWatchOfAnOldNumberDoesNotGetTheOldOnesEvents) {
  int old_calls = 0;
  int new_calls = 0;
  ASSERT_EQ(write(first_[1], "x", 1), 1);
  ASSERT_EQ(write(second_[1], "x", 1), 1);
  // Whichever is told first replaces the other by a watch that has nothing to tell.
  const auto replace = [&](int other) {
    return [&, other](uint32_t) {
      ++old_calls;
      loop_.Unwatch(first_[0]);
      loop_.Unwatch(second_[0]);
      char byte;
      EXPECT_EQ(read(other, &byte, 1), 1);
      loop_.Watch(other, EventLoop::kReadable, [&](uint32_t) { ++new_calls; });
    };
  };
  loop_.Watch(first_[0], EventLoop::kReadable, replace(second_[0]));
  loop_.Watch(second_[0], EventLoop::kReadable, replace(first_[0]));
  loop_.Start();
  loop_.RunAndWait([] {});
  loop_.RunAndWait([] {});
  EXPECT_EQ(old_calls, 1);
  EXPECT_EQ(new_calls, 0);
}

TEST(RandomTest, ASeedGivesTheSameNumbersEverywhere) {
  SeededRandom random(0);
  EXPECT_EQ(random.Next(), 0xe220a8397b1dcdafu);  // published for SplitMix64
  EXPECT_EQ(random.Next(), 0x6e789e6aa1b965f4u);
  SeededRandom again(7);
  SeededRandom same(7);
  SeededRandom other(8);
  EXPECT_EQ(again.Next(), same.Next());
  EXPECT_NE(again.Next(), other.Next());
}

TEST(RandomTest, TheSystemGivesEachThreadItsOwnNumbers) {
  SystemRandom random;
  const uint64_t here = random.Next();
  uint64_t there = here;
  std::thread([&] { there = random.Next(); }).join();
  EXPECT_NE(here, there);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random.Below(7), 7u);
}

}  // namespace
}  // namespace kepu::executor
