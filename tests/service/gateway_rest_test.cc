#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/settings.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Rest, ReadsAnswersAndMisses) {
  Harness harness;
  const Reply park = harness.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(park.status, 200);
  EXPECT_THAT(park.body, ::testing::StartsWith(R"({"name":"parks/x","displayName":"")"));
  EXPECT_EQ(harness.Ask("GET", "/v1/none").status, 404);
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/").status, 404);
  EXPECT_THAT(harness.Ask("GET", "/v1/none").body, HasSubstr("ROUTE_UNKNOWN"));
  const Reply verb = harness.Ask("PUT", "/v1/parks");
  EXPECT_EQ(verb.status, 405);
  EXPECT_EQ(verb.headers.at("allow"), "GET, HEAD, OPTIONS, POST");
  const Reply options = harness.Ask("OPTIONS", "/v1/parks");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(harness.Ask("OPTIONS", "*").status, 204);
  EXPECT_EQ(harness.Ask("OPTIONS", "/v1/none").status, 404);
  EXPECT_EQ(harness.Ask("BREW", "/v1/parks").status, 405);
  Client client(harness.port());
  const Reply head = client.Ask(Harness::Text("HEAD", "/v1/parks/x"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), absl::StrCat(park.body.size()));
  EXPECT_EQ(client.Ask(Harness::Text("GET", "/v1/parks/y")).status, 200) << "no body was sent for HEAD";
}

TEST(Rest, BadRequestsNameTheField) {
  Harness harness;
  KnowLan(harness);
  EXPECT_THAT(harness.Ask("GET", "/v1/parks?fliter=x").body, HasSubstr(R"("field":"fliter")"));
  EXPECT_EQ(harness.Ask("GET", "/v1/parks?fliter=x").status, 400);
  EXPECT_THAT(harness.Ask("POST", "/v1/parks", kLogin, R"({"colour":1})").body,
              HasSubstr(R"("field":"park.colour")"));
  EXPECT_THAT(harness.Ask("POST", "/v1/parks", kLogin, "{").body, HasSubstr("BODY_UNREADABLE"));
  Client client(harness.port());
  const Reply form = client.Ask(absl::StrCat("POST /v1/parks HTTP/1.1\r\nHost: h\r\n", kLogin,
                                             "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"));
  EXPECT_EQ(form.status, 415);
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", "Accept: application/problem+json\r\nGrpc-Timeout: soon\r\n")
                .headers.at("content-type"),
            "application/problem+json; charset=utf-8");
}

TEST(Identity, TokensBecomePrincipals) {
  Harness harness;
  KnowLan(harness);
  const Reply nobody = harness.Ask("POST", "/v1/parks/x:close", "", "{}");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_THAT(nobody.headers.at("www-authenticate"), HasSubstr("Bearer"));
  for (const char* header : {"Authorization: Bearer wrong\r\n", "Authorization: Basic bGFu\r\n",
                             "Authorization: Bearer\r\n", "Authorization: x\r\n"}) {
    EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", header).status, 401) << "a wrong login is not nobody";
  }
  harness.fake.On("ClosePark", [](const FakeUpstream::Seen& seen, upstream::Done done) {
    EXPECT_EQ(seen.context.principal.name, "users/lan");
    EXPECT_TRUE(seen.context.principal.Holds("keeper", "parks/x"));
    EXPECT_TRUE(seen.context.principal.service.empty());
    done(rpc::PeerAnswer{});
  });
  EXPECT_EQ(harness.Ask("POST", "/v1/parks/x:close", kLogin, "{}").status, 200);
  EXPECT_EQ(harness.Ask("POST", "/v1/parks/x:close", "authorization: bearer token-of-lan\r\n", "{}").status,
            200);
}

