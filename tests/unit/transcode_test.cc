
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/test/v1/park.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/path_template.h"
#include "services/gateway/transcode/percent.h"
#include "services/gateway/transcode/request.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/unit/park_routes.h"

namespace kepu::gateway::transcode {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The method a path leads to, or the verbs it knows.
std::string Where(absl::string_view verb, absl::string_view path) {
  const Match match = Table().Find(verb, path);
  if (match.route != nullptr) return match.route->method->descriptor->name();
  return match.allowed.empty() ? "404" : absl::StrJoin(match.allowed, ",");
}

absl::StatusOr<RestCall> Build(absl::string_view verb, absl::string_view target, absl::string_view body = "",
                               RestRequest extra = {}) {
  const size_t mark = target.find('?');
  const Match match = Table().Find(verb, target.substr(0, mark));
  EXPECT_NE(match.route, nullptr) << verb << " " << target;
  extra.query = mark == absl::string_view::npos ? absl::string_view() : target.substr(mark + 1);
  extra.body = body;
  return BuildRequest(match, extra);
}

// The request message as protobuf's short text; what was refused otherwise.
template <class Request>
std::string Built(absl::string_view verb, absl::string_view target, absl::string_view body = "",
                  RestRequest extra = {}) {
  const absl::StatusOr<RestCall> call = Build(verb, target, body, extra);
  if (!call.ok()) return std::string(call.status().message());
  Request request;
  EXPECT_TRUE(request.ParseFromString(call->bytes));
  return request.ShortDebugString();
}

std::string Listed(absl::string_view query) {
  return Built<test::v1::ListParksRequest>("GET", absl::StrCat("/v1/parks?", query));
}

std::string Created(absl::string_view body) {
  return Built<test::v1::CreateParkRequest>("POST", "/v1/parks", body);
}

TEST(PathTemplate, ReadsTheGrammar) {
  const auto path = ParseTemplate("/v1/{event.name=events/*/sessions/*}/bookings/{booking}:confirm");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(path->segments.size(), 7u);
  ASSERT_EQ(path->variables.size(), 2u);
  EXPECT_EQ(path->variables[0].field_path, "event.name");
  EXPECT_EQ(path->variables[0].begin, 1u);
  EXPECT_EQ(path->variables[0].end, 5u);
  EXPECT_TRUE(path->variables[0].spans);
  EXPECT_FALSE(path->variables[1].spans);
  EXPECT_EQ(path->verb, "confirm");
}

TEST(PathTemplate, RefusesWhatIsOutsideTheGrammar) {
  for (const char* bad :
       {"",      "v1",       "/",       "/v1/",    "/v1//a", "/{",    "/{}",       "/{a",
        "/{a=}", "/{a={b}}", "/{a}{b}", "/a:",     "/a:b/c", "/**/a", "/{a=**}/b", "/{a}/{a}",
        "/a b",  "/{1a}",    "/{a..b}", "/{a=b/}", "/a?b",   "/***"}) {
    EXPECT_FALSE(ParseTemplate(bad).ok()) << bad;
  }
}

TEST(Routes, TheMoreSpecificWins) {
  EXPECT_EQ(Where("GET", "/v1/parks"), "ListParks");
  EXPECT_EQ(Where("GET", "/v1/parks/newest"), "GetNewest");
  EXPECT_EQ(Where("GET", "/v1/parks/other"), "GetPark");
  EXPECT_EQ(Where("GET", "/v1/cities/cq/parks/eling"), "GetPark");
  EXPECT_EQ(Where("GET", "/v1/parks:names"), "ListNames");
  EXPECT_EQ(Where("POST", "/v1/parks/eling:close"), "ClosePark");
  EXPECT_EQ(Where("POST", "/v1/parks/newest:close"), "ClosePark") << "steps back from the literal";
  EXPECT_EQ(Where("DELETE", "/v1/parks/newest"), "DeletePark") << "steps back from the literal";
  EXPECT_EQ(Where("GET", "/v1/files/a/b/c"), "GetFile");
  EXPECT_EQ(Where("GET", "/v1/files"), "GetFile") << "** covers nothing too";
}

TEST(Routes, UnknownPathsAndVerbs) {
  EXPECT_EQ(Where("PUT", "/v1/parks"), "GET,HEAD,OPTIONS,POST");
  EXPECT_EQ(Where("POST", "/v1/parks/newest"), "DELETE,GET,HEAD,OPTIONS,PATCH");
  EXPECT_EQ(Where("get", "/v1/parks"), "GET,HEAD,OPTIONS,POST") << "verbs have one spelling";
  EXPECT_EQ(Where("HEAD", "/v1/parks"), "ListParks");
  EXPECT_TRUE(Table().Find("HEAD", "/v1/parks").head);
  for (const char* path : {"", "/", "*", "/v1", "/v1/", "/v1/parks/", "/v1//parks", "//v1/parks",
                           "/v1/parks/a/b", "/v2/parks", "/V1/parks", "/v1/parks/eling:",
                           "/v1/parks/eling:none", "/v1/%70arks", "/v1/sweep", "/v1/files//a"}) {
    EXPECT_EQ(Where("GET", path), "404") << path;
  }
  EXPECT_EQ(Where("GET", "/v1/files/" + std::string(200, '/')), "404");
  std::string deep = "/v1/files";
  for (int i = 0; i < 100; ++i) deep += "/a";
  EXPECT_EQ(Where("GET", deep), "404");
}

TEST(Routes, BadAnnotationsRefuseToStart) {
  const auto why = [](const char* service) {
    return std::string(
        RouteTable::Make({ServiceNamed("ParkService"), ServiceNamed(service)}).status().message());
  };
  EXPECT_THAT(why("TwiceService"), HasSubstr("bound twice"));
  EXPECT_THAT(why("BareService"), HasSubstr("lacks the access annotation"));
  EXPECT_THAT(why("StrayService"), HasSubstr("no field \"title\""));
}

TEST(Routes, EveryPublicMethodIsRoutedAndNoInternalOne) {
  EXPECT_EQ(Table().methods().size(), 14u);
  for (const Method& method : Table().methods()) EXPECT_NE(method.descriptor->name(), "Sweep");
}

TEST(PathVariables, AreDecodedAfterMatching) {
  using Get = test::v1::GetParkRequest;
  EXPECT_EQ(Built<Get>("GET", "/v1/parks/el%20ing"), R"(name: "parks/el ing")");
  EXPECT_EQ(Built<Get>("GET", "/v1/parks/a%2Fb"), R"(name: "parks/a%2Fb")")
      << "a name of segments keeps its slashes";
  EXPECT_EQ(Built<Get>("GET", "/v1/parks/a+b"), R"(name: "parks/a+b")");
  EXPECT_EQ(Built<Get>("GET", "/v1/cities/cq/parks/x"), R"(name: "cities/cq/parks/x")");
  EXPECT_EQ(Built<test::v1::GetFileRequest>("GET", "/v1/files/a/b%2fc/%64"), R"(path: "a/b%2fc/d")");
  EXPECT_EQ(Built<test::v1::GetBenchRequest>("GET", "/v1/parks/a%2Fb/benches/7"),
            R"(park: "a/b" bench { number: 7 })");
  for (const char* bad : {"/v1/parks/%", "/v1/parks/%4", "/v1/parks/%zz", "/v1/parks/%00", "/v1/parks/%ff",
                          "/v1/parks/%C0%AF"}) {
    EXPECT_FALSE(Build("GET", bad).ok()) << bad;
  }
  EXPECT_THAT(Built<test::v1::GetBenchRequest>("GET", "/v1/parks/a/benches/x"),
              HasSubstr("bench.number: must be a whole"));
}

TEST(Query, EveryLeafField) {
  EXPECT_EQ(Listed("page_size=5&pageToken=ab"), R"(page_size: 5 page_token: "ab")");
  EXPECT_EQ(Listed("filter=a+b%2Bc"), R"(filter: "a b+c")");
  EXPECT_EQ(Listed("state=OPEN&states=CLOSED&states=1"), "state: OPEN states: CLOSED states: OPEN");
  EXPECT_EQ(Listed("districts=a,b&districts=c"), R"(districts: "a,b" districts: "c")")
      << "commas are not split";
  EXPECT_EQ(Listed("opened.from=2026-05-01T09:30:00%2B08:00"), "opened { from { seconds: 1777599000 } }");
  EXPECT_EQ(Listed("walk=1.5s&free=true&lit=false&area=2.5"),
            "walk { seconds: 1 nanos: 500000000 } free: true lit { } area: 2.5");
  EXPECT_EQ(Listed("readMask=displayName,best.colour"),
            R"(read_mask { paths: "display_name" paths: "best.colour" })");
  EXPECT_EQ(Listed("read_mask=display_name"), R"(read_mask { paths: "display_name" })");
  EXPECT_EQ(Listed("day=2026-12-01"), "day { year: 2026 month: 12 day: 1 }");
  EXPECT_EQ(Listed("day.year=2026&day.month=12"), "day { year: 2026 month: 12 }");
  EXPECT_EQ(Listed("&&page_size=1&"), "page_size: 1");
  EXPECT_EQ(Listed("filter="), "");
}

TEST(Query, WhatIsRefused) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"fliter=x", "fliter: is not a parameter"},
      {"page_size=x", "page_size: must be a whole number"},
      {"page_size=99999999999", "page_size: must be"},
      {"page_size=+1", "must be a whole"},
      {"page_size=%2B1", "must be a whole"},
      {"page_size=1&pageSize=2", "pageSize: is given twice"},
      {"state=MAYBE", "must be one of STATE_UNSP"},
      {"free=1", "must be true or false"},
      {"opened=x", "opened: cannot be given"},
      {"opened.from=yesterday", "must be a time like"},
      {"opened.from.seconds=1", "is not a parameter"},
      {"ranges=1", "cannot be given"},
      {"day=1.12.2026", "day: must be a day like 2026-12-01"},
      {"day=2026-02-30", "day: must be a day like"},
      {"day=2026-12-01&day=2026-12-02", "day: is given twice"},
      {"ranges.from=x", "is not a parameter"},
      {"labels=a", "cannot be given"},
      {"walk=90", "must be a duration"},
      {"near_school=a&near_station=b", "only one of near"},
      {"filter=%zz", "filter: cannot be decoded"},
      {"filter=%00", "filter: cannot be decoded"},
      {"%zz=1", "cannot be decoded"},
      {"=x", "is not a parameter"},
      {"area=0x10", "must be a number"},
      {"area=inf", "must be a number"},
      {"filter.x=1", "is not a parameter"},
      {"opened.=1", "is not a parameter"},
  };
  for (const auto& [query, message] : cases) EXPECT_THAT(Listed(query), HasSubstr(message)) << query;
  EXPECT_THAT(Listed("a=1&b=2"), HasSubstr("b: is not")) << "all violations at once";
  EXPECT_THAT(Built<test::v1::GetParkRequest>("GET", "/v1/parks/x?name=parks/y"),
              HasSubstr("taken from the path"));
  EXPECT_THAT(Built<test::v1::CreateParkRequest>("POST", "/v1/parks?park.display_name=x", "{}"),
              HasSubstr("taken from"));
  EXPECT_THAT(Built<test::v1::CloseParkRequest>("POST", "/v1/parks/x:close?reason=y", "{}"),
              HasSubstr("reads the body"));
}

