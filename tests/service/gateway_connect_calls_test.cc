// Who may call over Connect, deadlines and repeats, streams, and what is counted.
#include "tests/service/gateway_connect.h"

namespace kepu::gateway::testing::connect_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Connect, WhoMayCall) {
  Harness harness;
  KnowLan(harness);
  harness.fake.On("CreatePark", [](const FakeUpstream::Seen& seen, upstream::Done done) {
    EXPECT_EQ(seen.context.principal.name, "users/lan");
    done(rpc::PeerAnswer{});
  });
  const std::string body = R"({"park":{"displayName":"x"},"requestId":"r"})";
  const Reply nobody = Post(harness, "CreatePark", kJsonType, body);
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(Outcome(nobody, kJsonType), "unauthenticated");
  EXPECT_THAT(nobody.headers.at("www-authenticate"), StartsWith("Bearer"));
  EXPECT_EQ(Outcome(Post(harness, "CreatePark", kWeb, Framed("")), kWeb), "16");
  EXPECT_EQ(CountOf(harness, "CreatePark"), 0);
  EXPECT_EQ(Post(harness, "CreatePark", kJsonType, body, kLogin).status, 200);
  EXPECT_EQ(Outcome(Post(harness, "CreatePark", kWeb, Framed(""), kLogin), kWeb), "");
  const std::string wrong = "Authorization: Bearer another\r\n";
  EXPECT_EQ(Outcome(Post(harness, "CreatePark", kJsonType, body, wrong), kJsonType), "unauthenticated");
  EXPECT_EQ(Outcome(Post(harness, "GetPark", kWeb, Framed(""), wrong), kWeb), "16");
  EXPECT_EQ(Outcome(Post(harness, "GetPark", kJsonType, "{}", "Authorization: Basic eDp5\r\n"), kJsonType),
            "unauthenticated");
}

TEST(Connect, WhatGoesBesideTheMessage) {
  Harness harness;
  KnowLan(harness);
  harness.fake.On("ClosePark",
                  [](const FakeUpstream::Seen&, upstream::Done done) { done(rpc::PeerAnswer{}); });
  test::v1::CloseParkRequest request;
  request.set_client_address("1.1.1.1");
  Post(harness, "ClosePark", kProto, request.SerializeAsString(),
       absl::StrCat(kLogin, "Idempotency-Key: key-1\r\nx-kepu-position: 9\r\nx-kepu-repeat: 1\r\n",
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                    "X-Forwarded-For: 8.8.8.8\r\nx-kepu-dev-principal: users/eve\r\n"));
  const FakeUpstream::Seen seen = harness.fake.seen().back();
  ASSERT_TRUE(request.ParseFromString(seen.request));
  EXPECT_EQ(request.client_address(), "127.0.0.1");
  EXPECT_EQ(request.request_id(), "key-1");
  EXPECT_EQ(seen.context.min_position, 9u);
  EXPECT_TRUE(seen.context.repeat);
  EXPECT_THAT(seen.context.traceparent, StartsWith("00-0af765"));
  EXPECT_EQ(seen.context.principal.name, "users/lan");
}

TEST(Connect, DeadlinesOfCallersHold) {
  Harness harness;
  std::vector<absl::Duration> left;
  harness.fake.On("GetPark", [&](const FakeUpstream::Seen& seen, upstream::Done done) {
    left.push_back(seen.context.deadline - harness.fake.SteadyNow());
    done(absl::DeadlineExceededError(""));
  });
  const Reply reply = Post(harness, "GetPark", kProto, "", "Connect-Timeout-Ms: 40\r\n");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(Outcome(reply, kProto), "deadline_exceeded");
  Post(harness, "GetPark", kWeb, Framed(""), "grpc-timeout: 40m\r\n");
  Post(harness, "GetPark", kProto, "", "Connect-Timeout-Ms: 99999999\r\n");
  ASSERT_EQ(left.size(), 3u);
  EXPECT_LE(left[0], absl::Milliseconds(40));
  EXPECT_LE(left[1], absl::Milliseconds(40));
  EXPECT_LE(left[2], upstream::kReadDeadline) << "nobody gets more than there is";
}