TEST(Identity, NothingFromOutsideClaimsIt) {
  Harness harness;
  const std::string claims =
      "x-kepu-dev-principal: users/eve;city_admin@city\r\nx-kepu-identity: forged\r\nx-kepu-identity-bin: "
      "forged\r\n"
      "x-user: users/eve\r\n";
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", claims).status, 200);
  const rpc::Context context = harness.fake.seen().at(0).context;
  EXPECT_TRUE(context.principal.anonymous());
  EXPECT_FALSE(context.repeat);
  EXPECT_FALSE(context.resolve_only);
  EXPECT_EQ(harness.Ask("DELETE", "/v1/parks/x", claims).status, 401);
  Harness dev({}, true);
  EXPECT_EQ(dev.Ask("GET", "/v1/parks/x", "x-kepu-dev-principal: users/eve\r\n").status, 200);
  EXPECT_EQ(dev.fake.seen().at(0).context.principal.name, "users/eve");
  EXPECT_EQ(dev.Ask("GET", "/v1/parks/x", "x-kepu-dev-principal: ;;@\r\n").status, 400);
}

TEST(Calls, CarryIdsPositionsAndDeadlines) {
  Harness harness;
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  harness.fake.On("GetPark", [](const FakeUpstream::Seen&, upstream::Done done) {
    done(rpc::PeerAnswer{"", {77, true}});
  });
  const Reply reply = harness.Ask("GET", "/v1/parks/x",
                                  absl::StrCat("x-request-id: my-1\r\ntraceparent: ", trace,
                                               "\r\nx-kepu-position: 41\r\nGrpc-Timeout: 200m\r\n"));
  EXPECT_EQ(reply.headers.at("x-request-id"), "my-1");
  EXPECT_EQ(reply.headers.at("x-kepu-position"), "77");
  EXPECT_EQ(reply.headers.at("x-kepu-replayed"), "true");
  const rpc::Context context = harness.fake.seen().at(0).context;
  EXPECT_EQ(context.trace_id, "my-1");
  EXPECT_EQ(context.traceparent.substr(0, 36), trace.substr(0, 36));
  EXPECT_NE(context.traceparent, trace) << "the call is a span of its own";
  EXPECT_EQ(context.min_position, 41u);
  EXPECT_LE(context.deadline, harness.fake.SteadyNow() + absl::Milliseconds(200));
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", "x-kepu-position: latest\r\n").status, 400);
  for (const char* bad : {"1", "S", "1x", "123456789S", "-1S", "1.5S"}) {
    EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", absl::StrCat("Grpc-Timeout: ", bad, "\r\n")).status, 400)
        << bad;
  }
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", "Connect-Timeout-Ms: 1e3\r\n").status, 400);
  const Reply made =
      harness.Ask("GET", "/v1/parks/x", "x-request-id: a b\r\ntraceparent: nonsense\r\nGrpc-Timeout: 9H\r\n");
  EXPECT_EQ(made.headers.at("x-request-id").size(), 32u);
  EXPECT_EQ(harness.fake.seen().back().context.traceparent.size(), 55u) << "a trace of its own";
  EXPECT_LE(harness.fake.seen().back().context.deadline, harness.fake.SteadyNow() + upstream::kReadDeadline);
}

TEST(Calls, CopiesAreMarkedByWhoeverMakesThem) {
  Harness harness;
  harness.Ask("GET", "/v1/parks/x", "X-Kepu-Repeat: 1\r\nx-kepu-resolve-only: 1\r\n");
  harness.Ask("GET", "/v1/parks/x", "X-Kepu-Repeat: yes\r\nx-kepu-resolve-only: 0\r\n");
  const auto seen = harness.fake.seen();
  EXPECT_TRUE(seen.at(0).context.repeat && seen.at(0).context.resolve_only);
  EXPECT_FALSE(seen.at(1).context.repeat || seen.at(1).context.resolve_only);
}

TEST(Calls, WhatHashesAPasswordHasLonger) {
  Harness harness;
  Refuse(harness, "OpenGate", absl::UnauthenticatedError(""));
  harness.Ask("POST", "/v1/parks:openGate", "", R"({"password":"sesame"})");
  const auto seen = harness.fake.seen();
  ASSERT_EQ(CountOf(harness, "OpenGate"), 1);
  const absl::Time now = harness.fake.SteadyNow();
  EXPECT_GT(seen.back().context.deadline, now + upstream::kWriteDeadline);
  EXPECT_LE(seen.back().context.deadline, now + upstream::kPasswordDeadline);
}

