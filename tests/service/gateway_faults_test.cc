// Services that hang, die, come back or answer nonsense, over real connections: what a caller of the gateway
// is told, and that nothing else ever comes out.
#include <sys/un.h>

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/upstream/grpc_upstream.h"
#include "services/gateway/upstream/trace.h"
#include "tests/service/desk_server.h"
#include "tests/service/gateway_harness.h"
#include "tests/support/child_process.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Takes connections and does one thing with each.
class Nonsense {
 public:
  enum class Way { kHangs, kCloses, kGarbage, kHalfFrame };

  explicit Nonsense(Way way) : way_(way) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ::listen(listener_, 64);
    thread_ = std::thread([this] { Run(); });
  }
  ~Nonsense() {
    ending_ = true;
    thread_.join();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }
  std::string path() const { return folder_.path() + "/test.sock"; }

 private:
  void Run() {
    while (!ending_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 10) <= 0) continue;
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      open_.push_back(fd);
      Do(fd);
    }
  }
  void Do(int fd) {
    switch (way_) {
      case Way::kHangs:
        return;
      case Way::kCloses:
        ::shutdown(fd, SHUT_RDWR);
        return;
      case Way::kGarbage:
        return Send(fd, std::string(4096, '\xa7'));
      case Way::kHalfFrame:
        // Settings that are well, then the head of a frame that never comes.
        Send(fd, std::string("\0\0\0\4\0\0\0\0\0", 9) + std::string("\0\x3f\xff\1\4\0\0\0\1", 9));
        ::shutdown(fd, SHUT_WR);
    }
  }
  // Whoever called may have given up and gone.
  static void Send(int fd, const std::string& bytes) {
    const bool sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
    EXPECT_TRUE(sent || errno == EPIPE || errno == ECONNRESET) << errno;
  }

  const Way way_;
  support::TemporaryFolder folder_;
  int listener_ = -1;
  std::vector<int> open_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

// The gateway over gRPC, with one service of parks somewhere.
struct Front {
  explicit Front(const std::string& address) {
    loop.Start();
    upstream =
        *upstream::MakeGrpcUpstream({{"test", {{address}, nullptr}}, {"identity", {{address}, nullptr}}});
    caller = std::make_unique<upstream::Caller>(*upstream, upstream::CallerParts{&loop, &admission});
    logins = std::make_unique<upstream::Logins>(*caller, upstream::LoginOptions{.now = absl::Now});
    table = *transcode::RouteTable::Make(
        {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kepu.test.v1.ParkService")});
    gateway = std::make_unique<Gateway>(*table, *upstream, *caller, *logins, random, registry,
                                        GatewayOptions{"9.8.7", true});
    auto started = http::Server::Start(
        {}, [this](std::shared_ptr<http::Exchange> exchange) { gateway->Handle(std::move(exchange)); },
        [this](int status, absl::string_view problem) { return gateway->Refuse(status, problem); });
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }
  ~Front() {
    server.reset();
    loop.Stop();
    upstream.reset();
  }
  Reply Ask(absl::string_view headers) {
    Client client(server->port());
    return client.Ask(Harness::Text("GET", "/v1/parks/x", headers));
  }

  const test::v1::Park linked;
  executor::EventLoop loop;
  executor::SystemRandom random;
  metrics::Registry registry;
  guard::Admission admission{{}, random, registry};
  std::unique_ptr<upstream::Upstream> upstream;
  std::unique_ptr<upstream::Caller> caller;
  std::unique_ptr<upstream::Logins> logins;
  std::unique_ptr<transcode::RouteTable> table;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<http::Server> server;
};

class NonsenseTest : public ::testing::TestWithParam<Nonsense::Way> {};

TEST_P(NonsenseTest, IsAnswered503Or504AndNothingElse) {
  Nonsense service(GetParam());
  Front front("unix:" + service.path());
  for (int i = 0; i < 4; ++i) {
    const Reply reply = front.Ask("Grpc-Timeout: 300m\r\n");
    EXPECT_THAT(reply.status, ::testing::AnyOf(503, 504)) << reply.body;
    EXPECT_EQ(reply.headers.count("retry-after"), 1u) << reply.body;
    EXPECT_THAT(reply.body, ::testing::AnyOf(HasSubstr("SERVICE_DOWN"), HasSubstr("SERVICE_SLOW")));
    EXPECT_THAT(reply.body, Not(HasSubstr(service.path())));
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, NonsenseTest,
                         ::testing::Values(Nonsense::Way::kHangs, Nonsense::Way::kCloses,
                                           Nonsense::Way::kGarbage, Nonsense::Way::kHalfFrame));

TEST(Faults, NobodyThereIsSaidAtOnce) {
  Front nobody("unix:/nonexistent/kepu.sock");
  const Reply reply = nobody.Ask("");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.headers.at("retry-after"), "1");
}

TEST(Faults, AnAnswerThatIsNoMessageIsNoAnswer) {
  Harness harness;
  harness.fake.On("GetPark", [](const FakeUpstream::Seen&, upstream::Done done) {
    done(rpc::PeerAnswer{std::string(200, '\xff'), {}});
  });
  const Reply reply = harness.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("SERVICE_DOWN"));
  EXPECT_EQ(reply.headers.at("retry-after"), "1");
}

upstream::CallRules Within(absl::Duration timeout) {
  upstream::CallRules rules;
  rules.timeout = timeout;
  return rules;
}

upstream::CallRules Change(bool has_request_id) {
  upstream::CallRules rules;
  rules.changes = true;
  rules.has_request_id = has_request_id;
  return rules;
}

// Calls of a desk by the gateway's caller, as REST and Connect make them.
struct DeskFront {
  explicit DeskFront(const std::vector<std::string>& addresses) {
    loop.Start();
    upstream = *upstream::MakeGrpcUpstream({{"desk", {addresses, nullptr}}});
    caller = std::make_unique<upstream::Caller>(*upstream, upstream::CallerParts{&loop, &admission});
  }
  ~DeskFront() {
    loop.Stop();
    upstream.reset();
  }
  absl::StatusOr<std::string> Echo(rpc::Context context = {}, upstream::CallRules rules = {}) {
    rpc::desk::EchoRequest request;
    request.set_text("here");
    auto box = std::make_shared<rpc::Box<absl::StatusOr<rpc::PeerAnswer>>>();
    context.principal.name = "users/alice";
    caller->Call({"desk", rpc::kEcho}, std::move(context), request.SerializeAsString(), rules,
                 [box](absl::StatusOr<rpc::PeerAnswer> answer) { box->Put(std::move(answer)); });
    const auto answer = box->Take();
    if (!answer) return absl::InternalError("nothing came");
    if (!answer->ok()) return answer->status();
    rpc::desk::EchoResponse response;
    EXPECT_TRUE(response.ParseFromString((*answer)->bytes));
    return response.text();
  }

