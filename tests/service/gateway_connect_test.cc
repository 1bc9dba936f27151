// Connect and gRPC-Web through a real gateway. Cases from the reading list of the Connect conformance suite:
// basic, errors, timeouts, connect_with_get, connect_server_unexpected, grpc_web_server_unexpected.
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/connect/connect_call.h"
#include "services/gateway/connect/frame.h"
#include "services/gateway/upstream/retry.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kProto[] = "application/proto";
constexpr char kJsonType[] = "application/json";
constexpr char kStreamProto[] = "application/connect+proto";
constexpr char kStreamJson[] = "application/connect+json";
constexpr char kWeb[] = "application/grpc-web+proto";
constexpr char kWebText[] = "application/grpc-web-text";

std::string PathOf(absl::string_view method) { return absl::StrCat("/kepu.test.v1.ParkService/", method); }

std::string PostText(absl::string_view path, absl::string_view type, absl::string_view body,
                     absl::string_view headers = "") {
  return absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: here\r\nContent-Type: ", type, "\r\n", headers,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

Reply Post(Harness& harness, absl::string_view method, absl::string_view type, absl::string_view body,
           absl::string_view headers = "") {
  Client client(harness.port());
  return client.Ask(PostText(PathOf(method), type, body, headers));
}

std::string Framed(absl::string_view payload, uint8_t flags = 0) {
  std::string frame;
  connect::AppendFrame(flags, payload, frame);
  return frame;
}

std::string NameBytes(const std::string& name) {
  test::v1::GetParkRequest request;
  request.set_name(name);
  return request.SerializeAsString();
}

test::v1::Park ParkIn(const std::string& bytes) {
  test::v1::Park park;
  EXPECT_TRUE(park.ParseFromString(bytes));
  return park;
}

struct Piece {
  int flags;
  std::string payload;
};

// The frames of an answer, to its last byte.
std::vector<Piece> Pieces(std::string body, bool text = false) {
  if (text) {
    const auto decoded = connect::DecodeBase64Text(body);
    EXPECT_TRUE(decoded.has_value()) << body;
    body = decoded.value_or("");
  }
  std::vector<Piece> pieces;
  while (body.size() >= 5) {
    size_t size = 0;
    for (size_t i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
    pieces.push_back({static_cast<unsigned char>(body[0]), body.substr(5, size)});
    body.erase(0, 5 + size);
  }
  EXPECT_EQ(body, "");
  return pieces;
}

// How a call was answered: "" when well, otherwise the code's number (gRPC-Web) or name (Connect).
std::string Outcome(const Reply& reply, absl::string_view type) {
  const bool web = absl::StartsWith(type, "application/grpc-web");
  if (web || absl::StartsWith(type, "application/connect")) {
    if (reply.status != 200) return absl::StrCat("http ", reply.status);
    const std::vector<Piece> pieces = Pieces(reply.body, absl::StrContains(type, "-text"));
    if (pieces.empty() || pieces.back().flags != (web ? 0x80 : 2)) return "no end";
    const std::string& end = pieces.back().payload;
    if (!web) return end == "{}" ? "" : end.substr(0, end.find("\",")).substr(18);
    const std::string code = end.substr(13, end.find("\r\n") - 13);
    return code == "0" ? "" : code;
  }
  if (reply.status == 200) return "";
  return reply.body.substr(0, reply.body.find("\",")).substr(9);
}

TEST(Connect, UnaryInProtoAndJson) {
  Harness harness;
  Client client(harness.port());
  Reply reply = client.Ask(PostText(PathOf("GetPark"), kProto, NameBytes("parks/x"),
                                    "Connect-Protocol-Version: 1\r\nx-request-id: r-1\r\n"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), kProto);
  EXPECT_EQ(reply.headers.at("x-request-id"), "r-1");
  EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
  EXPECT_EQ(ParkIn(reply.body).name(), "parks/x");
  reply = client.Ask(PostText(PathOf("GetPark"), "application/json; charset=utf-8",
                              R"({"name":"parks/x","later":{"a":[1]}})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), kJsonType);
  EXPECT_THAT(reply.body, StartsWith(R"({"name":"parks/x","displayName":"")"));
  EXPECT_EQ(harness.fake.seen().back().request, NameBytes("parks/x"));
  EXPECT_EQ(harness.fake.seen().back().method, PathOf("GetPark"));
  EXPECT_EQ(Post(harness, "GetPark", kProto, "").status, 200) << "an empty message is one";
}

TEST(Connect, BytesGoThroughAsTheyAre) {
  Harness harness;
  const std::string odd = NameBytes("parks/x") + std::string("\xf8\x07\x01", 3);
  harness.fake.On("GetPark", [](const FakeUpstream::Seen& seen, upstream::Done done) {
    done(rpc::PeerAnswer{seen.request, {.position = 77, .replayed = true}});
  });
  const Reply reply = Post(harness, "GetPark", kProto, odd);
  EXPECT_EQ(reply.body, odd);
  EXPECT_EQ(reply.headers.at("x-kepu-position"), "77");
  EXPECT_EQ(reply.headers.at("x-kepu-replayed"), "true");
  const Reply web = Post(harness, "GetPark", kWeb, Framed(odd));
  EXPECT_EQ(Pieces(web.body)[0].payload, odd);
  EXPECT_EQ(web.headers.at("x-kepu-position"), "77");
}

TEST(Connect, GrpcWebInBytesAndText) {
  Harness harness;
  for (const char* type :
       {"application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text+proto"}) {
    const bool text = absl::StrContains(type, "text");
    const std::string body = Framed(NameBytes("parks/x"));
    const Reply reply = Post(harness, "GetPark", type, text ? absl::Base64Escape(body) : body,
                             "X-Grpc-Web: 1\r\ngrpc-timeout: 500m\r\n");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("content-type"), type);
    const std::vector<Piece> pieces = Pieces(reply.body, text);
    ASSERT_EQ(pieces.size(), 2u);
    EXPECT_EQ(ParkIn(pieces[0].payload).name(), "parks/x");
    EXPECT_EQ(pieces[1].flags, 0x80);
    EXPECT_EQ(pieces[1].payload, "grpc-status: 0\r\n");
  }
  const Reply json = Post(harness, "GetPark", "application/grpc-web+json", Framed(R"({"name":"parks/x"})"));
  EXPECT_THAT(Pieces(json.body)[0].payload, StartsWith(R"({"name":"parks/x")"));
  // Two pieces of base64, each with its padding.
  const std::string frame = Framed(NameBytes("parks/x"));
  const Reply torn = Post(harness, "GetPark", kWebText,
                          absl::Base64Escape(frame.substr(0, 5)) + absl::Base64Escape(frame.substr(5)));
  EXPECT_EQ(Outcome(torn, kWebText), "");
}

TEST(Connect, EveryCodeInEveryShape) {
  Harness harness;
  const struct {
    const char* name;
    int http;
  } rows[] = {{"canceled", 499},
              {"unknown", 500},
              {"invalid_argument", 400},
              {"deadline_exceeded", 504},
              {"not_found", 404},
              {"already_exists", 409},
              {"permission_denied", 403},
              {"resource_exhausted", 429},
              {"failed_precondition", 400},
              {"aborted", 409},
              {"out_of_range", 400},
              {"unimplemented", 501},
              {"internal", 500},
              {"unavailable", 503},
              {"data_loss", 500},
              {"unauthenticated", 401}};
  for (int code = 1; code <= 16; ++code) {
    const auto& row = rows[code - 1];
    // With its reason, as every refusal of a service; without one it would be no answer.
    const auto status = refusal::Refuse(static_cast<absl::StatusCode>(code), "SHIFT_FULL");
    Refuse(harness, "GetPark", status);
    harness.fake.Stream([](int) { return std::nullopt; }, status);
    Reply reply = Post(harness, "GetPark", kProto, NameBytes("parks/x"));
    EXPECT_EQ(reply.status, row.http) << row.name;
    EXPECT_EQ(reply.headers.at("content-type"), kJsonType);
    EXPECT_EQ(Outcome(reply, kProto), row.name);
    EXPECT_EQ(reply.headers.count("www-authenticate"), row.http == 401 ? 1u : 0u);
    reply = Post(harness, "WatchPark", kStreamProto, Framed(NameBytes("parks/x")));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(Outcome(reply, kStreamProto), row.name);
    EXPECT_EQ(Outcome(Post(harness, "GetPark", kWeb, Framed("")), kWeb), absl::StrCat(code));
    EXPECT_EQ(Outcome(Post(harness, "WatchPark", kWebText, absl::Base64Escape(Framed(""))), kWebText),
              absl::StrCat(code));
  }
}

TEST(Connect, RefusalsCarryTheirDetailsInBothLanguages) {
  Harness harness;
  Refuse(harness, "GetPark",
         refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", absl::Seconds(3),
                           {{"service", "test"}}));
  const Reply reply = Post(harness, "GetPark", kJsonType, "{}");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.headers.at("retry-after"), "3");
  for (const char* type : {"ErrorInfo", "RetryInfo", "LocalizedMessage"})
    EXPECT_THAT(reply.body, HasSubstr(absl::StrCat(R"({"type":"google.rpc.)", type, R"(","value":")")));
  const Reply web = Post(harness, "GetPark", kWeb, Framed(""));
  EXPECT_EQ(web.headers.at("retry-after"), "3");
  const std::string lines = Pieces(web.body).back().payload;
  const size_t at = lines.find("grpc-status-details-bin: ");
  ASSERT_NE(at, std::string::npos) << lines;
  std::string bytes;
  google::rpc::Status status;
  ASSERT_TRUE(absl::Base64Unescape(lines.substr(at + 25, lines.size() - at - 27), &bytes));
  ASSERT_TRUE(status.ParseFromString(bytes));
  bool chinese = false;
  for (const auto& any : status.details()) {
    google::rpc::LocalizedMessage sentence;
    if (any.UnpackTo(&sentence) && sentence.locale() == "zh-CN")
      chinese = absl::StrContains(sentence.message(), "暂时不可用");
  }
  EXPECT_TRUE(chinese);
  Refuse(harness, "GetPark", absl::UnavailableError("10.0.0.7:1234 refused"));
  EXPECT_THAT(Post(harness, "GetPark", kJsonType, "{}").body, Not(HasSubstr("10.0.0.7")));
}

TEST(Connect, WhatIsNoRequestOfTheProtocol) {
  Harness harness;
  harness.fake.Stream([](int) { return std::nullopt; });
  const std::string name = NameBytes("parks/x");
  const struct {
    const char* method;
    const char* type;
    std::string body;
    const char* headers;
    const char* outcome;
  } rows[] = {
      {"WatchPark", kStreamProto, "", "", "unimplemented"},
      {"WatchPark", kStreamProto, Framed(name) + Framed(name), "", "unimplemented"},
      {"GetPark", kWeb, "", "", "12"},
      {"GetPark", kWeb, Framed(name) + Framed(name), "", "12"},
      {"WatchPark", kWeb, "", "", "12"},
      {"GetPark", kProto, name, "Content-Encoding: foo\r\n", "unimplemented"},
      {"GetPark", kWeb, Framed(name), "grpc-encoding: foo\r\n", "12"},
      {"WatchPark", kStreamProto, Framed(name), "Connect-Content-Encoding: foo\r\n", "unimplemented"},
      {"WatchPark", kStreamProto, Framed(name, 1), "Connect-Content-Encoding: identity\r\n", "internal"},
      {"GetPark", kWeb, Framed(name, 1), "grpc-encoding: identity\r\n", "13"},
      {"GetPark", kWeb, Framed(name, 1), "", "13"},
      {"GetPark", kWeb, Framed(name, 1), "grpc-encoding: gzip\r\n", "3"},
      {"GetPark", kWeb, Framed(name).substr(0, 6), "", "3"},
      {"GetPark", kWebText, "%%%%", "", "3"},
      {"GetPark", kWebText, "AAA", "", "3"},
      {"GetPark", kProto, "\n\xff", "", "invalid_argument"},
      {"GetPark", kJsonType, "", "", "invalid_argument"},
      {"GetPark", kJsonType, R"({"name":1})", "", "invalid_argument"},
      {"GetPark", kProto, name, "Connect-Protocol-Version: 2\r\n", "invalid_argument"},
      {"GetPark", kProto, name, "Connect-Timeout-Ms: soon\r\n", "invalid_argument"},
      {"GetPark", kProto, name, "Connect-Timeout-Ms: 12345678901\r\n", "invalid_argument"},
      {"GetPark", kWeb, Framed(name), "grpc-timeout: 5x\r\n", "3"},
      {"Sweep", kProto, "", "", "unimplemented"},
      {"Nothing", kJsonType, "{}", "", "unimplemented"},
      {"Sweep", kWeb, Framed(""), "", "12"},
  };
  for (const auto& row : rows) {
    const Reply reply = Post(harness, row.method, row.type, row.body, row.headers);
    std::string outcome = Outcome(reply, row.type);
    EXPECT_EQ(outcome, row.outcome) << row.method << " " << row.type << " " << row.headers << reply.body;
  }
  EXPECT_TRUE(harness.fake.seen().empty()) << "none of these reaches a service";
}

TEST(Connect, UnknownMethodsAndTypesByTheirStatus) {
  Harness harness;
  EXPECT_EQ(Post(harness, "Sweep", kProto, "").status, 404) << "for services only";
  EXPECT_EQ(Post(harness, "Nothing", kStreamJson, Framed("{}")).status, 404);
  EXPECT_EQ(Post(harness, "Nothing", kStreamJson, Framed("{}")).headers.at("content-type"), kJsonType);
  EXPECT_EQ(Post(harness, "Sweep", "image/png", "x").status, 404);
  EXPECT_EQ(Post(harness, "Sweep", kProto, "").body.find("Sweep") != std::string::npos,
            Post(harness, "Never", kProto, "").body.find("Never") != std::string::npos);
  Client client(harness.port());
  EXPECT_EQ(client.Ask(PostText("/kepu.other.v1.Other/Do", kProto, "")).status, 404);
  for (const char* type : {"image/jpeg", "application/foo", "application/grpc-web+foo", "application/grpc",
                           kStreamProto, "application/json; charset=gbk"}) {
    const Reply reply = Post(harness, "GetPark", type, "12345678");
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_THAT(reply.headers.at("accept-post"), HasSubstr("application/proto"));
    EXPECT_THAT(reply.body, StartsWith("{\"code\":3,")) << "not Connect's: it was none of it";
  }
  for (const char* type : {kProto, kJsonType})
    EXPECT_EQ(Post(harness, "WatchPark", type, "{}").status, 415) << type;
  const Reply compression = Post(harness, "GetPark", kProto, "", "Content-Encoding: br\r\n");
  EXPECT_EQ(compression.status, 501);
  EXPECT_EQ(compression.headers.at("accept-encoding"), "gzip");
  EXPECT_TRUE(harness.fake.seen().empty());
}

TEST(Connect, OtherVerbs) {
  Harness harness;
  const Reply reply = harness.Ask("DELETE", PathOf("GetPark"));
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(harness.Ask("PUT", PathOf("CreatePark")).headers.at("allow"), "OPTIONS, POST");
  EXPECT_EQ(harness.Ask("OPTIONS", PathOf("GetPark")).status, 204);
  for (const char* method : {"CreatePark", "WatchPark", "OpenGate", "ClosePark"}) {
    const Reply get = harness.Ask("GET", PathOf(method) + "?connect=v1&encoding=json&message=%7B%7D");
    EXPECT_EQ(get.status, 405) << method << ": has effects, streams, or carries a secret";
  }
  EXPECT_EQ(harness.Ask("GET", PathOf("Sweep") + "?connect=v1&encoding=json&message=%7B%7D").status, 404);
  EXPECT_TRUE(harness.fake.seen().empty());
}

TEST(Connect, GetIsCacheable) {
  Harness harness;
  const std::string json = PathOf("GetPark") + "?message=%7B%22name%22%3A%22parks%2Fx%22%7D&encoding=json";
  Reply reply = harness.Ask("GET", json + "&connect=v1&x=y");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith(R"({"name":"parks/x")"));
  EXPECT_EQ(reply.headers.at("cache-control"), "no-cache");
  const std::string etag = reply.headers.at("etag");
  const Reply again =
      harness.Ask("GET", json + "&connect=v1", absl::StrCat("If-None-Match: W/\"a\", ", etag, "\r\n"));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  const Reply other = harness.Ask("GET", PathOf("GetPark") + "?message=%7B%7D&encoding=json&connect=v1",
                                  absl::StrCat("If-None-Match: ", etag, "\r\n"));
  EXPECT_EQ(other.status, 200) << "another answer";
  KnowLan(harness);
  reply = harness.Ask("GET", json + "&connect=v1", kLogin);
  EXPECT_EQ(reply.headers.at("cache-control"), "no-store") << "may hold what only its reader may see";
  const std::string bytes = NameBytes("parks/x");
  reply = harness.Ask("GET", absl::StrCat(PathOf("GetPark"), "?connect=v1&encoding=proto&base64=1&message=",
                                          absl::WebSafeBase64Escape(bytes)));
  EXPECT_EQ(reply.headers.at("content-type"), kProto);
  EXPECT_EQ(ParkIn(reply.body).name(), "parks/x");
  EXPECT_EQ(harness.Ask("HEAD", json + "&connect=v1").status, 200);
}

TEST(Connect, GetThatIsWrong) {
  Harness harness;
  const auto ask = [&](const std::string& query) {
    return harness.Ask("GET", absl::StrCat(PathOf("GetPark"), "?", query));
  };
  EXPECT_EQ(ask("connect=v1&encoding=json&message=%7B").status, 400);
  EXPECT_EQ(ask("encoding=json&message=%7B%7D").status, 400);
  EXPECT_EQ(ask("connect=v1&encoding=text&message=x").status, 415);
  const Reply reply = ask("connect=v1&encoding=json&message=%7B%7D&compression=br");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, StartsWith(R"({"code":"unimplemented")"));
  EXPECT_EQ(ask("connect=v1&encoding=json&message=%7B%7D&compression=identity").status, 200);
  EXPECT_EQ(harness.fake.seen().size(), 1u);
}

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
}  // namespace kepu::gateway::testing
