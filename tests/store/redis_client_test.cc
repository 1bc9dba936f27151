// The Redis client against a real server: large values, log-in, pauses, and crashes under load.
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/asking_client.h"
#include "tests/support/private_redis.h"

namespace kepu::redis {
namespace {

using support::AskingClient;
using support::OneConnection;
using support::PrivateRedis;
using testing::HasSubstr;

constexpr absl::Duration kLimit = absl::Seconds(20);

TEST(RedisClientTest, LargeCommandsAndReplies) {
  PrivateRedis server;
  AskingClient client(OneConnection(server.address()));
  constexpr int kValues = 40;
  const std::string value(256 * 1024, 'v');
  for (int i = 0; i < kValues; ++i) {
    Command push("RPUSH");
    push.Add("list").Add(absl::StrCat(i, value));
    client.Start(std::move(push));
  }
  Command range("LRANGE");
  range.Add("list").Add(int64_t{0}).Add(int64_t{-1});
  const absl::StatusOr<Reply> reply = client.Ask(std::move(range));
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->elements.size(), static_cast<size_t>(kValues));
  for (size_t i = 0; i < kValues; ++i) EXPECT_EQ(reply->elements[i].text, absl::StrCat(i, value));
}

TEST(RedisClientTest, ALoginIsTakenOrRefused) {
  PrivateRedis server(
      {.arguments = {"--user", "event", "on", ">secret", "~*", "+@all", "--user", "default", "off"}});
  Options options = OneConnection(server.address());
  options.user = "event";
  options.password = "secret";
  AskingClient right(options);
  EXPECT_EQ(right.Ask(Command("PING"))->text, "PONG");
  EXPECT_EQ(right.Ask(Command("ACL").Add("WHOAMI"))->text, "event");

  options.grace = absl::Milliseconds(100);
  options.password = "wrong";
  AskingClient wrong(options);
  EXPECT_THAT(std::string(wrong.Ask(Command("PING")).status().message()), HasSubstr("WRONGPASS"));
  options.password = "";
  AskingClient none(options);
  EXPECT_THAT(std::string(none.Ask(Command("PING")).status().message()), HasSubstr("NOAUTH"));
}

TEST(RedisClientTest, WhatBlocksHoldsUpNobodyElse) {
  PrivateRedis server;
  Options options = OneConnection(server.address());
  options.tail_connections = 1;
  AskingClient client(options);
  Command follow("XREAD");
  follow.Add("BLOCK").Add(int64_t{20000}).Add("STREAMS").Add("log").Add("$");
  const auto entry = client.Start(std::move(follow), absl::Seconds(30), Lane::kTail);
  int added = 0;
  // The follower may still be on its way when the first entries are added.
  while (!entry->given() && added < 10000) {
    Command add("XADD");
    add.Add("log").Add("*").Add("a").Add("b");
    ASSERT_EQ(client.Ask(std::move(add))->kind, Reply::Kind::kString);
    ++added;
  }
  const absl::StatusOr<Reply>& reply = entry->Wait();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->elements[0].elements[0].text, "log");
}

TEST(RedisClientTest, AServerThatStandsStillIsLeftAndFoundAgain) {
  PrivateRedis server;
  Options options = OneConnection(server.address());
  options.operation_limit = absl::Milliseconds(100);
  options.connect_timeout = absl::Milliseconds(100);
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  server.Pause();
  const absl::StatusOr<Reply> reply = client.Ask(Command("INCR").Add("n"), absl::Milliseconds(20));
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(MayHaveRun(reply.status()));
  EXPECT_TRUE(client.WaitTroubles(2));
  server.Continue();
  const absl::StatusOr<Reply> after = client.Ask(Command("PING"));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->text, "PONG");
}

// Keeps so many numbered RPUSHes in flight, and notes how each ended. Lives on the client's loop.
class Pusher {
 public:
  enum class Ending { kOpen, kDone, kUnknown, kNotRun };

  explicit Pusher(AskingClient& client) : client_(client) {}

  void Run(int in_flight) {
    for (int i = 0; i < in_flight; ++i) Push();
  }
  void Stop() { stopping_ = true; }
  bool idle() const { return open_ == 0; }
  size_t done() const { return done_; }
  const std::vector<Ending>& endings() const { return endings_; }

