// One table for each rule of REST: paths, queries, bodies, conditions and what is asked for by Accept, on a
// service with the rarer shapes.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "kepu/test/v1/reef.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/accept.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/request.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/unit/park_routes.h"

namespace kepu::gateway::transcode {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

const RouteTable& Reefs() {
  test::v1::Reef::descriptor();
  static const auto* const table = RouteTable::Make({ServiceNamed("ReefService")})->release();
  return *table;
}

const AnswerWriter& ReefWriter() {
  static const auto* const writer = new AnswerWriter(Reefs());
  return *writer;
}

// The method a request leads to, or the verbs that its path knows.
std::string Leads(absl::string_view verb, absl::string_view path) {
  const Match match = Reefs().Find(verb, path);
  if (match.route != nullptr) return match.route->method->descriptor->name();
  return match.allowed.empty() ? "404" : absl::StrJoin(match.allowed, ",");
}

absl::StatusOr<RestCall> Ask(absl::string_view verb, absl::string_view target, RestRequest request = {}) {
  const size_t mark = target.find('?');
  const Match match = Reefs().Find(verb, target.substr(0, mark));
  if (match.route == nullptr) return absl::NotFoundError(target);
  if (mark != absl::string_view::npos) request.query = target.substr(mark + 1);
  return BuildRequest(match, request);
}

// The request as text, or what is wrong with it.
template <class Request>
std::string Asked(absl::string_view verb, absl::string_view target, RestRequest request = {}) {
  const absl::StatusOr<RestCall> call = Ask(verb, target, request);
  if (!call.ok()) return std::string(call.status().message());
  Request message;
  EXPECT_TRUE(message.ParseFromString(call->bytes));
  return message.ShortDebugString();
}

std::string Filtered(absl::string_view query) {
  return Asked<test::v1::ListReefsRequest>("GET", absl::StrCat("/v1/reefs?", query));
}

TEST(RestPaths, VerbsOfEveryKind) {
  const std::vector<std::array<const char*, 3>> cases = {
      {"GET", "/v1/reefs/a", "GetReef"},
      {"HEAD", "/v1/reefs/a", "GetReef"},
      {"GET", "/v1/seas/s/reefs/a", "GetReef"},
      {"PUT", "/v1/reefs/a", "ReplaceReef"},
      {"PATCH", "/v1/reefs/a", "ReplaceReef"},
      {"PUT", "/v1/reefs/a/title", "RenameReef"},
      {"SURVEY", "/v1/reefs/a", "SurveyReef"},
      {"survey", "/v1/reefs/a", "GET,HEAD,OPTIONS,PATCH,PUT,SURVEY"},
      {"DELETE", "/v1/reefs/a", "GET,HEAD,OPTIONS,PATCH,PUT,SURVEY"},
      {"GET", "/v1/reefs:find", "FindReefs"},
      {"BREW", "/v1/reefs:find", "FindReefs"},
      {"HEAD", "/v1/reefs:find", "FindReefs"},
      {"OPTIONS", "/v1/reefs:find", "OPTIONS"},
      {"POST", "/v1/reefs/a/title", "OPTIONS,PUT"},
      {"GET", "/v1/reefs/a:fly", "404"},
      {"GET", "/v1/reefs/a/b:c:watch", "404"},
      {"GET", "/v1/reefs/b:c:watch", "WatchReef"},
  };
  for (const auto& [verb, path, method] : cases) EXPECT_EQ(Leads(verb, path), method) << verb << " " << path;
}

TEST(RestPaths, RestOfAPathBeforeItsVerb) {
  using Log = test::v1::ReadLogRequest;
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"/v1/reefs/a/logs/2026/05:read", R"(reef: "a" path: "2026/05")"},
      {"/v1/reefs/a/logs:read", R"(reef: "a")"},
      {"/v1/reefs/a%2Fb/logs/c%2Fd%20e/f+g:read", R"(reef: "a/b" path: "c%2Fd e/f+g")"},
      {"/v1/reefs/a/logs/x%3Ay:read", R"(reef: "a" path: "x:y")"},
      {"/v1/reefs/a/logs/x:y:read", R"(reef: "a" path: "x:y")"},
      {"/v1/reefs/%E7%A7%91/logs/%e6%99%ae:read", R"(reef: "\347\247\221" path: "\346\231\256")"},
      {"/v1/reefs/a/logs/%2e%2e/x:read", R"(reef: "a" path: "../x")"},
      {"/v1/reefs/a/logs//x:read", "/v1/reefs/a/logs//x:read"},
      {"/v1/reefs/a/logs/%zz:read", "path: cannot be decoded"},
      {"/v1/reefs/%C3/logs/a:read", "reef: cannot be decoded"},
  };
  for (const auto& [path, message] : cases) EXPECT_EQ(Asked<Log>("GET", path), message) << path;
}