TEST(Body, ByTheRule) {
  EXPECT_EQ(
      Built<test::v1::CloseParkRequest>("POST", "/v1/parks/x:close", R"({"name":"parks/y","reason":"r"})"),
      R"(name: "parks/x" reason: "r")")
      << "the path holds";
  EXPECT_EQ(
      Built<test::v1::CreateParkRequest>("POST", "/v1/parks?park_id=p&requestId=q", R"({"displayName":"d"})"),
      R"(park { display_name: "d" } park_id: "p" request_id: "q")");
  EXPECT_EQ(Built<test::v1::CloseParkRequest>("POST", "/v1/parks/x:close"), R"(name: "parks/x")");
  EXPECT_THAT(Built<test::v1::ListParksRequest>("GET", "/v1/parks", "{}"), HasSubstr("takes no body"));
  EXPECT_THAT(Built<test::v1::DeleteParkRequest>("DELETE", "/v1/parks/x", "{}"), HasSubstr("takes no body"));
  EXPECT_THAT(Created("[]"), HasSubstr("park: must not be an array"));
  EXPECT_THAT(Created("3"), HasSubstr("park: must be an object"));
}

TEST(Body, WhereTheCallerIsComesFromTheConnection) {
  EXPECT_EQ(Built<test::v1::CloseParkRequest>("POST", "/v1/parks/x:close", R"({"clientAddress":"1.1.1.1"})",
                                              {.peer = "10.2.3.4"}),
            R"(name: "parks/x" client_address: "10.2.3.4")");
}