 private:
  void Push() {
    const size_t number = endings_.size();
    endings_.push_back(Ending::kOpen);
    ++open_;
    // Over several connections, because they break one after the other.
    Command push("RPUSH");
    push.Add(absl::StrCat("list:", number % 4)).Add(static_cast<int64_t>(number));
    client_.client().Call(Lane::kWrite, absl::StrCat("list:", number % 4), std::move(push), kLimit,
                          [this, number](absl::StatusOr<Reply> reply) { End(number, reply); });
  }

  void End(size_t number, const absl::StatusOr<Reply>& reply) {
    EXPECT_EQ(endings_[number], Ending::kOpen) << "completed twice";
    EXPECT_TRUE(!reply.ok() || reply->kind == Reply::Kind::kInteger);
    endings_[number] = reply.ok()                   ? Ending::kDone
                       : MayHaveRun(reply.status()) ? Ending::kUnknown
                                                    : Ending::kNotRun;
    if (reply.ok()) ++done_;
    --open_;
    if (stopping_) return;
    // What fails at once would otherwise be called again without end.
    if (reply.ok()) return Push();
    client_.loop().PostAfter(absl::Milliseconds(1), [this] {
      if (!stopping_) Push();
    });
  }

  AskingClient& client_;
  std::vector<Ending> endings_;
  size_t open_ = 0;
  size_t done_ = 0;
  bool stopping_ = false;
};

TEST(RedisClientTest, CrashesUnderLoadLoseNothingAndTellTheTruth) {
  PrivateRedis server({.durable = true});
  Options options = OneConnection(server.address());
  options.write_connections = 4;
  options.grace = absl::Milliseconds(5);
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  Pusher pusher(client);
  client.loop().RunAndWait([&] { pusher.Run(64); });
  const auto wait_done = [&](size_t more) {
    size_t now = 0;
    client.loop().RunAndWait([&] { now = pusher.done(); });
    const size_t goal = now + more;
    const absl::Time end = absl::Now() + kLimit;
    while (now < goal && absl::Now() < end) {
      client.loop().RunAndWait([&] { now = pusher.done(); });
    }
    return now >= goal;
  };
  for (int crash = 0; crash < 10; ++crash) {
    ASSERT_TRUE(wait_done(300 + static_cast<size_t>(crash) * 37));
    server.Kill9();
    server.Start();
  }
  ASSERT_TRUE(wait_done(300));
  client.loop().RunAndWait([&] { pusher.Stop(); });
  bool idle = false;
  const absl::Time end = absl::Now() + kLimit;
  while (!idle && absl::Now() < end) client.loop().RunAndWait([&] { idle = pusher.idle(); });
  ASSERT_TRUE(idle) << "a call was never completed";

  std::vector<int> found(pusher.endings().size());
  for (int list = 0; list < 4; ++list) {
    const absl::StatusOr<Reply> all =
        server.Ask(Command("LRANGE").Add(absl::StrCat("list:", list)).Add(int64_t{0}).Add(int64_t{-1}));
    ASSERT_TRUE(all.ok()) << all.status();
    for (const Reply& element : all->elements) ++found[static_cast<size_t>(std::stol(element.text))];
  }
  std::array<int, 4> endings = {};
  for (size_t number = 0; number < found.size(); ++number) {
    const Pusher::Ending ending = pusher.endings()[number];
    ++endings[static_cast<size_t>(ending)];
    const int least = ending == Pusher::Ending::kDone ? 1 : 0;
    const int most = ending == Pusher::Ending::kNotRun ? 0 : 1;
    EXPECT_GE(found[number], least) << number << " was confirmed and is not there";
    EXPECT_LE(found[number], most) << number << " ran twice, or was said not to have run";
  }
  EXPECT_EQ(endings[0], 0);
  EXPECT_GT(endings[1], 3000);
  EXPECT_GT(endings[2], 0) << "no crash met a call in flight: the test shows nothing";
  EXPECT_GT(endings[3], 0) << "no call came while the server was down: the test shows nothing";
}

}  // namespace
}  // namespace kepu::redis
