#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/message_differencer.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/json_read.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/path_template.h"
#include "services/gateway/transcode/percent.h"
#include "services/gateway/transcode/request.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

using event::v1::CreateSessionRequest;
using gateway::transcode::JsonDocument;

// What was read is written and read again as the same message.
void RunJson(absl::string_view bytes) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(bytes);
  if (!document.ok() || document->root().kind != gateway::transcode::JsonValue::Kind::kObject) return;
  CreateSessionRequest message;
  refusal::FieldErrors errors;
  gateway::transcode::ReadMessage(*document, document->root(), "", {}, message, errors);
  gateway::transcode::MaskOf(*document, document->root(), *CreateSessionRequest::descriptor());
  if (!errors.empty()) return;
  static const auto* const writer = [] {
    auto* made = new gateway::transcode::JsonWriter;
    made->Prepare(*CreateSessionRequest::descriptor());
    return made;
  }();
  std::string text;
  writer->Write(message, text);
  if (text.size() > gateway::transcode::kJsonBytesMax) return;
  const absl::StatusOr<JsonDocument> again = JsonDocument::Parse(text);
  Require(again.ok(), "what we write we can read");
  CreateSessionRequest same;
  gateway::transcode::ReadMessage(*again, again->root(), "", {}, same, errors);
  Require(errors.empty(), "what we write breaks no rule");
  Require(google::protobuf::util::MessageDifferencer::Equals(message, same), "the message comes back");
}

std::vector<std::string> JsonSeeds() {
  return {R"({"parent":"events/a","session":{"place":"venues/cqstm","startTime":"2026-12-05T01:00:00Z",)"
          R"("pools":[{"id":"all","capacity":40,"kinds":["SCHOOL",1]}],"party_min":"3"},"requestId":"r-1"})",
          R"({"session":{"pools":[]},"validateOnly":true,"\u0070arent":"\ud83d\ude00"})", "[1e5,-0.0,null]"};
}

const gateway::transcode::RouteTable& Table() {
  static const auto* const table =
      gateway::transcode::RouteTable::Make(
          {CreateSessionRequest::descriptor()->file()->FindServiceByName("EventService")})
          ->release();
  return *table;
}

// Lines: verb, path, query, body, Idempotency-Key.
void RunRest(absl::string_view bytes) {
  std::vector<absl::string_view> parts = absl::StrSplit(bytes, absl::MaxSplits('\n', 4));
  parts.resize(5);
  const gateway::transcode::Match match = Table().Find(parts[0], parts[1]);
  if (match.route == nullptr) return;
  const auto call = gateway::transcode::BuildRequest(
      match, {.query = parts[2], .body = parts[3], .idempotency_key = parts[4], .peer = "192.0.2.1"});
  if (!call.ok()) {
    Require(call.status().code() == absl::StatusCode::kInvalidArgument, "what is wrong is the caller's");
    return;
  }
  const std::unique_ptr<google::protobuf::Message> message(match.route->method->request->New());
  Require(message->ParseFromString(call->bytes), "a built request parses");
}

std::vector<std::string> RestSeeds() {
  return {"POST\n/v1/events/a/sessions\n\n{\"place\":\"venues/x\"}\nkey-1",
          "GET\n/v1/events/a/sessions\npageSize=5&page_token=x%20y\n\n",
          "POST\n/v1/events/a/sessions/b/bookings:hold\nbooking.party.adults=2\n{}\n",
          "GET\n/v1/events/-/sessions/%2D/bookings/x\n\n\n"};
}

void RunTemplate(absl::string_view bytes) {
  const auto parsed = gateway::transcode::ParseTemplate(bytes);
  if (!parsed.ok()) return;
  for (const auto& variable : parsed->variables)
    Require(variable.begin < variable.end && variable.end <= parsed->segments.size(),
            "variables cover segments");
}

std::vector<std::string> TemplateSeeds() {
  return {"/v1/{name=events/*/sessions/*}:hold", "/v1/{a.b=**}", "/v1/*/x/{c}"};
}

// Decoding undoes encoding, and never makes text longer.
void RunPercent(absl::string_view bytes) {
  const auto back = gateway::transcode::PercentDecode(gateway::transcode::PercentEncode(bytes), {});
  Require(back.has_value() && *back == bytes, "decoding undoes encoding");
  for (const bool plus : {false, true}) {
    const auto decoded =
        gateway::transcode::PercentDecode(bytes, {.plus_is_space = plus, .keep_slash = !plus});
    Require(!decoded || decoded->size() <= bytes.size(), "decoding does not grow");
  }
}

std::vector<std::string> PercentSeeds() { return {"a%20b+c%2Fd", "%", "%e7%a7%91%zz"}; }

}  // namespace

std::vector<Target> GatewayTargets() {
  return {{"json", RunJson, JsonSeeds},
          {"rest", RunRest, RestSeeds},
          {"template", RunTemplate, TemplateSeeds},
          {"percent", RunPercent, PercentSeeds}};
}

}  // namespace kepu::fuzz