TEST(Calls, WhatReckonsForLongHasTheTimeItsMethodSays) {
  Harness harness;
  harness.Ask("GET", "/v1/parks/x:draw");
  harness.Ask("GET", "/v1/parks/x:draw", "Grpc-Timeout: 2S\r\n");
  const auto seen = harness.fake.seen();
  const absl::Time now = harness.fake.SteadyNow();
  EXPECT_GT(seen.at(0).context.deadline, now + absl::Seconds(15));
  EXPECT_LE(seen.at(0).context.deadline, now + absl::Seconds(20));
  EXPECT_LE(seen.back().context.deadline, now + absl::Seconds(2)) << "a shorter one counts";
}

TEST(Calls, AreRepeatedOnceWhenThatIsSafe) {
  Harness harness;
  KnowLan(harness);
  const auto marks = [&](const std::string& method, const std::string& target, const std::string& headers) {
    int calls = 0;
    std::vector<bool> repeats;
    harness.fake.On(method, [&](const FakeUpstream::Seen& seen, upstream::Done done) {
      repeats.push_back(seen.context.repeat);
      if (++calls == 1) return done(absl::UnavailableError("connection reset"));
      done(rpc::PeerAnswer{});
    });
    const bool read = method == "GetPark";
    repeats.push_back(harness.Ask(read ? "GET" : "POST", target, headers, read ? "" : "{}").status == 200);
    return repeats;
  };
  EXPECT_THAT(marks("GetPark", "/v1/parks/x", ""), ElementsAre(false, true, true));
  EXPECT_THAT(marks("ClosePark", "/v1/parks/x:close", kLogin + "Idempotency-Key: k1\r\n"),
              ElementsAre(false, true, true));
  EXPECT_THAT(marks("ClosePark", "/v1/parks/x:close", kLogin), ElementsAre(false, false))
      << "it might take effect twice";
  int calls = 0;
  harness.fake.On("GetPark", [&](const FakeUpstream::Seen&, upstream::Done done) {
    ++calls;
    done(refusal::TryLater(absl::StatusCode::kUnavailable, "READ_ONLY", absl::Seconds(5)));
  });
  const Reply refused = harness.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(refused.headers.at("retry-after"), "5");
  EXPECT_EQ(calls, 1) << "a service that answers is not down";
}

TEST(Calls, AServiceThatIsDownIsNamedAndTheOthersGoOn) {
  Harness harness;
  harness.fake.On("GetPark", nullptr);
  const Reply down = harness.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(down.status, 503);
  EXPECT_THAT(down.body, HasSubstr(R"("reason":"SERVICE_DOWN")"));
  EXPECT_THAT(down.body, HasSubstr(R"("service":"test")"));
  EXPECT_THAT(down.body, Not(HasSubstr("10.0.0.7")));
  EXPECT_EQ(down.headers.at("retry-after"), "1");
  EXPECT_EQ(harness.Ask("GET", "/livez").status, 200);
  Refuse(harness, "GetPark", absl::InternalError("key {event:17} at /var/lib"));
  EXPECT_THAT(harness.Ask("GET", "/v1/parks/x").body, Not(HasSubstr("/var/lib")));
}

