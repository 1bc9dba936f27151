// The forms of Connect and gRPC-Web on the wire. Cases from the reading list of the Connect conformance
// suite.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/io/gzip_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "kepu/test/v1/park.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/connect/error.h"
#include "services/gateway/connect/frame.h"
#include "services/gateway/connect/get_query.h"
#include "services/gateway/connect/gzip.h"
#include "services/gateway/connect/message.h"
#include "services/gateway/connect/shape.h"
#include "services/gateway/transcode/json_value.h"
#include "tests/unit/park_routes.h"

namespace kepu::gateway::connect {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string FrameOf(uint8_t flags, absl::string_view payload) {
  std::string out;
  AppendFrame(flags, payload, out);
  return out;
}

TEST(ConnectFrame, OneMessageExactly) {
  const std::string long_one(70000, 'x');
  for (const std::string& payload : {std::string(), std::string("abc"), long_one}) {
    const std::string bytes = FrameOf(0, payload);
    ASSERT_EQ(bytes.size(), payload.size() + 5);
    const auto frame = ReadOnlyFrame(bytes);
    ASSERT_TRUE(frame.ok()) << frame.status();
    EXPECT_EQ(frame->payload, payload);
    EXPECT_FALSE(frame->compressed());
  }
  EXPECT_EQ(FrameOf(2, "{}"), std::string("\2\0\0\0\2{}", 7));
  EXPECT_EQ(FrameOf(0, long_one).substr(0, 5), std::string("\0\0\1\x11\x70", 5));
  EXPECT_TRUE(ReadOnlyFrame(FrameOf(1, "z"))->compressed());
}

TEST(ConnectFrame, WhatIsNotOneMessage) {
  const struct {
    std::string bytes;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {"", absl::StatusCode::kUnimplemented, "FRAME_COUNT"},
      {FrameOf(0, "a") + FrameOf(0, "b"), absl::StatusCode::kUnimplemented, "FRAME_COUNT"},
      {FrameOf(0, "a") + "b", absl::StatusCode::kUnimplemented, "FRAME_COUNT"},
      {std::string("\0\0\0", 3), absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE"},
      {FrameOf(0, "abc").substr(0, 7), absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE"},
      {FrameOf(2, "{}"), absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE"},
      {FrameOf(0x80, "grpc-status: 0"), absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE"},
      {std::string("\0\xff\xff\xff\xff", 5), absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE"},
  };
  for (const auto& row : rows) {
    const auto frame = ReadOnlyFrame(row.bytes);
    EXPECT_EQ(frame.status().code(), row.code) << absl::CEscape(row.bytes);
    EXPECT_EQ(refusal::ReasonOf(frame.status()), row.reason) << absl::CEscape(row.bytes);
  }
}

TEST(ConnectFrame, Base64InOnePieceOrSeveral) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeBase64Text(absl::Base64Escape(bytes.substr(0, size))), bytes.substr(0, size));
  }
  EXPECT_EQ(DecodeBase64Text("YQ==Yg==Y2Q="), "abcd") << "each piece has its own padding";
  for (const char* bad : {"YQ", "YQ=", "YQ=a", "====", "Y===", "YR==", "Y2R=", "YQ-_", "YQ==\n", "Y Q="}) {
    EXPECT_EQ(DecodeBase64Text(bad), std::nullopt) << bad;
  }
}

TEST(ConnectShape, ByContentType) {
  EXPECT_EQ(ShapeOf("application/proto")->codec, Codec::kProto);
  EXPECT_FALSE(ShapeOf("application/proto")->framed());
  EXPECT_EQ(ShapeOf("Application/JSON; Charset=UTF-8")->content_type, "application/json");
  EXPECT_EQ(ShapeOf("application/connect+json")->protocol, Protocol::kConnectStream);
  EXPECT_EQ(ShapeOf("application/grpc-web")->codec, Codec::kProto);
  EXPECT_EQ(ShapeOf("application/grpc-web+json")->codec, Codec::kJson);
  EXPECT_FALSE(ShapeOf("application/grpc-web+proto")->connect());
  EXPECT_TRUE(ShapeOf("application/grpc-web-text+proto")->text);
  EXPECT_EQ(ShapeOf("application/grpc-web-text")->content_type, "application/grpc-web-text");
  for (const char* none :
       {"", "image/jpeg", "application/foo", "application/grpc-web+foo", "application/grpc", "text/plain",
        "application/connect+foo", "application/json; charset=gbk", "application/grpc-web-text+json"}) {
    EXPECT_EQ(ShapeOf(none), std::nullopt) << none;
  }
  EXPECT_EQ(ShapeOfEncoding("json")->content_type, "application/json");
  EXPECT_EQ(ShapeOfEncoding("connect+json"), std::nullopt);
  for (const absl::string_view types : {TypesOfUnary(), TypesOfStreams()}) {
    for (const absl::string_view type : absl::StrSplit(types, ", "))
      EXPECT_TRUE(ShapeOf(type).has_value()) << type;
  }
}

TEST(ConnectGet, AnyOrderAndWhatIsUnknownIsIgnored) {
  const GetQuery json = {"json", "", R"({"name":"parks/x y"})"};
  EXPECT_EQ(*ReadGetQuery("connect=v1&encoding=json&message=%7B%22name%22%3A%22parks%2Fx%20y%22%7D"), json);
  EXPECT_EQ(*ReadGetQuery("message=%7B%22name%22:%22parks/x+y%22%7D&x=1&encoding=json&y&connect=v1"), json);
  const GetQuery proto = {"proto", "gzip", std::string("\n\xff\xfe\0", 4)};
  EXPECT_EQ(*ReadGetQuery("base64=1&message=Cv_-AA&compression=gzip&encoding=proto&connect=v1"), proto);
  EXPECT_EQ(*ReadGetQuery("base64=1&message=Cv_-AA%3D%3D&compression=gzip&encoding=proto&connect=v1"), proto);
  EXPECT_EQ(*ReadGetQuery("message=%0A%FF%FE%00&compression=gzip&encoding=proto&connect=v1"), proto);
  EXPECT_EQ(ReadGetQuery("connect=v1&encoding=proto&message=")->message, "") << "an empty message is one";
}

TEST(ConnectGet, WhatIsWrongIsNamed) {
  const struct {
    const char* query;
    const char* field;
  } rows[] = {
      {"", "connect"},
      {"encoding=json&message={}", "connect"},
      {"connect=v2&encoding=json&message={}", "connect"},
      {"connect=v1&message={}", "encoding"},
      {"connect=v1&encoding=json", "message"},
      {"connect=v1&encoding=json&message={}&message={}", "message"},
      {"connect=v1&encoding=json&message=%7", "message"},
      {"connect=v1&encoding=proto&message=*&base64=1", "message"},
      {"connect=v1&encoding=proto&message=&base64=yes", "base64"},
  };
  for (const auto& row : rows) {
    const auto query = ReadGetQuery(row.query);
    EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument) << row.query;
    EXPECT_THAT(std::string(query.status().message()), StartsWith(row.field)) << row.query;
  }
}

std::string Gzip(absl::string_view bytes) {
  std::string out;
  google::protobuf::io::StringOutputStream to(&out);
  google::protobuf::io::GzipOutputStream gzip(&to);
  void* piece = nullptr;
  int size = 0;
  while (!bytes.empty() && gzip.Next(&piece, &size)) {
    const size_t part = std::min(bytes.size(), static_cast<size_t>(size));
    std::copy_n(bytes.begin(), part, static_cast<char*>(piece));
    gzip.BackUp(size - static_cast<int>(part));
    bytes.remove_prefix(part);
  }
  gzip.Close();
  return out;
}

TEST(ConnectGzip, WithinItsBounds) {
  EXPECT_EQ(*Unpack("", "as it is"), "as it is");
  EXPECT_EQ(*Unpack("identity", "as it is"), "as it is");
  EXPECT_EQ(*Unpack("gzip", ""), "");
  std::string text;
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&text, i * 7919 % 9973, ",");
  EXPECT_EQ(*Unpack("GZIP", Gzip(text)), text);
  EXPECT_EQ(*Unpack("gzip", Gzip(std::string(4000, 'a'))), std::string(4000, 'a')) << "small ones are free";
  const auto bomb = Unpack("gzip", Gzip(std::string(size_t{10} << 20, 'a')));
  EXPECT_EQ(bomb.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Unpack("gzip", Gzip(std::string(30000, 'a'))).status().code(),
            absl::StatusCode::kResourceExhausted)
      << "more than tenfold";
  const std::string packed = Gzip(text);
  for (const std::string& bad : {std::string("plain"), packed.substr(0, packed.size() / 2),
                                 packed.substr(0, packed.size() - 4), packed.substr(1)}) {
    EXPECT_EQ(Unpack("gzip", bad).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Unpack("br", "x").status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(Unpack("foo", "").status().code(), absl::StatusCode::kUnimplemented);
}

google::rpc::Status Sample() {
  google::rpc::Status wire = refusal::ToWire(refusal::NotFound("parks/\"x\"\r\ngrpc-status: 0"));
  google::rpc::Status inner;
  inner.set_message("10.0.0.7");
  wire.add_details()->PackFrom(inner);
  return wire;
}

TEST(ConnectError, CodesByName) {
  const char* names[] = {
      "canceled",       "unknown",           "invalid_argument",   "deadline_exceeded",   "not_found",
      "already_exists", "permission_denied", "resource_exhausted", "failed_precondition", "aborted",
      "out_of_range",   "unimplemented",     "internal",           "unavailable",         "data_loss",
      "unauthenticated"};
  for (int code = 1; code <= 16; ++code) EXPECT_EQ(CodeName(code), names[code - 1]);
  EXPECT_EQ(CodeName(17), "unknown");
  EXPECT_EQ(CodeName(-1), "unknown");
}

TEST(ConnectError, JsonWithTheDetailsThatAreForCallers) {
  const google::rpc::Status sample = Sample();
  const std::string json = ErrorJson(sample);
  EXPECT_THAT(json, StartsWith(R"({"code":"not_found","message":"parks/\"x\"\r\n)"));
  const auto document = transcode::JsonDocument::Parse(json);
  ASSERT_TRUE(document.ok()) << document.status();
  const auto* details = document->Member(document->root(), "details");
  int count = 0;
  std::vector<std::string> languages;
  for (const auto* one = document->First(*details); one != nullptr; one = document->Next(*one), ++count) {
    const absl::string_view value = document->Member(*one, "value")->text;
    EXPECT_EQ(value.find('='), absl::string_view::npos);
    if (document->Member(*one, "type")->text != "google.rpc.LocalizedMessage") continue;
    std::string bytes;
    google::rpc::LocalizedMessage sentence;
    ASSERT_TRUE(absl::Base64Unescape(value, &bytes) && sentence.ParseFromString(bytes));
    languages.push_back(sentence.locale());
  }
  EXPECT_EQ(count, 3);
  EXPECT_THAT(languages, ::testing::ElementsAre("zh-CN", "en"));
  EXPECT_THAT(json, Not(HasSubstr("google.rpc.Status")));
  EXPECT_EQ(EndOfStreamJson({}), "{}");
  EXPECT_EQ(EndOfStreamJson(sample), absl::StrCat("{\"error\":", json, "}"));
}

TEST(ConnectError, TrailersCannotBeBrokenOutOf) {
  EXPECT_EQ(TrailerLines({}), "grpc-status: 0\r\n");
  google::rpc::Status plain;
  plain.set_code(5);
  plain.set_message("找不到 50%\n");
  EXPECT_EQ(TrailerLines(plain), "grpc-status: 5\r\ngrpc-message: %E6%89%BE%E4%B8%8D%E5%88%B0 50%25%0A\r\n");
  const std::string lines = TrailerLines(Sample());
  const std::vector<std::string> parts = absl::StrSplit(lines, "\r\n");
  ASSERT_EQ(parts.size(), 4u) << lines;
  EXPECT_EQ(parts[0], "grpc-status: 5");
  EXPECT_THAT(parts[1], HasSubstr("%0D%0Agrpc-status: 0"));
  ASSERT_THAT(parts[2], StartsWith("grpc-status-details-bin: "));
  std::string bytes;
  google::rpc::Status back;
  ASSERT_TRUE(absl::Base64Unescape(parts[2].substr(25), &bytes) && back.ParseFromString(bytes));
  EXPECT_EQ(back.message(), Sample().message());
  EXPECT_EQ(back.details_size(), Sample().details_size() - 1) << "what is not for callers stays here";
}

const transcode::Method& MethodNamed(const std::string& name) {
  for (const transcode::Method& method : transcode::Table().methods())
    if (method.descriptor->name() == name) return method;
  std::abort();
}

TEST(ConnectMessage, WhatACallerMayNotSayIsOverwritten) {
  test::v1::CloseParkRequest request;
  request.set_name("parks/x");
  request.set_client_address("1.1.1.1");
  const transcode::Method& close = MethodNamed("ClosePark");
  auto ready = FromBytes(close, request.SerializeAsString(), {"192.0.2.7", ""});
  ASSERT_TRUE(ready.ok());
  EXPECT_FALSE(ready->has_request_id);
  test::v1::CloseParkRequest seen;
  ASSERT_TRUE(seen.ParseFromString(ready->bytes));
  EXPECT_EQ(seen.client_address(), "192.0.2.7");
  EXPECT_EQ(seen.name(), "parks/x");

  ready = FromBytes(close, request.SerializeAsString(), {"192.0.2.7", "key-1"});
  ASSERT_TRUE(seen.ParseFromString(ready->bytes));
  EXPECT_TRUE(ready->has_request_id);
  EXPECT_EQ(seen.request_id(), "key-1");
  request.set_request_id("own");
  ready = FromBytes(close, request.SerializeAsString(), {"192.0.2.7", "key-1"});
  ASSERT_TRUE(seen.ParseFromString(ready->bytes));
  EXPECT_EQ(seen.request_id(), "own") << "the message says it itself";
  EXPECT_FALSE(FromBytes(close, "", {"192.0.2.7", std::string(65, 'k')}).ok());
  ready =
      FromJson(close, R"({"name":"parks/x","clientAddress":"1.1.1.1","requestId":"own"})", {"192.0.2.7", ""});
  ASSERT_TRUE(seen.ParseFromString(ready->bytes));
  EXPECT_EQ(seen.client_address(), "192.0.2.7");
  EXPECT_TRUE(ready->has_request_id);
}

TEST(ConnectMessage, BytesPassAsTheyAre) {
  const transcode::Method& get = MethodNamed("GetPark");
  test::v1::GetParkRequest request;
  request.set_name("parks/x");
  const std::string bytes = request.SerializeAsString() + std::string("\xf8\x07\x01", 3);
  EXPECT_EQ(FromBytes(get, bytes, {"192.0.2.7", "key"})->bytes, bytes) << "unknown fields and all";
  EXPECT_EQ(FromBytes(get, "", {})->bytes, "");
  for (const std::string& bad : {std::string("\n\xff"), std::string("\0", 1), std::string("\x0f"),
                                 std::string("\n\x05x"), std::string("\xff\xff\xff\xff\xff\xff")}) {
    const auto ready = FromBytes(get, bad, {});
    EXPECT_EQ(refusal::ReasonOf(ready.status()), "MESSAGE_UNREADABLE") << absl::CEscape(bad);
  }
}

TEST(ConnectMessage, JsonIgnoresWhatItDoesNotKnow) {
  const transcode::Method& create = MethodNamed("CreatePark");
  const auto ready =
      FromJson(create, R"({"park":{"display_name":"科","planet":{"x":[1]}},"other":1})", {"", "key-1"});
  ASSERT_TRUE(ready.ok()) << ready.status();
  test::v1::CreateParkRequest request;
  ASSERT_TRUE(request.ParseFromString(ready->bytes));
  EXPECT_EQ(request.park().display_name(), "科");
  EXPECT_EQ(request.request_id(), "key-1");
  for (const char* bad : {"", "[]", "{", R"({"park":1})", R"({"park":{"state":"NOWHERE"}})"}) {
    EXPECT_EQ(FromJson(create, bad, {}).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace kepu::gateway::connect
