// The Redis client against scripted dialogues: what becomes of calls, with every kind of answer and with
// late, wrong and missing ones.
#include <set>
#include <thread>

#include "tests/support/signal.h"
#include "tests/unit/redis_scripted.h"

namespace kepu::redis {
namespace {

using support::Answer;
using support::AskingClient;
using support::Signal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(RedisScriptedTest, EveryKindOfReplyArrivesByteByByte) {
  server_.OnConnection()
      .Greet()
      .Expect({"GET", "a"})
      .SendSlowly("*4\r\n$2\r\nhi\r\n:7\r\n*1\r\n$-1\r\n-ERR x\r\n")
      .Expect({"GET", "b"})
      .SendSlowly("$-1\r\n");
  AskingClient client(One());
  const absl::StatusOr<Reply> reply = client.Ask(Cmd({"GET", "a"}));
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->elements.size(), 4u);
  EXPECT_EQ(reply->elements[0].text, "hi");
  EXPECT_EQ(reply->elements[1].integer, 7);
  EXPECT_TRUE(reply->elements[2].elements[0].is_nil());
  EXPECT_TRUE(reply->elements[3].is_error());
  EXPECT_TRUE(client.Ask(Cmd({"GET", "b"}))->is_nil());
}

TEST_F(RedisScriptedTest, CallsArePipelinedAndAnsweredInOrder) {
  server_.OnConnection().Greet().Expect({"A"}).Expect({"B"}).Expect({"C", ""}).Send("+a\r\n+b\r\n+c\r\n");
  AskingClient client(One());
  const auto a = client.Start(Cmd({"A"}));
  const auto b = client.Start(Cmd({"B"}));
  const auto c = client.Start(Cmd({"C", ""}));
  EXPECT_EQ(Told(c->Wait()), "c");
  EXPECT_EQ(Told(a->Wait()), "a");
  EXPECT_EQ(Told(b->Wait()), "b");
}

TEST_F(RedisScriptedTest, ErrorRepliesAreReplies) {
  server_.OnConnection()
      .Greet()
      .Expect({"A"})
      .Send("-LOADING Redis is loading the dataset in memory\r\n")
      .Expect({"B"})
      .Send("-READONLY You can't write against a read only replica.\r\n");
  AskingClient client(One());
  EXPECT_THAT(Told(client.Ask(Cmd({"A"}))), HasSubstr("-LOADING"));
  EXPECT_THAT(Told(client.Ask(Cmd({"B"}))), HasSubstr("-READONLY"));
  EXPECT_THAT(client.Troubles(), IsEmpty());
}

TEST_F(RedisScriptedTest, ALateReplyIsTakenOffForTheCallsBehindIt) {
  Signal timed_out;
  server_.OnConnection().Greet().Expect({"SLOW"}).Expect({"NEXT"}).WaitFor(timed_out).Send(
      "+slow\r\n+next\r\n");
  AskingClient client(One());
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto slow = client.Start(Cmd({"SLOW"}), absl::Milliseconds(20));
  const auto next = client.Start(Cmd({"NEXT"}));
  EXPECT_EQ(Told(slow->Wait()), "DEADLINE_EXCEEDED, may have run");
  EXPECT_FALSE(next->given());
  timed_out.Set();
  EXPECT_EQ(Told(next->Wait()), "next");
  EXPECT_THAT(client.Troubles(), IsEmpty());
}

TEST_F(RedisScriptedTest, AConnectionWhoseOldestReplyIsTooLateIsGivenUp) {
  server_.OnConnection().Greet().Expect({"SLOW"}).Expect({"NEXT"});
  ThenEcho();
  Options options = One();
  options.operation_limit = absl::Milliseconds(60);
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto slow = client.Start(Cmd({"SLOW"}), absl::Milliseconds(10));
  const auto next = client.Start(Cmd({"NEXT"}));
  EXPECT_EQ(Told(slow->Wait()), "DEADLINE_EXCEEDED, may have run");
  EXPECT_EQ(Told(next->Wait()), "UNAVAILABLE, may have run");
  EXPECT_THAT(client.Troubles(), ElementsAre(HasSubstr("too late")));
  EXPECT_EQ(Told(client.Ask(Cmd({"ECHO", "again"}))), "again");
}

TEST_F(RedisScriptedTest, ACallMayTakeAsLongAsItsOwnTimeout) {
  server_.OnConnection().Greet().Expect({"XREAD"}).Delay(absl::Milliseconds(100)).Send("+entries\r\n");
  Options options = One();
  options.operation_limit = absl::Milliseconds(20);
  AskingClient client(options);
  EXPECT_EQ(Told(client.Ask(Cmd({"XREAD"}), absl::Seconds(20))), "entries");
  EXPECT_THAT(client.Troubles(), IsEmpty());
}

TEST_F(RedisScriptedTest, TooManyCallsAreRefusedAtOnce) {
  Signal refused;
  server_.OnConnection()
      .Greet()
      .Expect({"A"})
      .Expect({"B"})
      .WaitFor(refused)
      .Send("+a\r\n+b\r\n")
      .Expect({"D"})
      .Send("+d\r\n");
  Options options = One();
  options.calls_max = 2;
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto a = client.Start(Cmd({"A"}));
  const auto b = client.Start(Cmd({"B"}));
  EXPECT_EQ(Told(client.Ask(Cmd({"C"}))), "UNAVAILABLE, not run");
  refused.Set();
  EXPECT_EQ(Told(a->Wait()), "a");
  EXPECT_EQ(Told(b->Wait()), "b");
  EXPECT_EQ(Told(client.Ask(Cmd({"D"}))), "d");
}

TEST_F(RedisScriptedTest, TooManyBytesAreRefusedAtOnce) {
  Signal refused;
  const std::string large(3000000, 'x');
  server_.OnConnection()
      .Greet()
      .WaitFor(refused)
      .Expect({"A", large})
      .Send("+a\r\n")
      .Expect({"C"})
      .Send("+c\r\n");
  Options options = One();
  options.unsent_bytes_max = 4000000;
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto a = client.Start(Cmd({"A", large}));
  EXPECT_EQ(Told(client.Ask(Cmd({"B", large}))), "UNAVAILABLE, not run");
  refused.Set();
  EXPECT_EQ(Told(a->Wait()), "a");
  EXPECT_EQ(Told(client.Ask(Cmd({"C"}))), "c");
}

TEST_F(RedisScriptedTest, ABrokenConnectionLeavesTheOutcomeUnknown) {
  server_.OnConnection().Greet().Expect({"A"}).Expect({"B"}).Expect({"C"}).Send("+a\r\n$5\r\nhal").Close();
  ThenEcho();
  AskingClient client(One());
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto a = client.Start(Cmd({"A"}));
  const auto b = client.Start(Cmd({"B"}));
  const auto c = client.Start(Cmd({"C"}));
  EXPECT_EQ(Told(a->Wait()), "a");
  EXPECT_EQ(Told(b->Wait()), "UNAVAILABLE, may have run");
  EXPECT_EQ(Told(c->Wait()), "UNAVAILABLE, may have run");
  EXPECT_EQ(Told(client.Ask(Cmd({"ECHO", "again"}))), "again");
  EXPECT_EQ(client.client().Generation(), 2u);
}

TEST_F(RedisScriptedTest, ACommandThatWasNotSentWholeHasNotRun) {
  Signal blocked;
  server_.OnConnection().Greet().Expect({"A"}).WaitFor(blocked).Close();
  AskingClient client(One());
  ASSERT_TRUE(client.WaitGeneration(1));
  std::shared_ptr<Answer> a;
  std::shared_ptr<Answer> b;
  std::shared_ptr<Answer> c;
  client.loop().RunAndWait([&] {
    a = client.Start(Cmd({"A"}));
    b = client.Start(Cmd({"B", std::string(20000000, 'x')}));
    c = client.Start(Cmd({"C"}));
  });
  client.loop().RunAndWait([] {});
  blocked.Set();
  EXPECT_EQ(Told(a->Wait()), "UNAVAILABLE, may have run");
  EXPECT_EQ(Told(b->Wait()), "UNAVAILABLE, not run");
  EXPECT_EQ(Told(c->Wait()), "UNAVAILABLE, not run");
}

TEST_F(RedisScriptedTest, GarbageEndsTheConnection) {
  server_.OnConnection().Greet().Expect({"A"}).Send("HTTP/1.1 400 Bad Request\r\n");
  server_.OnConnection().Greet().Expect({"B"}).Send("+b\r\n+nobody asked\r\n");
  ThenEcho();
  AskingClient client(One());
  EXPECT_EQ(Told(client.Ask(Cmd({"A"}))), "UNAVAILABLE, may have run");
  EXPECT_EQ(Told(client.Ask(Cmd({"B"}))), "b");
  ASSERT_TRUE(client.WaitGeneration(3));
  EXPECT_EQ(Told(client.Ask(Cmd({"ECHO", "again"}))), "again");
  EXPECT_THAT(client.Troubles(), ElementsAre(HasSubstr("unreadable"), HasSubstr("nobody asked")));
}

TEST_F(RedisScriptedTest, AKeyStaysOnItsConnectionAndALaneOnItsOwn) {
  for (int i = 0; i < 6; ++i) {
    server_.OnConnection().Greet().Serve(
        [i](const std::vector<std::string>&) { return absl::StrCat("+", i, "\r\n"); });
  }
  Options options = One();
  options.write_connections = 4;
  options.read_connections = 1;
  options.tail_connections = 1;
  AskingClient client(options);
  ASSERT_TRUE(client.WaitGeneration(1));
  std::set<std::string> used;
  for (int partition = 0; partition < 64; ++partition) {
    const std::string key = absl::StrCat("event:", partition);
    const std::string first = Told(client.Start(Cmd({"A"}), kLimit, Lane::kWrite, key)->Wait());
    EXPECT_EQ(Told(client.Start(Cmd({"A"}), kLimit, Lane::kWrite, key)->Wait()), first);
    used.insert(first);
  }
  EXPECT_THAT(used, ElementsAre("0", "1", "2", "3"));
  EXPECT_EQ(Told(client.Start(Cmd({"A"}), kLimit, Lane::kRead, "event:1")->Wait()), "4");
  EXPECT_EQ(Told(client.Start(Cmd({"A"}), kLimit, Lane::kTail, "event:1")->Wait()), "5");
}

TEST_F(RedisScriptedTest, LanesWithoutConnectionsShare) {
  ThenEcho();
  AskingClient client(One());
  EXPECT_EQ(Told(client.Start(Cmd({"ECHO", "r"}), kLimit, Lane::kRead)->Wait()), "r");
  EXPECT_EQ(Told(client.Start(Cmd({"ECHO", "t"}), kLimit, Lane::kTail)->Wait()), "t");
  EXPECT_EQ(server_.accepted(), 1);
}

TEST_F(RedisScriptedTest, ShutdownCompletesEverything) {
  Signal sent;
  server_.OnConnection().Greet().Expect({"A"}).Tell(sent);
  AskingClient client(One());
  const auto a = client.Start(Cmd({"A"}));
  ASSERT_TRUE(sent.Wait(kLimit));
  client.client().Shutdown();
  EXPECT_TRUE(a->given());
  EXPECT_EQ(Told(a->Wait()), "UNAVAILABLE, may have run");
  EXPECT_EQ(Told(client.Ask(Cmd({"B"}))), "UNAVAILABLE, not run");
  client.client().Shutdown();
}

TEST_F(RedisScriptedTest, ACompletionMayDestroyTheClient) {
  server_.OnConnection().Greet().Expect({"A"}).Expect({"B"}).Send("+a\r\n+b\r\n");
  AskingClient client(One());
  ASSERT_TRUE(client.WaitGeneration(1));
  const auto b = std::make_shared<Answer>();
  client.loop().RunAndWait([&] {
    client.client().Call(Lane::kWrite, "", Command("A"), kLimit,
                         [&](absl::StatusOr<Reply>) { client.Destroy(); });
    client.client().Call(Lane::kWrite, "", Command("B"), kLimit,
                         [b](absl::StatusOr<Reply> reply) { b->Give(std::move(reply)); });
  });
  EXPECT_EQ(Told(b->Wait()), "UNAVAILABLE, may have run");
}

TEST_F(RedisScriptedTest, ThreadsMayCallEachInItsOrder) {
  ThenEcho();
  AskingClient client(One());
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int thread = 0; thread < 4; ++thread) {
    callers.emplace_back([&, thread] {
      std::vector<std::shared_ptr<Answer>> answers;
      for (int i = 0; i < 200; ++i)
        answers.push_back(client.Start(Cmd({"ECHO", absl::StrCat(thread, "-", i)})));
      for (int i = 0; i < 200; ++i) {
        right += Told(answers[static_cast<size_t>(i)]->Wait()) == absl::StrCat(thread, "-", i) ? 1 : 0;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 800);
}

}  // namespace
}  // namespace kepu::redis