TEST(RestQuery, LeavesOfEveryType) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"circle.centre.north=1.5&circle.radiusM=3", "circle { centre { north: 1.5 } radius_m: 3 }"},
      {"circle.radius_m=3&circle.centre.east=-2", "circle { centre { east: -2 } radius_m: 3 }"},
      {"seen=2026-05-01T00:00:00Z&seen=1970-01-01T00:00:01.5Z",
       "seen { seconds: 1777593600 } seen { seconds: 1 nanos: 500000000 }"},
      {"tides=-1.5s&tides=90s", "tides { seconds: -1 nanos: -500000000 } tides { seconds: 90 }"},
      {"fish=0", "fish { }"},
      {"fish=-9223372036854775808", "fish { value: -9223372036854775808 }"},
      {"mark=aGk%3D&digest=aGk", R"(mark { value: "hi" } digest: "hi")"},
      {"digest=-_8", R"(digest: "\373\377")"},
      {"kinds=ATOLL&kinds=1&kinds=7", "kinds: ATOLL kinds: FRINGE kinds: 7"},
      {"level=-3&buoys=4294967295&slope=0.5", "level: -3 buoys: 4294967295 slope: 0.5"},
      {"alive=false", "alive: false"},
      {"readMask=first.north,title", R"(read_mask { paths: "first.north" paths: "title" })"},
      {"warmth=Infinity", "warmth { value: inf }"},
      {"odd=x", R"(odd_name_2x: "x")"},
      {"odd_name_2x=x", R"(odd_name_2x: "x")"},
      {"sea=", R"(sea: "")"},
      {"sea=%26%3D%3F%23", R"(sea: "&=?#")"},
      {"sea=a=b", R"(sea: "a=b")"},
      {"sea=%E7%A7%91+%E6%99%AE", R"(sea: "\347\247\221 \346\231\256")"},
  };
  for (const auto& [query, message] : cases) EXPECT_EQ(Filtered(query), message) << query;
}

TEST(RestQuery, WhatIsNoLeafOrNoValue) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"circle=x", "circle: cannot be given in a query"},
      {"circle.centre=x", "circle.centre: cannot be given in a query"},
      {"circle.centre.parts.north=1", "is not a parameter"},
      {"circle.centre.parts=1", "circle.centre.parts: cannot be given in a query"},
      {"fish.value=1", "fish.value: is not a parameter"},
      {"seen=soon", "seen: must be a time like"},
      {"seen=2026-02-30T00:00:00Z", "seen: must be a time like"},
      {"buoys=-1", "buoys: must be a whole number from 0"},
      {"buoys=4294967296", "buoys: must be a whole number from 0"},
      {"level=1.0", "level: must be a whole number"},
      {"level=", "level: must be a whole number"},
      {"alive=TRUE", "alive: must be true or false"},
      {"alive", "alive: must be true or false"},
      {"kinds=atoll", "kinds: must be one of"},
      {"kinds=", "kinds: must be one of"},
      {"slope=1e39", "slope: must be a number that fits"},
      {"digest=%25", "digest: must be base64"},
      {"oddName2x=x&Odd=x", "Odd: is not a parameter"},
      {"sea=a&sea=b", "sea: is given twice"},
      {"page_size=1;page_token=2", "page_size: must be a whole"},
  };
  for (const auto& [query, message] : cases) EXPECT_THAT(Filtered(query), HasSubstr(message)) << query;
}

