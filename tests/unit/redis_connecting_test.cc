// The Redis client against scripted dialogues: connecting, logging in, being refused, coming back.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "tests/support/signal.h"
#include "tests/support/unix_socket.h"
#include "tests/unit/redis_scripted.h"

namespace kepu::redis {
namespace {

using support::AskingClient;
using support::OneConnection;
using support::Signal;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(RedisScriptedTest, CallsThatWaitForAConnectionAreBoundedToo) {
  Options options = OneConnection(absl::StrCat(server_.address(), ".absent"));
  options.calls_max = 1;
  AskingClient client(options);
  const auto a = client.Start(Cmd({"A"}));
  EXPECT_EQ(Told(client.Ask(Cmd({"B"}))), "UNAVAILABLE, not run");
  EXPECT_FALSE(a->given());
  client.client().Shutdown();
  EXPECT_EQ(Told(a->Wait()), "UNAVAILABLE, not run");
}

TEST_F(RedisScriptedTest, ComesBackUntilItIsTaken) {
  server_.OnConnection().Close();
  server_.OnConnection().Expect({"PING"}).Close();
  server_.OnConnection().Expect({"PING"}).Send("-LOADING Redis is loading the dataset in memory\r\n");
  server_.OnConnection().Expect({"PING"}).Send("-ERR max number of clients reached\r\n").Close();
  ThenEcho();
  AskingClient client(One());
  EXPECT_EQ(Told(client.Ask(Cmd({"ECHO", "here"}))), "here");
  EXPECT_EQ(server_.accepted(), 5);
  EXPECT_EQ(client.client().Generation(), 1u);
  EXPECT_THAT(client.Troubles(),
              ElementsAre(testing::_, testing::_, HasSubstr("LOADING"), HasSubstr("max number")));
}

TEST_F(RedisScriptedTest, AServerThatDoesNotGreetIsLeft) {
  server_.OnConnection().Expect({"PING"});
  ThenEcho();
  Options options = One();
  options.connect_timeout = absl::Milliseconds(30);
  AskingClient client(options);
  EXPECT_EQ(Told(client.Ask(Cmd({"ECHO", "here"}))), "here");
  EXPECT_THAT(client.Troubles(), Contains(HasSubstr("within the time")));
}

TEST_F(RedisScriptedTest, AUserLogsInFirst) {
  server_.OnConnection()
      .Expect({"AUTH", "event", "secret"})
      .Send("+OK\r\n")
      .Greet()
      .Expect({"A"})
      .Send("+a\r\n");
  Options options = One();
  options.user = "event";
  options.password = "secret";
  AskingClient client(options);
  EXPECT_EQ(Told(client.Ask(Cmd({"A"}))), "a");
}

TEST_F(RedisScriptedTest, APasswordAloneIsTheDefaultUsers) {
  server_.OnConnection().Expect({"AUTH", "secret"}).Send("+OK\r\n").Greet().Expect({"A"}).Send("+a\r\n");
  Options options = One();
  options.password = "secret";
  AskingClient client(options);
  EXPECT_EQ(Told(client.Ask(Cmd({"A"}))), "a");
}

TEST_F(RedisScriptedTest, ARefusedLogInFailsTheCallsAndHidesThePassword) {
  for (int i = 0; i < 1000; ++i) {
    server_.OnConnection()
        .Expect({"AUTH", "event", "secret"})
        .Send("-WRONGPASS invalid username-password pair\r\n");
  }
  Options options = One();
  options.user = "event";
  options.password = "secret";
  options.grace = absl::Milliseconds(50);
  AskingClient client(options);
  const absl::StatusOr<Reply> reply = client.Ask(Cmd({"A"}));
  EXPECT_EQ(Told(reply), "UNAVAILABLE, not run");
  EXPECT_THAT(std::string(reply.status().message()), HasSubstr("WRONGPASS"));
  EXPECT_THAT(client.Troubles(), Each(Not(HasSubstr("secret"))));
  EXPECT_EQ(client.client().Generation(), 0u);
}

TEST_F(RedisScriptedTest, AfterTheGraceCallsFailAtOnce) {
  Options options = OneConnection(absl::StrCat(server_.address(), ".absent"));
  options.grace = absl::Milliseconds(300);
  AskingClient client(options);
  EXPECT_EQ(Told(client.Ask(Cmd({"A"}))), "UNAVAILABLE, not run");
  const absl::Time begin = absl::Now();
  const absl::StatusOr<Reply> reply = client.Ask(Cmd({"B"}));
  EXPECT_EQ(Told(reply), "UNAVAILABLE, not run");
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(300));
  EXPECT_THAT(std::string(reply.status().message()), HasSubstr("No such file"));
}

TEST_F(RedisScriptedTest, ACallDoesNotWaitForAConnectionBeyondItsTimeout) {
  AskingClient client(OneConnection(absl::StrCat(server_.address(), ".absent")));
  EXPECT_EQ(Told(client.Ask(Cmd({"A"}), absl::Milliseconds(10))), "DEADLINE_EXCEEDED, not run");
}

TEST_F(RedisScriptedTest, ChecksGoOutBeforeTheCallsThatWaited) {
  Signal asked;
  server_.OnConnection()
      .WaitFor(asked)
      .Greet()
      .Expect({"CHECK"})
      .Send("+1\r\n")
      .Expect({"WAITED"})
      .Send("+w\r\n")
      .Close();
  server_.OnConnection().Greet().Expect({"CHECK"}).Send("+2\r\n");
  std::atomic<int> checks{0};
  AskingClient client(One());
  client.client().OnConnect([&] {
    client.client().Call(Lane::kWrite, "", Command("CHECK"), kLimit, [&](absl::StatusOr<Reply> reply) {
      EXPECT_TRUE(reply.ok()) << reply.status();
      ++checks;
    });
  });
  const auto waited = client.Start(Cmd({"WAITED"}));
  asked.Set();
  EXPECT_EQ(Told(waited->Wait()), "w");
  EXPECT_TRUE(server_.WaitPlayed(kLimit));
  ASSERT_TRUE(client.WaitGeneration(2));
  // One who comes late is told as well.
  Signal told;
  client.client().OnConnect([&] { told.Set(); });
  EXPECT_TRUE(told.Wait(kLimit));
}

TEST_F(RedisScriptedTest, ASetIsUpWhenAllItsConnectionsAre) {
  Signal first_greeted;
  Signal second_may;
  server_.OnConnection().Greet().Tell(first_greeted).Expect({"A"}).Send("+a\r\n");
  server_.OnConnection().WaitFor(second_may).Greet();
  Options options = One();
  options.read_connections = 1;
  AskingClient client(options);
  const auto a = client.Start(Cmd({"A"}));
  ASSERT_TRUE(first_greeted.Wait(kLimit));
  client.loop().RunAndWait([] {});
  EXPECT_EQ(client.client().Generation(), 0u);
  EXPECT_FALSE(a->given());
  second_may.Set();
  EXPECT_EQ(Told(a->Wait()), "a");
  EXPECT_EQ(client.client().Generation(), 1u);
}

TEST(RedisTcpTest, GoesOverTcpToo) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  std::thread server([listener] {
    const int fd = accept(listener, nullptr, nullptr);
    char buffer[1000];
    while (recv(fd, buffer, sizeof buffer, 0) > 0 && support::SendAll(fd, "+PONG\r\n")) {
    }
    close(fd);
  });
  {
    AskingClient client(OneConnection(absl::StrCat("127.0.0.1:", ntohs(address.sin_port))));
    EXPECT_EQ(Told(client.Ask(Cmd({"PING"}))), "PONG");
  }
  server.join();
  close(listener);
}

TEST(MakeClientTest, RefusesBadOptions) {
  executor::EventLoop loop;
  executor::SeededRandom random(1);
  EXPECT_EQ(MakeClient(loop, random, {}).status().code(), absl::StatusCode::kInvalidArgument);
  Options options = OneConnection("unix:/tmp/x");
  options.write_connections = 0;
  EXPECT_EQ(MakeClient(loop, random, options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::redis
