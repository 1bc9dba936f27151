// Every method that is linked here, asked by REST with any query and body; and the headers that choose among
// forms and versions of an answer.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/gateway/connect/gzip.h"
#include "services/gateway/transcode/accept.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/request.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

namespace transcode = gateway::transcode;

const transcode::RouteTable& AllRoutes() {
  static const auto* const table = transcode::RouteTable::Make(transcode::LinkedServices())->release();
  return *table;
}

const transcode::AnswerWriter& Writer() {
  static const auto* const writer = new transcode::AnswerWriter(AllRoutes());
  return *writer;
}

std::string PathOf(const transcode::Route& route) {
  std::string path;
  for (const transcode::Segment& segment : route.path.segments)
    absl::StrAppend(&path, "/",
                    segment.kind == transcode::Segment::Kind::kLiteral ? segment.literal : std::string("x"));
  if (!route.path.verb.empty()) absl::StrAppend(&path, ":", route.path.verb);
  return path;
}

// Lines: which route, its query, its body. What is built is a message; what is refused can be told.
void RunTranscode(absl::string_view bytes) {
  std::vector<absl::string_view> lines = absl::StrSplit(bytes, absl::MaxSplits('\n', 2));
  lines.resize(3);
  uint32_t which = 0;
  if (!absl::SimpleAtoi(lines[0], &which)) return;
  const transcode::Route& route = *AllRoutes().routes()[which % AllRoutes().routes().size()];
  const std::string path = PathOf(route);
  const transcode::Match match = AllRoutes().Find(route.verb, path);
  Require(match.route != nullptr, "a route is found by its own path");
  const auto call =
      transcode::BuildRequest(match, {.query = lines[1], .body = lines[2], .peer = "192.0.2.1"});
  if (!call.ok()) {
    const transcode::Answer answer = Writer().Failure(call.status(), "application/problem+json");
    Require(answer.status >= 400 && answer.status < 500, "what is wrong is the caller's");
    return;
  }
  const std::unique_ptr<google::protobuf::Message> message(match.route->method->request->New());
  Require(message->ParseFromString(call->bytes), "a built request parses");
}

std::vector<std::string> TranscodeSeeds() {
  std::vector<std::string> seeds;
  for (size_t i = 0; i < AllRoutes().routes().size(); i += 7) {
    seeds.push_back(absl::StrCat(i, "\npageSize=5&orderBy=a%20desc&near.latitude=29.5&asOf=2026-12-01\n"));
    seeds.push_back(absl::StrCat(i,
                                 "\n\n{\"displayName\":{\"zh\":\"科普\"},\"tags\":[\"a\",1],\"startTime\":",
                                 "\"2026-12-05T01:00:00Z\",\"firstDate\":{\"year\":2026}}"));
  }
  return seeds;
}

// Lines: Accept, a list of tags, the tag that there is.
void RunChoice(absl::string_view bytes) {
  std::vector<absl::string_view> lines = absl::StrSplit(bytes, absl::MaxSplits('\n', 2));
  lines.resize(3);
  for (const char* type : {"application/json", "text/event-stream"}) {
    const double quality = transcode::AcceptQuality(lines[0], type);
    Require(quality == -1 || (quality >= 0 && quality <= 1), "a quality is from 0 to 1");
  }
  transcode::AcceptPrefers(lines[0], "application/problem+json", "application/json");
  const std::string only = transcode::OnlyTag(lines[1]);
  Require(only.size() <= lines[1].size(), "a tag stands in its header");
  const std::string tag = absl::StrCat("\"", transcode::TagOfBytes(lines[2]), "\"");
  Require(transcode::NamesTag(tag, tag), "a tag names itself");
  Require(transcode::NamesTag(absl::StrCat("W/", tag), tag), "weak or not");
  transcode::NamesTag(lines[1], tag);
  transcode::NamesTag(lines[1], lines[2]);
}

std::vector<std::string> ChoiceSeeds() {
  return {"application/problem+json;q=0.5, */*;q=0.1\n\"a\", W/\"b\"\n\"b\"",
          "text/event-stream;q=1.000\n*\n\"x\"", "a/b;c=\"d,e\";q=2\n\"a\n\"\""};
}

// Bytes that a caller says are packed: unpacked within their bound or refused as the caller's.
void RunGzip(absl::string_view bytes) {
  const auto unpacked = gateway::connect::Unpack("gzip", bytes);
  if (unpacked.ok()) {
    Require(unpacked->size() <= gateway::connect::kUnpackedBytesMax, "unpacking is bounded");
    return;
  }
  Require(unpacked.status().code() == absl::StatusCode::kInvalidArgument ||
              unpacked.status().code() == absl::StatusCode::kResourceExhausted,
          "what is wrong is the caller's");
}

std::vector<std::string> GzipSeeds() {
  // {"parent":"events/a"}, and nothing.
  return {
      std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\x48\x2c\x4a\xcd\x2b\x51\xb2\x52"
                  "\x4a\x2d\x03\xd2\xc5\xfa\x89\x4a\xb5\x00\xe1\xd8\xe4\x2a\x15\x00\x00\x00",
                  39),
      std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20)};
}

}  // namespace

std::vector<Target> GatewayWholeTargets() {
  return {{"transcode", RunTranscode, TranscodeSeeds},
          {"choice", RunChoice, ChoiceSeeds},
          {"gzip", RunGzip, GzipSeeds}};
}

}  // namespace kepu::fuzz
