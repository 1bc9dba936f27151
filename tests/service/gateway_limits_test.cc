// What the listener and the guard make of clients that ask too much, too slowly, or from elsewhere than they
// say.
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/metrics/text.h"
#include "tests/service/guarded_gateway.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;

// As if no client were on this machine.
EdgeSettings Everybody() {
  EdgeSettings settings;
  settings.server.trusted_proxies = *http::Networks::Parse({"127.0.0.0/8"});
  return settings;
}

std::string From(absl::string_view address) { return absl::StrCat("X-Forwarded-For: ", address, "\r\n"); }
std::string By(absl::string_view person, absl::string_view on = "") {
  return absl::StrCat("x-kepu-dev-principal: users/", person, on.empty() ? "" : absl::StrCat(";keeper@", on),
                      "\r\n");
}

TEST(RateLimits, OfAnAddressAreToldAndEnforced) {
  EdgeSettings settings = Everybody();
  settings.rates.address = {12, absl::Minutes(1)};
  GuardedGateway gateway(settings);
  const Reply first = gateway.Ask("GET", "/v1/parks/x", From("192.0.2.1"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.at("ratelimit-policy"), "\"address\";q=12;w=60");
  EXPECT_THAT(first.headers.at("ratelimit"), HasSubstr("\"address\";r=10;"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("192.0.2.1")).status, 200);
  const Reply refused = gateway.Ask("GET", "/v1/parks/x", From("192.0.2.1"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"RATE_LIMITED\""));
  EXPECT_THAT(refused.body, HasSubstr("google.rpc.RetryInfo"));
  int wait = 0;
  ASSERT_TRUE(absl::SimpleAtoi(refused.headers.at("retry-after"), &wait));
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 10);
  EXPECT_THAT(refused.headers.at("ratelimit"), HasSubstr("\"address\";r=0;"));
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("192.0.2.2")).status, 200) << "a neighbour";
  // What leads nowhere costs as well, and the pages that say whether the gateway lives cost nothing.
  EXPECT_EQ(gateway.Ask("GET", "/nowhere", From("192.0.2.1")).status, 429);
  EXPECT_EQ(gateway.Ask("GET", "/livez", From("192.0.2.1")).status, 200);
  EXPECT_EQ(gateway.fake.seen().size(), 7u);
}

TEST(RateLimits, OfAPersonAndOfWhomTheyActFor) {
  EdgeSettings settings = Everybody();
  settings.rates.person = {3, absl::Hours(1)};
  settings.rates.organization = {5, absl::Hours(1)};
  GuardedGateway gateway(settings);
  const auto ask = [&](absl::string_view person, absl::string_view on, absl::string_view address) {
    return gateway.Ask("GET", "/v1/parks/x", absl::StrCat(By(person, on), From(address))).status;
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("lan", "schools/bashu", absl::StrCat("192.0.2.", i)), 200);
  EXPECT_EQ(ask("lan", "schools/bashu", "192.0.2.9"), 429) << "wherever they are";
  EXPECT_EQ(ask("mei", "schools/bashu/classes/1", "192.0.2.9"), 200);
  EXPECT_EQ(ask("mei", "schools/bashu", "192.0.2.9"), 200);
  EXPECT_EQ(ask("bo", "schools/bashu", "192.0.2.9"), 429) << "the school has asked its share";
  EXPECT_EQ(ask("bo", "schools/other", "192.0.2.9"), 200);
}

TEST(RateLimits, AHouseholdIsOneNetworkAndThisMachineIsNobody) {
  EdgeSettings settings = Everybody();
  settings.rates.address = {4, absl::Hours(1)};
  settings.rate_exempt = *http::Networks::Parse({"127.0.0.0/8", "::1"});
  GuardedGateway gateway(settings);
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("2001:db8:1:2::a")).status, 200);
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("2001:db8:1:2:ffff::b")).status, 200);
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("2001:db8:1:2::c")).status, 429);
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", From("2001:db8:1:3::c")).status, 200);
  for (int i = 0; i < 20; ++i) {
    const Reply reply = gateway.Ask("GET", "/v1/parks/x");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.count("ratelimit"), 0u);
  }
}