  executor::EventLoop loop;
  executor::SystemRandom random;
  metrics::Registry registry;
  guard::Admission admission{{}, random, registry};
  std::unique_ptr<upstream::Upstream> upstream;
  std::unique_ptr<upstream::Caller> caller;
};

TEST(Faults, AServiceThatTakesCallsAndNeverAnswersIsSlow) {
  rpc::DeskServer desk;
  std::mutex mutex;
  std::vector<rpc::EchoCall> held;
  desk.on_echo = [&](rpc::EchoCall call) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(call));
  };
  desk.Start();
  DeskFront front({desk.options.listen.front()});
  const auto slow = front.Echo({}, Within(absl::Milliseconds(150)));
  EXPECT_EQ(slow.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(refusal::ReasonOf(slow.status()), "SERVICE_SLOW");
  const std::lock_guard lock(mutex);
  EXPECT_LE(held.size(), 1u) << "what is late is not asked again";
  held.clear();
}

TEST(Faults, TheDeadlineAndTheTraceGoOn) {
  rpc::DeskServer desk;
  std::mutex mutex;
  std::vector<rpc::Context> seen;
  std::vector<absl::Duration> left;
  desk.on_echo = [&](rpc::EchoCall call) {
    const std::lock_guard lock(mutex);
    seen.push_back(call.context());
    left.push_back(call.deadline() - desk.loop.SteadyNow());
    call.Answer({});
  };
  desk.Start();
  DeskFront front({desk.options.listen.front()});
  rpc::Context context;
  context.trace_id = "request-7";
  context.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_TRUE(front.Echo(context, Within(absl::Seconds(15))).ok());
  upstream::CallRules change = Change(false);
  change.timeout = absl::Milliseconds(900);
  EXPECT_TRUE(front.Echo({}, change).ok());
  const std::lock_guard lock(mutex);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_LT(left[0], absl::Seconds(1) - rpc::kHopMargin / 2) << "a read's own limit is shorter";
  EXPECT_LT(left[1], absl::Milliseconds(900) - rpc::kHopMargin / 2)
      << "the transport's clocks differ by a little";
  EXPECT_EQ(seen[0].trace_id, "request-7");
  EXPECT_EQ(seen[0].traceparent.substr(0, 36), context.traceparent.substr(0, 36));
  EXPECT_NE(seen[0].traceparent, context.traceparent) << "a hop is a span of its own";
  EXPECT_TRUE(upstream::IsTraceparent(seen[1].traceparent)) << "whoever sends none gets one";
}

TEST(Faults, ReplicasComeAndGoWithoutAFailedCall) {
  rpc::DeskServer one, two;
  one.Start();
  two.Start();
  DeskFront front({one.options.listen.front(), two.options.listen.front()});
  std::atomic<bool> ending{false};
  std::atomic<int> answered{0};
  std::vector<std::string> failures;
  std::thread client([&] {
    while (!ending) {
      const auto answer = front.Echo({}, Change(true));
      if (answer.ok()) {
        ++answered;
      } else {
        failures.push_back(std::string(answer.status().message()));
      }
    }
  });
  const auto some_more = [&] {
    const int before = answered;
    return WaitFor([&] { return answered > before + 20 || !failures.empty(); });
  };
  for (int round = 0; round < 3; ++round) {
    for (rpc::DeskServer* replica : {&one, &two}) {
      EXPECT_TRUE(some_more());
      replica->server.reset();
      EXPECT_TRUE(some_more());
      replica->Start();
      EXPECT_TRUE(WaitFor([&] {
        return absl::StrContains(front.upstream->Health().at(0).reason, "is connected") &&
               !absl::StrContains(front.upstream->Health().at(0).reason, "cannot");
      }));
      EXPECT_TRUE(some_more());
    }
  }
  ending = true;
  client.join();
  EXPECT_THAT(failures, ::testing::IsEmpty());
}

TEST(Faults, AServiceThatStartsLateIsFound) {
  rpc::DeskServer desk;
  DeskFront front({desk.options.listen.front()});
  const auto down = front.Echo();
  EXPECT_EQ(refusal::ReasonOf(down.status()), "SERVICE_DOWN");
  // Long enough for the throttle to close.
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(front.Echo({}, Change(false)).ok());
  EXPECT_THAT(front.upstream->Health().at(0).reason, HasSubstr("desk.sock"));
  desk.Start();
  EXPECT_TRUE(WaitFor([&] { return front.Echo().ok(); }));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(front.Echo().ok()) << "and nobody is held back any more";
}

}  // namespace
}  // namespace kepu::gateway::testing
