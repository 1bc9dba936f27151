#include <thread>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Bodies whose end two parsers could see in different places, and the status each is refused with.
std::vector<std::pair<std::string, int>> BadFraming() {
  const std::string post = "POST /v1/parks HTTP/1.1\r\nHost: here\r\n";
  return {
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
      {post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
      {post + "Content-Length: 2, 2\r\n\r\n{}", 400},
      {post + "Content-Length: +2\r\n\r\n{}", 400},
      {post + "Content-Length: -2\r\n\r\n{}", 400},
      {post + "Content-Length: 0x2\r\n\r\n{}", 400},
      {post + "Content-Length: 2 2\r\n\r\n{}", 400},
      {post + "Content-Length:\r\n\r\n{}", 400},
      {post + "Content-Length: 18446744073709551618\r\n\r\n{}", 400},
      {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: identity\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /v1/parks HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n2;\r\n{}\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", 400},
  };
}

// The same for lines and fields.
std::vector<std::pair<std::string, int>> BadHeads() {
  const std::string get = "GET /v1/parks/x HTTP/1.1\r\nHost: here\r\n";
  return {
      {get + "X-Folded: a\r\n b\r\n\r\n", 400},
      {get + "X-Folded: a\r\n\tTransfer-Encoding: chunked\r\n\r\n", 400},
      {get + " X: a\r\n\r\n", 400},
      {get + "X a: b\r\n\r\n", 400},
      {get + "X-Name : b\r\n\r\n", 400},
      {get + "X-No-Colon\r\n\r\n", 400},
      {get + ": b\r\n\r\n", 400},
      {get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {get + std::string("X\0: a\r\n\r\n", 9), 400},
      {get + "X: a\x01"
             "b\r\n\r\n",
       400},
      {get + "X: a\rb\r\n\r\n", 400},
      {get + "X: a\nY: b\r\n\r\n", 400},
      {get + "Host: there\r\n\r\n", 400},
      {"GET /v1/parks/x HTTP/1.1\nHost: here\n\n", 400},
      {"GET /v1/parks/x HTTP/1.1\r\n\r\n", 400},
      {"GET /v1/parks/x HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET /v1/parks/x HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
      {"GET /v1/parks/x\r\n\r\n", 400},
      {"GET /v1/parks/x HTTP/0.9\r\n\r\n", 505},
      {"GET /v1/parks/x HTTP/2.0\r\nHost: here\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"GET /v1/parks/x HTTP/1.1 \r\nHost: here\r\n\r\n", 400},
      {"GET  /v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET /v1/parks/x y HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET\t/v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET http://here/v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"CONNECT here:443 HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET /v1/parks/x#f HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET /v1/parks/\\x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"GET /v1/parks/\xe9 HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"G(T /v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"\r\nGET /v1/parks/x HTTP/1.1\r\nHost: here\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
      {get + "Expect: 200-maybe\r\n\r\n", 417},
  };
}

TEST(Listener, RefusesEveryFormThatTwoParsersCouldReadDifferently) {
  Harness harness;
  std::vector<std::pair<std::string, int>> cases = BadFraming();
  for (auto& more : BadHeads()) cases.push_back(std::move(more));
  for (const auto& [bytes, status] : cases) {
    SCOPED_TRACE(bytes);
    Client client(harness.port());
    // What is hidden behind must not be taken for a request.
    const Reply reply = client.Ask(bytes + "GET /v1/parks/hidden HTTP/1.1\r\nHost: here\r\n\r\n");
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_THAT(reply.body, HasSubstr("\"reason\":\"REQUEST_MALFORMED\""));
    EXPECT_TRUE(client.Closed());
  }
  EXPECT_TRUE(harness.fake.seen().empty());
}

TEST(Listener, Limits) {
  Harness harness;
  const std::string get = "GET /v1/parks/x HTTP/1.1\r\nHost: here\r\n";
  const std::string post = "POST /v1/parks HTTP/1.1\r\nHost: here\r\n";
  const auto fields = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) absl::StrAppend(&text, "X-", i, ": a\r\n");
    return text;
  };
  const auto path = [](size_t bytes) { return "/v1/parks/" + std::string(bytes - 10, 'a'); };
  EXPECT_EQ(harness.Ask("GET", path(4096)).status, 200);
  EXPECT_EQ(harness.Ask("GET", path(4097)).status, 414);
  const std::vector<std::pair<std::string, int>> cases = {
      {get + fields(63) + "\r\n", 200},
      {get + fields(64) + "\r\n", 431},
      {get + "X: " + std::string(16 * 1024 - get.size() - 7, 'a') + "\r\n\r\n", 200},
      {get + "X: " + std::string(16 * 1024 - get.size() - 6, 'a') + "\r\n\r\n", 431},
      {get + "X: " + std::string(100000, 'a'), 431},
      {"GET /" + std::string(100000, 'a'), 414},
      {post + "Content-Length: 65537\r\n\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + std::string(65537, ' ') + "\r\n0\r\n\r\n", 413},
      {post + "Content-Length: 65536\r\n\r\n" + std::string(65536, ' '), 401},
  };
  for (const auto& [bytes, status] : cases) {
    Client client(harness.port());
    EXPECT_EQ(client.Ask(bytes).status, status) << bytes.substr(0, 100);
  }
}

TEST(Listener, SlowRequestsAreTimedOut) {
  http::ServerOptions options;
  options.head_timeout = options.body_timeout = options.idle_timeout = absl::Milliseconds(80);
  Harness harness(options);
  for (const char* part : {"G", "GET /v1/parks/x HTTP/1.1\r\nHost: h",
                           "POST /v1/parks HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{",
                           "POST /v1/parks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5"}) {
    Client client(harness.port());
    EXPECT_EQ(client.Ask(part).status, 408) << part;
    EXPECT_TRUE(client.Closed());
  }
  Client silent(harness.port());
  EXPECT_TRUE(silent.Closed()) << "nothing was asked, so nothing is answered";
  Client idle(harness.port());
  EXPECT_EQ(idle.Ask(kGetPark).status, 200);
  EXPECT_TRUE(idle.Closed());
}

TEST(Listener, KeepsConnectionsAndAnswersPipelinedRequestsInOrder) {
  Harness harness;
  Client client(harness.port());
  EXPECT_EQ(client.Ask(kGetPark).status, 200);
  // The first of three is answered last.
  std::atomic<bool> held{false};
  upstream::Done first;
  harness.fake.On("GetNewest", [&](const FakeUpstream::Seen&, upstream::Done done) {
    first = std::move(done);
    held = true;
  });
  client.Send(Harness::Text("GET", "/v1/parks/newest") + Harness::Text("GET", "/v1/parks/b") +
              Harness::Text("GET", "/nowhere"));
  ASSERT_TRUE(WaitFor([&] { return held.load(); }));
  test::v1::Park park;
  park.set_name("first");
  first(rpc::PeerAnswer{park.SerializeAsString(), {}});
  EXPECT_THAT(client.Read().body, StartsWith(R"({"name":"first")"));
  EXPECT_THAT(client.Read().body, StartsWith(R"({"name":"parks/b")"));
  EXPECT_EQ(client.Read().status, 404);
  EXPECT_EQ(
      client.Ask("GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").headers.at("connection"),
      "close");
  EXPECT_TRUE(client.Closed());
}

TEST(Listener, ByteByByteAndOldVersions) {
  Harness harness;
  Client client(harness.port());
  const std::string text =
      "POST /v1/parks/x:close HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: "
      "Chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\nX-Trailer: a\r\n\r\n";
  for (const char c : text) client.Send(absl::string_view(&c, 1));
  EXPECT_EQ(client.Read().status, 401);
  Client old(harness.port());
  const Reply reply = old.Ask("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(old.Closed());
  Client kept(harness.port());
  EXPECT_EQ(kept.Ask("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").headers.at("connection"),
            "keep-alive");
  EXPECT_EQ(kept.Ask("GET /livez HTTP/1.0\r\n\r\n").status, 200);
}

TEST(Listener, SaysContinueBeforeABody) {
  Harness harness;
  Client client(harness.port());
  client.Send(
      "POST /v1/parks/x:close HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.Read().status, 401);
  Client large(harness.port());
  EXPECT_EQ(
      large.Ask("POST /v1/parks HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n")
          .status,
      413);
}

TEST(Listener, SecurityHeadersOnEveryAnswer) {
  Harness harness;
  for (const char* path : {"/", "/v1/parks/x", "/nowhere", "/v1/parks/%zz"}) {
    const Reply reply = harness.Ask("GET", path);
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
    EXPECT_THAT(reply.headers.at("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
    EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("charset=utf-8"));
    EXPECT_THAT(reply.headers.at("date"), ::testing::EndsWith(" GMT"));
    EXPECT_EQ(reply.headers.count("server"), 0u);
  }
}

TEST(Listener, ManyAtOnceAnsweredFromOtherThreads) {
  Harness harness;
  executor::EventLoop other;
  other.Start();
  harness.fake.On("GetPark", [&](const FakeUpstream::Seen& seen, upstream::Done done) {
    test::v1::GetParkRequest request;
    EXPECT_TRUE(request.ParseFromString(seen.request));
    test::v1::Park park;
    park.set_name(request.name());
    other.Post([done = std::move(done), bytes = park.SerializeAsString()]() mutable {
      done(rpc::PeerAnswer{bytes, {}});
    });
  });
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      Client client(harness.port());
      for (int i = 0; i < 50; ++i) {
        const std::string name = absl::StrCat("parks/p", t, "-", i);
        const Reply reply = client.Ask(Harness::Text("GET", "/v1/" + name));
        if (absl::StartsWith(reply.body, absl::StrCat("{\"name\":\"", name, "\""))) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 16 * 50);
  other.Stop();
}

TEST(Listener, BoundsConnectionsOfOneAddress) {
  http::ServerOptions options;
  options.connections_per_address_max = 2;
  Harness harness(options);
  Client one(harness.port());
  EXPECT_EQ(one.Ask(kGetPark).status, 200);
  Client two(harness.port());
  EXPECT_EQ(two.Ask(kGetPark).status, 200);
  Client three(harness.port());
  EXPECT_EQ(three.Ask(kGetPark).status, 200);
  EXPECT_TRUE(one.Closed()) << "it has waited longest";
  EXPECT_EQ(harness.server->connections(), 2u);
  EXPECT_EQ(two.Ask(kGetPark).status, 200);
}

TEST(Listener, AnExchangeThatIsDroppedIsAnswered) {
  auto server = http::Server::Start(
      {}, [](std::shared_ptr<http::Exchange>) {}, [](int, absl::string_view) { return http::Response(); });
  ASSERT_TRUE(server.ok());
  Client client((*server)->port());
  EXPECT_EQ(client.Ask(kGetPark).status, 500);
}

TEST(Listener, APortInUseIsRefused) {
  Harness harness;
  http::ServerOptions options;
  options.port = harness.port();
  const auto second = http::Server::Start(options, nullptr, nullptr);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  options.address = "not an address";
  EXPECT_FALSE(http::Server::Start(options, nullptr, nullptr).ok());
}

TEST(Drain, FinishesWhatRunsAndTakesNothingNew) {
  Harness harness;
  Client idle(harness.port());
  EXPECT_EQ(idle.Ask(kGetPark).status, 200);
  std::atomic<bool> held{false};
  upstream::Done waiting;
  harness.fake.On("GetNewest", [&](const FakeUpstream::Seen&, upstream::Done done) {
    waiting = std::move(done);
    held = true;
  });
  Client busy(harness.port());
  busy.Send(Harness::Text("GET", "/v1/parks/newest"));
  ASSERT_TRUE(WaitFor([&] { return held.load(); }));
  EXPECT_FALSE(harness.server->Drain(absl::Milliseconds(1))) << "one request is under way";
  EXPECT_TRUE(idle.Closed());
  Client late(harness.port());
  EXPECT_TRUE(!late.connected() || late.Closed());
  bool drained = false;
  std::thread drain([&] { drained = harness.server->Drain(kPatience); });
  waiting(rpc::PeerAnswer{"", {}});
  const Reply reply = busy.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_TRUE(busy.Closed());
  drain.join();
  EXPECT_TRUE(drained);
}

}  // namespace
}  // namespace kepu::gateway::testing