TEST(Connect, WhatIsSentAgainHasItsKey) {
  Harness harness;
  KnowLan(harness);
  Refuse(harness, "CreatePark", absl::UnavailableError("gone"));
  Post(harness, "CreatePark", kProto, "", kLogin);
  EXPECT_EQ(CountOf(harness, "CreatePark"), 1) << "it may have taken effect";
  Post(harness, "CreatePark", kProto, "", absl::StrCat(kLogin, "Idempotency-Key: k\r\n"));
  EXPECT_EQ(CountOf(harness, "CreatePark"), 1 + upstream::kAttemptsMax);
}

TEST(Connect, JsonIsTheWholeMessageAlsoWhereRestShowsAPart) {
  Harness harness;
  test::v1::ListParksResponse page;
  for (int i = 0; i < 100; ++i) page.add_parks()->set_name(absl::StrCat("parks/", i));
  page.set_next_page_token("t");
  for (const char* method : {"ListParks", "ListNames"}) {
    harness.fake.On(method, [&](const FakeUpstream::Seen&, upstream::Done done) {
      done(rpc::PeerAnswer{page.SerializeAsString(), {}});
    });
    const Reply first = Post(harness, method, kJsonType, "{}");
    EXPECT_THAT(first.body, StartsWith(R"({"parks":[{"name":"parks/0")"));
    EXPECT_THAT(first.body, ::testing::EndsWith(R"("nextPageToken":"t"})"));
    EXPECT_EQ(first.headers.count("link"), 0u);
    EXPECT_EQ(Post(harness, method, kJsonType, "{}").body, first.body);
  }
  EXPECT_THAT(harness.Ask("GET", "/v1/parks:names").body, StartsWith(R"([{"name":"parks/0")"));
  EXPECT_EQ(harness.Ask("GET", "/v1/parks").body, Post(harness, "ListParks", kJsonType, "{}").body);
  page.mutable_parks(0)->set_name("parks/new");
  EXPECT_THAT(Post(harness, "ListParks", kJsonType, "{}").body, HasSubstr("parks/new"));
}

TEST(Connect, AnAnswerThatIsNoMessage) {
  Harness harness;
  harness.fake.On("GetPark", [](const FakeUpstream::Seen&, upstream::Done done) {
    done(rpc::PeerAnswer{"\n\xff", {}});
  });
  EXPECT_EQ(Outcome(Post(harness, "GetPark", kJsonType, "{}"), kJsonType), "unavailable");
  harness.fake.Stream([](int index) { return std::string(index == 0 ? "" : "\n\xff"); });
  EXPECT_EQ(Outcome(Post(harness, "WatchPark", kStreamJson, Framed("{}")), kStreamJson), "internal");
}

TEST(ConnectStream, MessagesUntilTheEnd) {
  Harness harness;
  harness.fake.Stream([](int index) {
    test::v1::Park park;
    park.set_name(absl::StrCat("p", index));
    return index < 3 ? std::optional(park.SerializeAsString()) : std::nullopt;
  });
  Client client(harness.port());
  for (const char* type : {kStreamProto, kStreamJson, kWeb, kWebText}) {
    const bool json = type == kStreamJson, text = type == kWebText;
    const std::string frame = Framed(json ? R"({"name":"parks/x"})" : NameBytes("parks/x"));
    const Reply reply =
        client.Ask(PostText(PathOf("WatchPark"), type, text ? absl::Base64Escape(frame) : frame));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("content-type"), type);
    EXPECT_EQ(reply.headers.at("x-accel-buffering"), "no");
    const std::vector<Piece> pieces = Pieces(reply.body, text);
    ASSERT_EQ(pieces.size(), 4u) << type;
    EXPECT_EQ(pieces[1].flags, 0);
    if (json) {
      EXPECT_THAT(pieces[1].payload, StartsWith(R"({"name":"p1")"));
    } else {
      EXPECT_EQ(ParkIn(pieces[1].payload).name(), "p1");
    }
    EXPECT_EQ(Outcome(reply, type), "");
    EXPECT_EQ(harness.fake.seen().back().request, NameBytes("parks/x"));
  }
}

TEST(ConnectStream, AnEndWithoutMessagesAndOneAfterSome) {
  Harness harness;
  harness.fake.Stream([](int) { return std::nullopt; });
  EXPECT_EQ(Outcome(Post(harness, "WatchPark", kStreamProto, Framed("")), kStreamProto), "");
  harness.fake.Stream([](int index) { return index == 0 ? std::optional<std::string>("") : std::nullopt; },
                      absl::UnavailableError("10.0.0.7"));
  for (const char* type : {kStreamProto, kWeb}) {
    const Reply reply = Post(harness, "WatchPark", type, Framed(""));
    ASSERT_EQ(Pieces(reply.body).size(), 2u);
    EXPECT_EQ(Outcome(reply, type), type == kWeb ? "14" : "unavailable");
    EXPECT_THAT(reply.body, Not(HasSubstr("10.0.0.7")));
  }
}

