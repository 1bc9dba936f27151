#include <algorithm>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/text/utf8.h"
#include "services/gateway/connect/error.h"
#include "services/gateway/connect/frame.h"
#include "services/gateway/connect/get_query.h"
#include "services/gateway/connect/gzip.h"
#include "services/gateway/connect/message.h"
#include "services/gateway/connect/shape.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/percent.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

namespace wire = gateway::connect;

bool IsCallersFault(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInvalidArgument ||
         status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kResourceExhausted;
}

const gateway::transcode::Method& CreateSession() {
  static const auto* const table =
      gateway::transcode::RouteTable::Make(
          {event::v1::CreateSessionRequest::descriptor()->file()->FindServiceByName("EventService")})
          ->release();
  for (const auto& method : table->methods())
    if (method.descriptor->name() == "CreateSession") return method;
  std::abort();
}

// The way of a framed request: out of its frame, unpacked, and read as either codec.
void RunFrame(absl::string_view bytes) {
  const auto frame = wire::ReadOnlyFrame(bytes);
  if (!frame.ok()) return Require(IsCallersFault(frame.status()), "a bad frame is the caller's");
  std::string again;
  wire::AppendFrame(frame->flags, frame->payload, again);
  Require(again == bytes, "the same frame is written again");
  const auto unpacked = wire::Unpack(frame->compressed() ? "gzip" : "", frame->payload);
  if (!unpacked.ok()) return Require(IsCallersFault(unpacked.status()), "bad gzip is the caller's");
  Require(!frame->compressed() || unpacked->size() <= wire::kUnpackedBytesMax, "unpacking is bounded");
  const wire::Beside beside = {"192.0.2.1", "key-1"};
  const auto json = wire::FromJson(CreateSession(), *unpacked, beside);
  Require(!json.ok() || json->has_request_id, "a key is taken");
  const auto proto = wire::FromBytes(CreateSession(), *unpacked, beside);
  if (!proto.ok()) return Require(IsCallersFault(proto.status()), "a bad message is the caller's");
  event::v1::CreateSessionRequest before, after;
  if (!before.ParseFromString(*unpacked)) return;
  Require(after.ParseFromString(proto->bytes), "what is added leaves a message");
  if (before.request_id().empty()) {
    Require(after.request_id() == "key-1", "the key is in the message");
  } else {
    Require(after.request_id() == before.request_id(), "the message's own key stays");
  }
}

std::vector<std::string> FrameSeeds() {
  event::v1::CreateSessionRequest request;
  request.set_parent("events/a");
  request.mutable_session()->set_place("venues/x");
  request.set_request_id("r-1");
  const std::string gzip = absl::HexStringToBytes(
      "1f8b0800000000000203ab562a482c4acd2b51b2524a2d03d2c5fa894ab500e1d8e42a15000000");
  std::vector<std::string> seeds(4);
  wire::AppendFrame(0, request.SerializeAsString(), seeds[0]);
  wire::AppendFrame(0, R"({"parent":"events/a","other":[{}]})", seeds[1]);
  wire::AppendFrame(1, gzip, seeds[2]);
  wire::AppendFrame(0, "", seeds[3]);
  return seeds;
}

// What decodes is what its pieces encode to.
void RunBase64(absl::string_view bytes) {
  const auto back = wire::DecodeBase64Text(absl::Base64Escape(bytes));
  Require(back.has_value() && *back == bytes, "decoding undoes encoding");
  const auto decoded = wire::DecodeBase64Text(bytes);
  if (!decoded) return;
  std::string pieces;
  size_t from = 0;
  for (size_t at = 4; at <= bytes.size(); at += 4) {
    if (bytes[at - 1] != '=' && at != bytes.size()) continue;
    std::string piece;
    Require(absl::Base64Unescape(bytes.substr(from, at - from), &piece), "each piece is base64");
    pieces += piece;
    from = at;
  }
  Require(pieces == *decoded, "the same as the pieces apart");
}

std::vector<std::string> Base64Seeds() { return {"YQ==Yg==Y2Q=", "AAAAAAUKA2E=", "YWJj", "YR==", "Y"}; }

void RunGetQuery(absl::string_view bytes) {
  const auto query = wire::ReadGetQuery(bytes);
  if (!query.ok()) return Require(IsCallersFault(query.status()), "a bad query is the caller's");
  Require(query->message.size() <= bytes.size(), "decoding does not grow");
  const auto again = wire::ReadGetQuery(
      absl::StrCat("message=", gateway::transcode::PercentEncode(query->message),
                   "&encoding=", gateway::transcode::PercentEncode(query->encoding),
                   "&connect=v1&compression=", gateway::transcode::PercentEncode(query->compression)));
  Require(again.ok() && *again == *query, "the same, written otherwise");
}

std::vector<std::string> GetQuerySeeds() {
  return {"connect=v1&encoding=json&message=%7B%22name%22%3A%22a+b%22%7D",
          "base64=1&message=CgNhYmM&compression=gzip&encoding=proto&connect=v1&x=y", "connect=v1&connect=v1"};
}

// Whatever a refusal says stays inside its JSON text and its trailer line.
void RunRefusal(absl::string_view given) {
  std::string bytes(given);
  // Our own reader takes no NUL, which is otherwise JSON.
  std::replace(bytes.begin(), bytes.end(), '\0', '0');
  google::rpc::Status plain;
  plain.set_code(5);
  plain.set_message(text::MendUtf8(bytes));
  google::rpc::Status status = plain;
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.LocalizedMessage");
  any.set_value(bytes);
  Require(gateway::transcode::JsonDocument::Parse(wire::EndOfStreamJson(status)).ok(), "it is JSON");
  for (const google::rpc::Status& one : {status, plain}) {
    const std::string lines = wire::TrailerLines(one);
    size_t count = 0;
    for (const char c : lines) {
      Require(c == '\r' || c == '\n' || (c >= ' ' && c <= '~'), "printable");
      count += c == '\n' || c == '\r';
    }
    Require(count == (one.details_size() > 0 ? 6u : 4u), "no line is broken");
  }
}

std::vector<std::string> RefusalSeeds() { return {"a\r\ngrpc-status: 0\r\n\r\n", "科普 100%", "\xff\"\\"}; }

void RunShape(absl::string_view bytes) {
  const auto shape = wire::ShapeOf(bytes);
  if (!shape) return;
  const auto again = wire::ShapeOf(shape->content_type);
  Require(again.has_value() && again->protocol == shape->protocol && again->codec == shape->codec,
          "an answer has the shape of its request");
}

std::vector<std::string> ShapeSeeds() {
  return {"application/json; charset=utf-8", "Application/Grpc-Web-Text+proto", "application/connect+json"};
}

}  // namespace

std::vector<Target> ConnectTargets() {
  return {{"connect_frame", RunFrame, FrameSeeds},
          {"connect_base64", RunBase64, Base64Seeds},
          {"connect_get", RunGetQuery, GetQuerySeeds},
          {"connect_refusal", RunRefusal, RefusalSeeds},
          {"connect_type", RunShape, ShapeSeeds}};
}

}  // namespace kepu::fuzz
