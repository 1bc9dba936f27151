// The end of a server with calls in flight, what it refuses to start with, and the peer that calls it.
#include <thread>

#include "gmock/gmock.h"
#include "tests/service/desk_server.h"

namespace kepu::rpc {
namespace {

using ::testing::HasSubstr;

TEST(GrpcServer, ShutdownEndsWithinItsLimitWhateverHandlersHold) {
  DeskServer desk;
  Box<std::shared_ptr<EchoCall>> held;
  desk.on_echo = [&](EchoCall call) { held.Put(std::make_shared<EchoCall>(std::move(call))); };
  desk.Start();
  auto box = std::make_shared<Box<absl::StatusOr<PeerAnswer>>>();
  desk.peer->Call(kEcho, desk.AsAlice(absl::Seconds(60)), "",
                  [box](absl::StatusOr<PeerAnswer> answer) { box->Put(std::move(answer)); });
  std::shared_ptr<EchoCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  const absl::Time began = desk.loop.SteadyNow();
  desk.server->Shutdown(absl::Milliseconds(300));
  const absl::Duration took = desk.loop.SteadyNow() - began;
  EXPECT_GE(took, absl::Milliseconds(200));
  EXPECT_LE(took, absl::Seconds(5));
  EXPECT_FALSE(box->Take()->ok());
  desk.server.reset();
  call->Answer({});
}

TEST(GrpcServer, ShutdownLetsCallsInFlightFinish) {
  DeskServer desk;
  Box<std::shared_ptr<EchoCall>> held;
  desk.on_echo = [&](EchoCall call) { held.Put(std::make_shared<EchoCall>(std::move(call))); };
  desk.Start();
  auto box = std::make_shared<Box<absl::StatusOr<PeerAnswer>>>();
  desk.peer->Call(kEcho, desk.AsAlice(absl::Seconds(60)), "",
                  [box](absl::StatusOr<PeerAnswer> answer) { box->Put(std::move(answer)); });
  std::shared_ptr<EchoCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  std::thread stopping([&] { desk.server->Shutdown(kPatience); });
  // Health goes first; then the call in flight is still answered.
  call->Answer({});
  EXPECT_TRUE(box->Take()->ok());
  stopping.join();
  EXPECT_EQ(desk.Echo("x", desk.AsAlice()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(GrpcServer, BadOptionsAreRefused) {
  DeskServer desk;
  desk.Start();
  const auto start = [&](const ServerOptions& options) {
    return GrpcServer::Start(*desk.service, desk.loop, options).status();
  };
  ServerOptions options = desk.options;
  options.listen.clear();
  EXPECT_EQ(start(options).code(), absl::StatusCode::kInvalidArgument);
  options = desk.options;
  options.insecure_dev_identity = false;
  EXPECT_EQ(start(options).code(), absl::StatusCode::kInvalidArgument);
  options = desk.options;
  options.listen = {"0.0.0.0:0"};
  EXPECT_THAT(std::string(start(options).message()), HasSubstr("insecure development identity"));
  options.listen = {"127.0.0.1:0"};
  auto first = GrpcServer::Start(*desk.service, desk.loop, options);
  ASSERT_TRUE(first.ok()) << first.status();
  options.listen = {absl::StrCat("127.0.0.1:", (*first)->ports()[0])};
  EXPECT_EQ(start(options).code(), absl::StatusCode::kUnavailable);
}

TEST(ChannelPeer, AServerThatIsGoneIsUnavailableAndComesBack) {
  DeskServer desk;
  desk.Start();
  ASSERT_TRUE(desk.Echo("x", desk.AsAlice()).ok());
  desk.server->Shutdown(absl::ZeroDuration());
  desk.server.reset();
  EXPECT_EQ(desk.Echo("x", desk.AsAlice()).status().code(), absl::StatusCode::kUnavailable);
  desk.Start();
  const absl::Time limit = desk.loop.SteadyNow() + kPatience;
  absl::StatusOr<std::string> answer;
  do {
    answer = desk.Echo("back", desk.AsAlice());
  } while (!answer.ok() && desk.loop.SteadyNow() < limit);
  EXPECT_EQ(answer.value_or("refused"), "back");
}

TEST(ChannelPeer, TooManyCallsAtOnceAreBusyAndTooLittleTimeIsRefused) {
  DeskServer desk;
  Box<std::shared_ptr<EchoCall>> held;
  desk.on_echo = [&](EchoCall call) { held.Put(std::make_shared<EchoCall>(std::move(call))); };
  desk.peer_options.in_flight_max = 1;
  desk.Start();
  auto box = std::make_shared<Box<absl::StatusOr<PeerAnswer>>>();
  desk.peer->Call(kEcho, desk.AsAlice(), "",
                  [box](absl::StatusOr<PeerAnswer> answer) { box->Put(std::move(answer)); });
  std::shared_ptr<EchoCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(refusal::ReasonOf(desk.Echo("x", desk.AsAlice()).status()), "BUSY");
  call->Answer({});
  EXPECT_TRUE(box->Take()->ok());
  auto late = desk.Echo("x", desk.AsAlice(absl::Milliseconds(5)));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(refusal::ReasonOf(late.status()), "DEADLINE_TOO_SHORT");
}

TEST(ChannelPeer, CompletionsRunOnTheExecutorEvenWhenThePeerGoes) {
  DeskServer desk;
  Box<std::shared_ptr<EchoCall>> held;
  desk.on_echo = [&](EchoCall call) { held.Put(std::make_shared<EchoCall>(std::move(call))); };
  desk.Start();
  Box<bool> in_loop;
  Box<absl::StatusCode> code;
  desk.peer->Call(kEcho, desk.AsAlice(), "", [&](absl::StatusOr<PeerAnswer> answer) {
    in_loop.Put(desk.loop.InLoop());
    code.Put(answer.status().code());
  });
  std::shared_ptr<EchoCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  desk.peer.reset();
  EXPECT_TRUE(in_loop.Take().value_or(false));
  EXPECT_EQ(code.Take(), absl::StatusCode::kCancelled);
}

TEST(ChannelPeer, NeedsAnAddress) {
  executor::EventLoop loop;
  EXPECT_FALSE(ChannelPeer::Make(loop, {}).ok());
}

// Answers, refusals, drops, late answers and cancellations all at once; each call completes exactly once.
TEST(ChannelPeer, EveryCallCompletesOnceInACrowd) {
  constexpr int kThreads = 3;
  constexpr int kCallsEach = 400;
  DeskServer desk;
  std::atomic<int> turn{0};
  desk.on_echo = [&](EchoCall call) {
    auto kept = std::make_shared<EchoCall>(std::move(call));
    switch (turn++ % 5) {
      case 0:
        return kept->Answer({});
      case 1:
        return kept->Fail(refusal::NotFound("desks/none"));
      case 2:
        return;
      case 3:
        desk.loop.Post([kept] { kept->Answer({}); });
        return;
      default:
        desk.loop.PostAfter(absl::Milliseconds(40), [kept] { kept->Answer({}); });
        return;
    }
  };
  desk.Start();
  std::atomic<int> completed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCallsEach; ++i) {
        desk.peer->Call(kEcho, desk.AsAlice(absl::Milliseconds(30 + i % 60)), "",
                        [&](absl::StatusOr<PeerAnswer>) { ++completed; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const absl::Time limit = desk.loop.SteadyNow() + kPatience;
  while (completed < kThreads * kCallsEach && desk.loop.SteadyNow() < limit) std::this_thread::yield();
  EXPECT_EQ(completed, kThreads * kCallsEach);
  desk.server->Shutdown(kPatience);
  desk.loop.Stop();
  EXPECT_EQ(completed, kThreads * kCallsEach);
  EXPECT_EQ(desk.metrics.MakeGauge("kepu_rpc_calls_in_flight", "", {{"method", kEcho}}).value(), 0);
}

}  // namespace
}  // namespace kepu::rpc