TEST(Body, EveryKindOfField) {
  EXPECT_EQ(
      Created(R"({"visitors":"12","serial":18446744073709551615,"area":1e3,"slope":"0.5","free":true,
                        "seal":"aGk","tags":["a"],"benches":[{"number":1}],"trees":{"oak":2},"createTime":
                        "2026-05-01T00:00:00.5Z","visit":"3600s","steps":4,"motto":"m","keeperName":"k",
                        "rating":0,"best":{},"history":["OPEN",2],"gates":[1,2.0,"3"],"known":"a.bC"})"),
      R"(park { visitors: 12 serial: 18446744073709551615 area: 1000 slope: 0.5 free: true seal: "hi" )"
      R"(tags: "a" benches { number: 1 } trees { key: "oak" value: 2 } create_time { seconds: 1777593600 )"
      R"(nanos: 500000000 } visit { seconds: 3600 } steps { value: 4 } motto { value: "m" } keeper_name: "k" )"
      R"(rating: 0 best { } history: OPEN history: CLOSED gates: 1 gates: 2 gates: 3 known { paths: "a.b_c" } })");
  EXPECT_EQ(Created(R"({"display_name":null,"best":null,"tags":null,"steps":null})"), "park { }");
  EXPECT_EQ(Created(R"({"seal":"-_8="})"), "park { seal: \"\\373\\377\" }");
}