TEST(ConnectStream, AReaderWhoLeavesEndsTheCall) {
  Harness harness;
  harness.fake.Stream([](int) { return std::optional<std::string>(""); });
  {
    Client client(harness.port());
    client.Send(PostText(PathOf("WatchPark"), kStreamProto, Framed("")));
    ASSERT_TRUE(WaitFor([&] { return harness.fake.delivered > 0; }));
  }
  EXPECT_TRUE(WaitFor([&] { return harness.fake.cancelled == 1 && harness.server->connections() == 0; }));
}

TEST(ConnectStream, ASlowReaderGetsEverythingInOrder) {
  Harness harness;
  const std::string large(32 * 1024, 'x');
  constexpr int kMessages = 200;
  harness.fake.Stream([&](int index) {
    test::v1::Park park;
    park.set_name(absl::StrCat(index, ".", large));
    return index < kMessages ? std::optional(park.SerializeAsString()) : std::nullopt;
  });
  Client client(harness.port(), 4096);
  client.Send(PostText(PathOf("WatchPark"), kWeb, Framed("")));
  const std::vector<Piece> pieces = Pieces(client.Read().body);
  ASSERT_EQ(pieces.size(), kMessages + 1u);
  for (size_t i = 0; i < kMessages; ++i)
    ASSERT_THAT(ParkIn(pieces[i].payload).name(), StartsWith(absl::StrCat(i, ".")));
}

TEST(Connect, CallsAreCountedByMethodAndOutcome) {
  Harness harness;
  Refuse(harness, "ListParks", refusal::NotFound("parks"));
  Post(harness, "GetPark", kProto, "");
  Post(harness, "GetPark", kWeb, Framed(""));
  Post(harness, "ListParks", kWeb, Framed(""));
  harness.Ask("GET", PathOf("GetPark") + "?connect=v1&encoding=json&message=%7B%7D");
  const auto count = [&](const char* verb, const char* method, const char* status) {
    return harness.registry
        .MakeCounter("kepu_gateway_requests_total", "",
                     {{"verb", verb}, {"route", PathOf(method)}, {"status", status}})
        .value();
  };
  EXPECT_EQ(count("POST", "GetPark", "2xx"), 2u);
  EXPECT_EQ(count("GET", "GetPark", "2xx"), 1u);
  EXPECT_EQ(count("POST", "ListParks", "4xx"), 1u) << "whatever the wire says";
}

TEST(Connect, RestAndPagesKeepTheirPaths) {
  Harness harness;
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x").status, 200);
  for (const char* path : {"/.well-known/security.txt", "/favicon.ico", "/v1/kepu.x/y", "/a.b/", "/a.b/c/d"})
    EXPECT_THAT(harness.Ask("GET", path).body, HasSubstr("ROUTE_UNKNOWN")) << path;
}

TEST(Connect, RefusalsOfOthersTakeTheShapeOfTheRequest) {
  Harness harness;
  const absl::Status busy = refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(2));
  const auto refused = [&](absl::string_view method, absl::string_view path, absl::string_view type) {
    http::Head head;
    head.method = method;
    head.path = path;
    head.headers = {{"Content-Type", type}};
    return connect::Refusal(harness.gateway.writer(), head, busy, "r-1");
  };
  const std::string path = PathOf("GetPark");
  EXPECT_EQ(refused("POST", path, kProto).status, 429);
  EXPECT_THAT(refused("POST", path, kProto).body, StartsWith(R"({"code":"resource_exhausted")"));
  EXPECT_EQ(refused("POST", path, kWeb).status, 200);
  EXPECT_THAT(refused("POST", path, kWeb).body, HasSubstr("grpc-status: 8\r\n"));
  EXPECT_THAT(refused("POST", path, kStreamJson).body, HasSubstr(R"({"error":{"code":)"));
  EXPECT_THAT(refused("GET", path, "").body, StartsWith(R"({"code":"resource_exhausted")"));
  EXPECT_THAT(refused("GET", "/v1/parks/x", "").body, StartsWith(R"({"code":8,)"));
}

}  // namespace
}  // namespace kepu::gateway::testing::connect_test