TEST(Calls, HeadersOfEtagsAndKeys) {
  Harness harness;
  KnowLan(harness);
  const Reply park = harness.Ask("GET", "/v1/parks/x");
  EXPECT_EQ(park.headers.at("etag"), "\"e7\"");
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", "If-None-Match: \"e6\"\r\n").status, 200);
  const Reply same = harness.Ask("GET", "/v1/parks/x", "If-None-Match: \"e1\", W/\"e7\"\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
  Refuse(harness, "DeletePark",
         refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", "parks/x"}}));
  EXPECT_EQ(harness.Ask("DELETE", "/v1/parks/x", kLogin + "If-Match: \"e6\"\r\n").status, 412);
  EXPECT_EQ(harness.Ask("DELETE", "/v1/parks/x?etag=e6", kLogin).status, 409);
  Refuse(harness, "ClosePark", refusal::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(harness.Ask("POST", "/v1/parks/x:close", kLogin + "Idempotency-Key: k\r\n", "{}").status, 422);
  EXPECT_EQ(harness.Ask("POST", "/v1/parks/x:close", kLogin, R"({"requestId":"k"})").status, 400);
}

TEST(Pages, OfTheGatewayItself) {
  Harness harness;
  EXPECT_THAT(harness.Ask("GET", "/").body, HasSubstr("<a href=\"/openapi.json\">"));
  EXPECT_EQ(harness.Ask("GET", "/").headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(harness.Ask("GET", "/livez").status, 200);
  EXPECT_EQ(harness.Ask("GET", "/version").body, "{\"version\":\"9.8.7\"}\n");
  EXPECT_THAT(harness.Ask("GET", "/openapi.json").body, HasSubstr("\"version\":\"9.8.7\""));
  EXPECT_EQ(harness.Ask("POST", "/version", "", "{}").status, 405);
  EXPECT_EQ(harness.Ask("GET", "/readyz").body,
            "{\"ready\":true,\"services\":{\"identity\":\"not ready\",\"test\":\"ready\"}}\n");
  harness.fake.ready = false;
  EXPECT_EQ(harness.Ask("GET", "/readyz").status, 503);
  harness.fake.ready = true;
  harness.gateway.SetDraining();
  EXPECT_EQ(harness.Ask("GET", "/readyz").status, 503);
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x").status, 200) << "balancers look away first";
}

TEST(Pages, RequestsAreCounted) {
  Harness harness;
  harness.Ask("GET", "/v1/parks/x");
  harness.Ask("GET", "/v1/parks/y");
  auto& answered =
      harness.registry.MakeCounter("kepu_gateway_requests_total", "",
                                   {{"verb", "GET"}, {"route", "/v1/{name=parks/*}"}, {"status", "2xx"}});
  EXPECT_EQ(answered.value(), 2u);
}

absl::StatusOr<Settings> Read(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment = {}, bool* done = nullptr) {
  bool nothing_to_run = false;
  auto settings = ReadSettings({"event", "identity"}, arguments, environment, &nothing_to_run);
  if (done != nullptr) *done = nothing_to_run;
  return settings;
}

TEST(GatewaySettings, GoodOnes) {
  const auto settings =
      Read({"--listen=0.0.0.0:80", "--run=/run/kepu", "--event=a:1, b:2"}, {"KEPU_KEYS=/k"});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->address, "0.0.0.0");
  EXPECT_EQ(settings->port, 80);
  EXPECT_EQ(settings->keys, "/k");
  EXPECT_THAT(settings->AddressesOf("event"), ElementsAre("a:1", "b:2"));
  EXPECT_THAT(settings->AddressesOf("identity"), ElementsAre("unix:/run/kepu/identity.sock"));
  EXPECT_EQ(Read({"--listen=[::1]:8080", "--run=/r", "--insecure_dev_identity"})->address, "::1");
  bool done = false;
  EXPECT_TRUE(Read({"--run=/r", "--keys=/k"}, {}, &done).ok());
  EXPECT_FALSE(done);
  EXPECT_TRUE(Read({"--help"}, {}, &done).ok());
  EXPECT_TRUE(done);
  EXPECT_TRUE(Read({"--check-config", "--run=/r", "--keys=/k"}, {}, &done).ok());
  EXPECT_TRUE(done);
}

TEST(GatewaySettings, BadOnesAreNamed) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"--run=/r"}, "keys: is missing"},
      {{"--keys=/k"}, "run or event is missing"},
      {{"--keys=/k", "--event=a:1"}, "run or identity is missing"},
      {{"--check-config", "--keys=/k"}, "run or event is missing"},
      {{"--keys=/k", "--run=/r", "--lisen=x"}, "did you mean listen?"},
      {{"--keys=/k", "--run=/r", "--listen=80"}, "listen: wants an address"},
      {{"--keys=/k", "--run=/r", "--listen=a:99999"}, "listen: wants an address"},
      {{"--listen=0.0.0.0:80", "--run=/r", "--insecure_dev_identity"}, "only for loopback"},
      {{"--insecure_dev_identity=maybe"}, "insecure_dev_identity"},
      {{"--log_level=loud"}, "one of debug"},
      {{"serve"}, "serve"},
  };
  for (const auto& [arguments, message] : cases) {
    EXPECT_THAT(std::string(Read(arguments).status().message()), HasSubstr(message));
  }
}

}  // namespace
}  // namespace kepu::gateway::testing