TEST(RestQuery, OneOfSeveralIsNotDisplacedSilently) {
  for (const char* query :
       {"circle.radiusM=1&box.southWest.north=2", "box.southWest.north=2&circle.radiusM=1",
        "circle.centre.north=1&sea=x", "sea=x&circle.centre.north=1"}) {
    EXPECT_THAT(Filtered(query), HasSubstr("only one of area may be given")) << query;
  }
  EXPECT_EQ(Filtered("box.southWest.north=1&box.northEast.north=2"),
            "box { south_west { north: 1 } north_east { north: 2 } }");
}

TEST(RestQuery, ViolationsEnd) {
  std::string query;
  for (int i = 0; i < 300; ++i) absl::StrAppend(&query, "x", i, "=1&");
  const std::string said = Filtered(query);
  EXPECT_THAT(said, HasSubstr("x0: is not a parameter"));
  EXPECT_THAT(said, Not(HasSubstr("x60:")));
}

TEST(RestBody, OfTheRuleAndWhatThePathSays) {
  using Rename = test::v1::RenameReefRequest;
  const std::vector<std::array<const char*, 3>> cases = {
      {"/v1/reefs/a/title", R"("Blue")", R"(name: "reefs/a" title: "Blue")"},
      {"/v1/reefs/a/title?request_id=r", R"("Blue")", R"(name: "reefs/a" title: "Blue" request_id: "r")"},
      {"/v1/reefs/a/title", "", R"(name: "reefs/a")"},
      {"/v1/reefs/a/title", "null", R"(name: "reefs/a")"},
      {"/v1/reefs/a/title", "{}", "title: must not be an object"},
      {"/v1/reefs/a/title", "7", "title: must be a string"},
      {"/v1/reefs/a/title?title=x", R"("y")", "title: is taken from the path or the body"},
  };
  for (const auto& [target, body, message] : cases)
    EXPECT_EQ(Asked<Rename>("PUT", target, {.body = body}), message) << target << body;
}

TEST(RestBody, OnlyPatchDerivesAMask) {
  using Update = test::v1::UpdateReefRequest;
  const char* body = R"({"title":"a","first":{"north":1}})";
  EXPECT_THAT(Asked<Update>("PATCH", "/v1/reefs/a", {.body = body}),
              HasSubstr(R"(update_mask { paths: "title" paths: "first.north" })"));
  EXPECT_THAT(Asked<Update>("PUT", "/v1/reefs/a", {.body = body}), Not(HasSubstr("update_mask")));
  EXPECT_THAT(Asked<Update>("PATCH", "/v1/reefs/a:whole", {.body = R"({"reef":{"title":"a"}})"}),
              Not(HasSubstr("update_mask")));
  EXPECT_THAT(
      Asked<Update>("PATCH", "/v1/reefs/a",
                    {.body = R"({"name":"reefs/b","etag":"e","places":[],"byName":{},"kinds":null})"}),
      HasSubstr(R"(update_mask { paths: "places" paths: "by_name" paths: "kinds" })"));
}

