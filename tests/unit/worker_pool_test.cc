#include "libs/executor/worker_pool.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"

namespace kepu::executor {
namespace {

TEST(WorkerPoolTest, IsBoundedAndShedsAtOnce) {
  absl::Notification release, begun;
  std::atomic<int> ran{0};
  WorkerPool pool(1, 4);
  ASSERT_TRUE(pool.Run([&] {
                    begun.Notify();
                    release.WaitForNotification();
                  })
                  .ok());
  ASSERT_TRUE(begun.WaitForNotificationWithTimeout(absl::Seconds(10)));
  absl::BlockingCounter done(4);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(pool.Run([&] {
                      ++ran;
                      done.DecrementCount();
                    })
                    .ok());
  }
  const absl::Status shed = pool.Run([&] { ++ran; });
  EXPECT_EQ(shed.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal::ReasonOf(shed), "BUSY");
  release.Notify();
  done.Wait();
  EXPECT_EQ(ran, 4);
}

TEST(WorkerPoolTest, EndsWhileWorkWaits) {
  std::atomic<int> ran{0};
  absl::Notification release, begun;
  std::thread releaser;
  {
    WorkerPool pool(1);
    ASSERT_TRUE(pool.Run([&] {
                      begun.Notify();
                      release.WaitForNotification();
                    })
                    .ok());
    begun.WaitForNotification();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(pool.Run([&] { ++ran; }).ok());
    releaser = std::thread([&] { release.Notify(); });
  }
  releaser.join();
  EXPECT_LE(ran, 10);
}

}  // namespace
}  // namespace kepu::executor