TEST(Shedding, ALateGatewayRefusesBrowsingAndKeepsTheDoorOpen) {
  GuardedGateway gateway;
  // A rush that waits for its answers.
  for (int i = 0; i < 16; ++i)
    ASSERT_TRUE(gateway.edge.admission.Admit("test", {guard::MethodClass::kLogin, false}, absl::Now()).ok());
  gateway.edge.admission.SetLate(absl::Milliseconds(300));
  const Reply browse = gateway.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(browse.status, 503);
  EXPECT_THAT(browse.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_EQ(browse.headers.at("retry-after"), "3");
  EXPECT_TRUE(gateway.fake.seen().empty());
  EXPECT_EQ(gateway.Ask("GET", "/livez").status, 200);
  gateway.edge.admission.SetLate(absl::ZeroDuration());
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x").status, 200);
}

TEST(Shedding, AFullServiceRefusesAtOnceAndSaysSo) {
  GuardedGateway gateway;
  std::mutex mutex;
  std::vector<upstream::Done> held;
  gateway.fake.On("GetPark", [&](const FakeUpstream::Seen&, upstream::Done done) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(done));
  });
  const auto room =
      static_cast<size_t>(guard::LimiterOptions().start *
                          guard::LimiterOptions().share[static_cast<size_t>(guard::Lane::kBrowse)]);
  for (size_t i = 0; i < room; ++i)
    gateway.caller.Call({"test", "/kepu.test.v1.ParkService/GetPark"}, {}, "", {}, [](auto) {});
  const Reply refused = gateway.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_EQ(gateway.fake.seen().size(), room);
  EXPECT_EQ(
      gateway.registry.MakeCounter("kepu_gateway_shed_total", "", {{"service", "test"}, {"lane", "browse"}})
          .value(),
      1u);
  for (auto& done : held) done(rpc::PeerAnswer{});
  held.clear();
  gateway.fake.On("GetPark", [](const FakeUpstream::Seen&, upstream::Done done) { done(rpc::PeerAnswer{}); });
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x").status, 200);
}

TEST(Listener, TellsHowLateItsThreadIs) {
  std::atomic<int> told{0};
  http::ServerOptions options;
  options.on_late = [&](absl::Duration late) { told += late > absl::Milliseconds(20); };
  auto server = http::Server::Start(
      options,
      [](const std::shared_ptr<http::Exchange>& exchange) {
        ::poll(nullptr, 0, 150);
        exchange->Answer({});
      },
      nullptr);
  ASSERT_TRUE(server.ok());
  Client client((*server)->port());
  for (int i = 0; i < 3 && told == 0; ++i) EXPECT_EQ(client.Ask(kGetPark).status, 200);
  EXPECT_TRUE(WaitFor([&] { return told > 0; }));
}

TEST(Addresses, OnlyTrustedProxiesAreBelieved) {
  for (const bool trusted : {true, false}) {
    http::ServerOptions options;
    if (trusted) options.trusted_proxies = *http::Networks::Parse({"127.0.0.0/8", "10.0.0.0/8"});
    std::string peer;
    bool secure = false;
    auto server = http::Server::Start(
        options,
        [&](const std::shared_ptr<http::Exchange>& exchange) {
          peer = exchange->request().peer;
          secure = exchange->request().secure;
          exchange->Answer({});
        },
        nullptr);
    ASSERT_TRUE(server.ok());
    Client client((*server)->port());
    const Reply reply = client.Ask(
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.7\r\nX-Forwarded-For: 10.1.2.3\r\n"
        "X-Forwarded-Proto: https\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n\r\n");
    EXPECT_EQ(peer, trusted ? "192.0.2.7" : "127.0.0.1");
    EXPECT_EQ(secure, trusted);
    EXPECT_EQ(reply.headers.count("strict-transport-security"), trusted ? 1u : 0u);
  }
}

TEST(Addresses, HeadersAboutTheCallerDoNotReachTheServices) {
  GuardedGateway gateway;
  EXPECT_EQ(gateway
                .Ask("GET", "/v1/parks/x",
                     "X-User-Id: users/root\r\nX-Kepu-Identity: forged\r\nX-Forwarded-User: root\r\n"
                     "x-kepu-dev-principal: \r\nX-HTTP-Method-Override: DELETE\r\n")
                .status,
            200);
  const auto seen = gateway.fake.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_TRUE(seen[0].context.principal.anonymous());
  EXPECT_EQ(seen[0].method, "/kepu.test.v1.ParkService/GetPark");
}

TEST(Listener, AnEmptyBodyInChunksMayComeByteByByte) {
  Harness harness;
  Client client(harness.port());
  for (const char c : std::string("POST /v1/parks/x:close HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: "
                                  "chunked\r\n\r\n0\r\n\r\n")) {
    client.Send(absl::string_view(&c, 1));
    ::poll(nullptr, 0, 1);
  }
  EXPECT_EQ(client.Read().status, 401);
  EXPECT_EQ(client.Ask(kGetPark).status, 200);
}

TEST(Listener, FieldsThatMayStandOnceAreNotChosenFrom) {
  Harness harness;
  for (const char* name : {"Authorization: Bearer ", "Content-Type: ", "Idempotency-Key: "}) {
    Client client(harness.port());
    const Reply reply = client.Ask(Harness::Text(
        "GET", "/v1/parks/x", absl::StrCat(name, "one\r\n", absl::AsciiStrToLower(name), "two\r\n")));
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_TRUE(client.Closed());
  }
}