TEST(RestBody, AsLargeAsItsMethodAllows) {
  EXPECT_EQ(Reefs().BodyBytesMax("POST", "/v1/reefs"), kJsonBytesMax);
  EXPECT_EQ(Reefs().BodyBytesMax("POST", "/v1/none"), kJsonBytesMax);
  const size_t most = Reefs().BodyBytesMax("POST", "/v1/reefs/a/photos");
  EXPECT_EQ(most, kJsonBytesMax + 3145728 / 3 * 4);
  EXPECT_EQ(Reefs().BodyBytesMax("POST", "/kepu.test.v1.ReefService/UploadPhoto"), most);
  EXPECT_EQ(Reefs().BodyBytesMax("GET", "/v1/reefs/a/photos"), kJsonBytesMax);
  const std::string photo(3145728, '\x80');
  const std::string body = absl::StrCat(R"({"content":")", absl::Base64Escape(photo), R"("})");
  const auto call = Ask("POST", "/v1/reefs/a/photos", {.body = body});
  ASSERT_TRUE(call.ok()) << call.status();
  test::v1::UploadPhotoRequest request;
  ASSERT_TRUE(request.ParseFromString(call->bytes));
  EXPECT_EQ(request.content(), photo);
  EXPECT_EQ(refusal::ReasonOf(Ask("POST", "/v1/reefs", {.body = body}).status()), "TOO_LARGE");
  EXPECT_EQ(refusal::ReasonOf(
                Ask("POST", "/v1/reefs/a/photos", {.body = body + std::string(kJsonBytesMax, ' ')}).status()),
            "TOO_LARGE");
}

TEST(RestBody, ViolationsEndAndObjectsDoToo) {
  std::string many = R"({"places":[)";
  for (int i = 0; i < 200; ++i) absl::StrAppend(&many, i == 0 ? "" : ",", R"({"north":"x"})");
  const std::string said = Asked<test::v1::CreateReefRequest>("POST", "/v1/reefs", {.body = many + "]}"});
  EXPECT_THAT(said, HasSubstr("reef.places[0].north: must be a number"));
  EXPECT_THAT(said, Not(HasSubstr("places[60]")));
}

TEST(RestHeaders, IdempotencyKeyWithAndWithoutQuotes) {
  using Create = test::v1::CreateReefRequest;
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"k-1", R"(reef { } request_id: "k-1")"},
      {"\"k-1\"", R"(reef { } request_id: "k-1")"},
      {"\"", R"(reef { } request_id: "\"")"},
      {"\"\"", R"(reef { } request_id: "\"\"")"},
      {"", "reef { }"},
  };
  for (const auto& [key, message] : cases)
    EXPECT_EQ(Asked<Create>("POST", "/v1/reefs", {.body = "{}", .idempotency_key = key}), message) << key;
}

TEST(RestHeaders, IfMatchIsOneTag) {
  using Update = test::v1::UpdateReefRequest;
  const auto etag = [](const char* header, const char* body = "{}") {
    return Asked<Update>("PUT", "/v1/reefs/a", {.body = body, .if_match = header});
  };
  EXPECT_THAT(etag("\"e1\""), HasSubstr(R"(etag: "e1")"));
  EXPECT_THAT(etag("W/\"e1\""), HasSubstr(R"(etag: "e1")")) << "weakened by a proxy that compresses";
  EXPECT_THAT(etag("e1"), HasSubstr(R"(etag: "e1")"));
  EXPECT_THAT(etag("*"), Not(HasSubstr("etag")));
  EXPECT_THAT(etag("\"e1\", \"e2\""), HasSubstr("If-Match: must be one entity tag"));
  EXPECT_THAT(etag("\"e1\"", R"({"etag":"e1"})"), HasSubstr(R"(etag: "e1")"));
  EXPECT_THAT(etag("\"e1\"", R"({"etag":"e2"})"), HasSubstr("If-Match: is not understood"));
  EXPECT_EQ(Asked<test::v1::GetReefRequest>("GET", "/v1/reefs/a", {.if_match = "\"x\""}),
            R"(name: "reefs/a")");
}

