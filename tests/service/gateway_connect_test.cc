// Connect and gRPC-Web through a real gateway. Cases from the reading list of the Connect conformance suite:
// basic, errors, timeouts, connect_with_get, connect_server_unexpected, grpc_web_server_unexpected.
#include "tests/service/gateway_connect.h"

namespace kepu::gateway::testing::connect_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

}  // namespace
}  // namespace kepu::gateway::testing::connect_test