TEST(Hosts, OthersAreRefusedWhenNamesAreSet) {
  http::ServerOptions options;
  options.hosts = {"kepu.example.cn"};
  Harness harness(options);
  const auto ask = [&](absl::string_view host) {
    Client client(harness.port());
    return client.Ask(absl::StrCat("GET /v1/parks/x HTTP/1.1\r\nHost: ", host, "\r\n\r\n")).status;
  };
  EXPECT_EQ(ask("kepu.example.cn"), 200);
  EXPECT_EQ(ask("KEPU.example.cn:8443"), 200);
  EXPECT_EQ(ask("127.0.0.1:8080"), 200) << "from this machine";
  EXPECT_EQ(ask("evil.example"), 400);
  EXPECT_EQ(ask("kepu.example.cn.evil.example"), 400);
  EXPECT_EQ(ask(""), 400);
  EXPECT_EQ(ask("[::1]:80"), 400);
}

// The connection that waits longest for its client goes, so that a crowd of idle ones keeps nobody out.
TEST(Connections, ASlowCrowdMakesRoom) {
  http::ServerOptions options;
  options.connections_per_address_max = 20;
  Harness harness(options);
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<Client>(harness.port()));
    slow.back()->Send("GET /v1/parks/x HTTP/1.1\r\nX-Slow: ");
  }
  Client client(harness.port());
  EXPECT_EQ(client.Ask(kGetPark).status, 200);
  EXPECT_LE(harness.server->connections(), 20u);
  EXPECT_TRUE(slow.front()->Closed());
}

TEST(Connections, ThoseWithWorkStay) {
  http::ServerOptions options;
  options.connections_per_address_max = 1000;
  options.connections_max = 3;
  Harness harness(options);
  std::atomic<size_t> held{0};
  std::vector<upstream::Done> waiting;
  harness.fake.On("GetNewest", [&](const FakeUpstream::Seen&, upstream::Done done) {
    waiting.push_back(std::move(done));
    held = waiting.size();
  });
  std::vector<std::unique_ptr<Client>> busy;
  for (size_t i = 0; i < 3; ++i) {
    busy.push_back(std::make_unique<Client>(harness.port()));
    busy.back()->Send(Harness::Text("GET", "/v1/parks/newest"));
    ASSERT_TRUE(WaitFor([&] { return held == i + 1; }));
  }
  Client more(harness.port());
  EXPECT_TRUE(more.Closed()) << "there is no room, and nobody to make it";
  for (auto& done : waiting) done(rpc::PeerAnswer{});
  for (auto& client : busy) EXPECT_EQ(client->Read().status, 200);
}

TEST(Connections, WhoReadsNothingIsLetGo) {
  http::ServerOptions options;
  options.write_timeout = absl::Milliseconds(100);
  options.body_rate = 1 << 30;  // time for the bytes that went counts for nothing
  auto server = http::Server::Start(
      options,
      [](const std::shared_ptr<http::Exchange>& exchange) {
        http::Response response;
        response.body = std::string(32 << 20, 'x');
        exchange->Answer(std::move(response));
      },
      nullptr);
  ASSERT_TRUE(server.ok());
  Client client((*server)->port(), 4096);
  client.Send(kGetPark);
  EXPECT_TRUE(WaitFor([&] { return (*server)->connections() == 1; }));
  EXPECT_TRUE(WaitFor([&] { return (*server)->connections() == 0; }));
}

TEST(Internal, MetricsAndReasonsAreOnTheirOwnListenerOnly) {
  GuardedGateway gateway;
  gateway.Ask("GET", "/v1/parks/x");
  auto internal = ServeInternal(gateway.registry, gateway.fake, "0");
  ASSERT_TRUE(internal.ok()) << internal.status();
  const auto ask = [&](absl::string_view verb, absl::string_view path) {
    Client client((*internal)->port());
    return client.Ask(Harness::Text(verb, path));
  };
  const Reply numbers = ask("GET", "/metrics");
  EXPECT_EQ(numbers.status, 200);
  EXPECT_EQ(numbers.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(numbers.body, HasSubstr("# TYPE kepu_gateway_requests_total counter"));
  EXPECT_THAT(numbers.body, HasSubstr("kepu_gateway_upstream_limit{service=\"test\"} 1000"));
  EXPECT_THAT(ask("GET", "/readyz").body, HasSubstr("\"test\":{\"ready\":true,\"reason\":\"\"}"));
  EXPECT_EQ(ask("GET", "/v1/parks/x").status, 404);
  EXPECT_EQ(ask("POST", "/metrics").status, 405);
  EXPECT_EQ(gateway.Ask("GET", "/metrics").status, 404);
  EXPECT_THAT(gateway.Ask("GET", "/readyz").body, ::testing::Not(HasSubstr("reason")));
}

}  // namespace
}  // namespace kepu::gateway::testing