TEST(RestAccept, Qualities) {
  const std::vector<std::tuple<const char*, const char*, double>> cases = {
      {"", "a/b", 1},
      {"a/b", "a/b", 1},
      {"A/B;q=0.5", "a/b", 0.5},
      {"a/b ; Q=0.25 ; x=1", "a/b", 0.25},
      {"a/b;x=1;q=0.1", "a/b", 0.1},
      {"a/*;q=0.3, */*;q=0.1", "a/b", 0.3},
      {"*/*;q=0.1, a/*;q=0.3", "a/b", 0.3},
      {"a/*, a/b;q=0", "a/b", 0},
      {"*/*;q=0.2", "a/b", 0.2},
      {"c/*", "a/b", -1},
      {"a/bc", "a/b", -1},
      {"a/b;q=x", "a/b", 0},
      {"a/b;q=nan", "a/b", 0},
      {"a/b;q=7", "a/b", 0},
      {"a/b;q=-1", "a/b", 0},
      {",,", "a/b", -1},
  };
  for (const auto& [accept, type, quality] : cases) EXPECT_EQ(AcceptQuality(accept, type), quality) << accept;
}

TEST(RestAccept, TheSpecialFormOnlyByName) {
  const auto problem = [](const char* accept) {
    return AcceptPrefers(accept, "application/problem+json", "application/json");
  };
  for (const char* yes :
       {"application/problem+json", "application/problem+json, application/json",
        "application/json;q=0.9, application/problem+json", "*/*;q=0.5, application/problem+json",
        "text/html, application/problem+json;q=0.1"}) {
    EXPECT_TRUE(problem(yes)) << yes;
  }
  for (const char* no :
       {"", "*/*", "application/*", "application/json", "application/problem+json;q=0",
        "application/problem+json;q=0.5, */*", "application/problem+json;q=0.5, application/*;q=0.8"}) {
    EXPECT_FALSE(problem(no)) << no;
  }
}

TEST(RestConditions, TagsAndLists) {
  const std::vector<std::tuple<const char*, const char*, bool>> cases = {
      {"\"a\"", "\"a\"", true},        {"W/\"a\"", "\"a\"", true},
      {"\"b\", \"a\"", "\"a\"", true}, {"\"b\",W/\"a\"", "\"a\"", true},
      {" * ", "\"a\"", true},          {"\"b\"", "\"a\"", false},
      {"a", "\"a\"", false},           {"", "\"a\"", false},
  };
  for (const auto& [list, tag, named] : cases) EXPECT_EQ(NamesTag(list, tag), named) << list;
  EXPECT_EQ(TagOfBytes("a"), TagOfBytes("a"));
  EXPECT_NE(TagOfBytes("a"), TagOfBytes("b"));
  EXPECT_EQ(TagOfBytes("").size(), 32u);
}

const Route& ReefRoute(absl::string_view verb, absl::string_view path) {
  return *Reefs().Find(verb, path).route;
}

TEST(RestAnswers, EveryReadHasATag) {
  test::v1::ListReefsResponse list;
  list.add_reefs()->set_name("reefs/a");
  const Route& route = ReefRoute("GET", "/v1/reefs");
  const Answer one = ReefWriter().Success(route, list.SerializeAsString(), "/v1/reefs");
  const auto tag = Contains(Pair("ETag", "\"" + TagOfBytes(one.body) + "\""));
  EXPECT_THAT(one.headers, tag);
  list.mutable_reefs(0)->set_title("b");
  EXPECT_THAT(ReefWriter().Success(route, list.SerializeAsString(), "/v1/reefs").headers, Not(tag));
  options::v1::RawBody raw;
  raw.set_content_type("text/calendar; charset=utf-8");
  raw.set_data("BEGIN:VCALENDAR\r\n");
  EXPECT_THAT(
      ReefWriter().Success(ReefRoute("GET", "/v1/reefs/a/logs/x:read"), raw.SerializeAsString(), "").headers,
      Contains(Pair("ETag", "\"" + TagOfBytes(raw.data()) + "\"")));
  EXPECT_THAT(ReefWriter().Success(ReefRoute("PUT", "/v1/reefs/a"), "", "").headers, IsEmpty())
      << "only reads are tagged by their bytes";
}