TEST(Body, WrongValuesAreNamedByTheirPath) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"colour":"red"})", "park.colour: is not a known field"},
      {R"({"best":{"colur":"red"}})", "park.best.colur: is not a known field"},
      {R"({"benches":[{"number":1},{"number":"x"}]})", "park.benches[1].number: must be a whole"},
      {R"({"displayName":3})", "park.displayName: must be a string"},
      {R"({"displayName":"a","display_name":"b"})", "park.display_name: is given twice"},
      {R"({"free":"yes"})", "park.free: must be true"},
      {R"({"free":0})", "park.free: must be true"},
      {R"({"gates":[1.5]})", "park.gates[0]: must be a whole"},
      {R"({"gates":[2147483648]})", "must be a whole number from -2147483648"},
      {R"({"lamps":-1})", "must be a whole number from 0"},
      {R"({"gates":1})", "park.gates: must be an array"},
      {R"({"gates":[null]})", "park.gates[0]: must not be null"},
      {R"({"tags":[["a"]]})", "park.tags[0]: must not be an array"},
      {R"({"displayName":{}})", "must not be an object"},
      {R"({"createTime":{"seconds":1}})", "park.createTime: must not be an object"},
      {R"({"createTime":1})", "must be a time like"},
      {R"({"state":"WET"})", "must be one of"},
      {R"({"seal":"!"})", "must be base64"},
      {R"({"keeperName":"a","keeperNumber":1})", "only one of keeper may be given"},
      {R"({"numbered":{"x":{}}})", "its key must be a whole number"},
      {R"({"trees":[]})", "park.trees: must be an object"},
      {R"({"trees":{"a":null}})", "park.trees.a: must not be null"},
      {R"({"slope":1e40})", "must be a number that fits"},
      {R"({"area":1e999})", "must be a number"},
      {R"({"displayName":true})", "must not be true or false"},
  };
  for (const auto& [body, message] : cases) EXPECT_THAT(Created(body), HasSubstr(message)) << body;
}

TEST(Body, PatchDerivesItsMask) {
  const auto mask = [](absl::string_view target, absl::string_view body) {
    const auto call = Build("PATCH", target, body);
    if (!call.ok()) return std::string(call.status().message());
    test::v1::UpdateParkRequest request;
    EXPECT_TRUE(request.ParseFromString(call->bytes));
    EXPECT_EQ(request.park().name(), "parks/x");
    return absl::StrJoin(request.update_mask().paths(), ",");
  };
  EXPECT_EQ(mask("/v1/parks/x", R"({"displayName":"a","best":{"colour":"b"},"tags":[]})"),
            "display_name,best.colour,tags");
  EXPECT_EQ(mask("/v1/parks/x", R"({"name":"parks/y","etag":"e","state":"OPEN","free":false})"), "free");
  EXPECT_EQ(mask("/v1/parks/x", R"({"best":null,"createTime":"2026-05-01T00:00:00Z","trees":{"a":1}})"),
            "best,create_time,trees");
  EXPECT_EQ(mask("/v1/parks/x?updateMask=visitors", R"({"displayName":"a"})"), "visitors");
  EXPECT_EQ(mask("/v1/parks/x", "{}"), "");
}

TEST(Headers, FillRequestIdAndEtag) {
  const auto created = [](absl::string_view target) {
    return Build("POST", target, "{}", {.idempotency_key = "key-1"});
  };
  const auto from_header = created("/v1/parks");
  ASSERT_TRUE(from_header.ok());
  EXPECT_TRUE(from_header->key_from_header);
  EXPECT_TRUE(from_header->has_request_id);
  const auto from_query = created("/v1/parks?request_id=other");
  ASSERT_TRUE(from_query.ok());
  EXPECT_FALSE(from_query->key_from_header);
  EXPECT_FALSE(Build("POST", "/v1/parks", "{}")->has_request_id);
  EXPECT_EQ(Built<test::v1::DeleteParkRequest>("DELETE", "/v1/parks/x", "", {.if_match = "\"e1\""}),
            R"(name: "parks/x" etag: "e1")");
  EXPECT_THAT(
      Built<test::v1::UpdateParkRequest>("PATCH", "/v1/parks/x", R"({"free":true})", {.if_match = "\"e2\""}),
      HasSubstr(R"(etag: "e2")"));
  EXPECT_THAT(Built<test::v1::CloseParkRequest>("POST", "/v1/parks/x:close", "", {.if_match = "e"}),
              HasSubstr("If-Match: is not understood"));
}

}  // namespace
}  // namespace kepu::gateway::transcode