TEST(RestAnswers, WhereAMadeResourceIs) {
  test::v1::Reef reef;
  const auto location = [&](absl::string_view verb, absl::string_view path, const char* name) {
    reef.set_name(name);
    for (const auto& [key, value] :
         ReefWriter().Success(ReefRoute(verb, path), reef.SerializeAsString(), "").headers) {
      if (key == "Location") return value;
    }
    return std::string();
  };
  EXPECT_EQ(location("POST", "/v1/reefs", "reefs/a"), "/v1/reefs/a");
  EXPECT_EQ(location("POST", "/v1/reefs", "caves/a"), "") << "nothing reads it there";
  EXPECT_EQ(location("POST", "/v1/reefs", "reefs/a\r\nX: y"), "");
  EXPECT_EQ(location("POST", "/v1/reefs", ""), "");
  EXPECT_EQ(location("PUT", "/v1/reefs/a", "reefs/a"), "");
}

TEST(RestAnswers, OneFieldAlone) {
  test::v1::Reef reef;
  reef.add_kinds(test::v1::Reef::ATOLL);
  const auto body = [&](const char* path) {
    return ReefWriter().Success(ReefRoute("GET", path), reef.SerializeAsString(), "").body;
  };
  EXPECT_EQ(body("/v1/reefs/a/depth"), "0");
  EXPECT_EQ(body("/v1/reefs/a/first"), "null");
  EXPECT_EQ(body("/v1/reefs/a/kinds"), R"(["ATOLL"])");
  reef.mutable_first();
  EXPECT_EQ(body("/v1/reefs/a/first"), R"({"north":0,"east":0,"parts":[]})");
}

TEST(RestAnswers, StreamsAsLinesAndAsEvents) {
  test::v1::Reef reef;
  reef.add_kinds(test::v1::Reef::ATOLL);
  reef.set_title("a\nb\r\xE2\x80\xA8");
  const Route& route = ReefRoute("GET", "/v1/reefs/a:watchKinds");
  const auto piece = [&](const Route& of, StreamForm form) {
    return ReefWriter().StreamPiece(of, reef.SerializeAsString(), form);
  };
  EXPECT_EQ(piece(route, StreamForm::kLines), "{\"result\":[\"ATOLL\"]}\n");
  EXPECT_EQ(piece(route, StreamForm::kEvents), "data: [\"ATOLL\"]\n\n");
  const std::string event = piece(ReefRoute("GET", "/v1/reefs/a:watch"), StreamForm::kEvents);
  EXPECT_EQ(event.find_first_of("\r\n"), event.size() - 2) << "no line of a message ends its event";
  EXPECT_EQ(ReefWriter().StreamPiece(route, "\xff", StreamForm::kEvents), "");
  const auto gone = refusal::ToWire(refusal::NotFound("reefs/a"));
  EXPECT_THAT(ReefWriter().StreamError(gone, StreamForm::kLines),
              testing::AllOf(testing::StartsWith("{\"error\":{\"code\":5,"), testing::EndsWith("]}}\n")));
  EXPECT_THAT(
      ReefWriter().StreamError(gone, StreamForm::kEvents),
      testing::AllOf(testing::StartsWith("event: error\ndata: {\"code\":5,"), testing::EndsWith("]}\n\n")));
}

TEST(RestStart, RefusesWhatCannotBeServed) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"OpenFormService", "reaches kepu.test.v1.OpenFormRequest.Inside.form, which could hold anything"},
      {"AnyVerbService", "GET on a changing method"},
      {"NestedService", "bindings inside additional bindings"},
  };
  for (const auto& [service, why] : cases) {
    EXPECT_THAT(std::string(RouteTable::Make({ServiceNamed(service)}).status().message()), HasSubstr(why));
  }
}

}  // namespace
}  // namespace kepu::gateway::transcode
