#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "kepu/test/v1/park.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/json_read.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/openapi.h"
#include "services/gateway/transcode/route_table.h"
#include "tests/unit/park_routes.h"

namespace kepu::gateway::transcode {
namespace {

using test::v1::Park;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const AnswerWriter& Writer() {
  static const auto* const writer = new AnswerWriter(Table());
  return *writer;
}

TEST(Json, LimitsAndForms) {
  const auto why = [](absl::string_view text) {
    const auto document = JsonDocument::Parse(text);
    return document.ok() ? std::string("fine") : std::string(document.status().message());
  };
  for (const char* good : {"{}", " [ ] ", "null", "\"\"", "-0", "1.5e-3", R"({"a":{"a":[{}]}})",
                           R"("\ud83d\ude00\n")", "[true,false]"}) {
    EXPECT_EQ(why(good), "fine") << good;
  }
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"", "ends too early"},
      {"{", "lacks a key"},
      {"{}{}", "goes on"},
      {"{\"a\":1,}", "lacks a key"},
      {"[1,]", "no JSON value"},
      {"[1 2]", "lacks a comma"},
      {"{\"a\" 1}", "lacks a colon"},
      {"{a:1}", "lacks a key"},
      {"'a'", "no JSON value"},
      {"01", "leading zero"},
      {"1.", "unreadable number"},
      {"1e", "unreadable number"},
      {".5", "no JSON value"},
      {"+1", "no JSON value"},
      {"NaN", "no JSON value"},
      {"nul", "unknown word"},
      {"truely", "goes on"},
      {"\"a", "ends inside"},
      {"\"\\", "ends inside"},
      {"\"\\x\"", "unknown escape"},
      {"\"\\u12\"", "unknown escape"},
      {R"("\ud800")", "surrogate"},
      {R"("\ud800\u0041")", "surrogate"},
      {R"("\udc00")", "surrogate"},
      {R"("\u0000")", "NUL"},
      {"\"\n\"", "control character"},
      {R"({"a":1,"a":2})", "one key twice"},
      {R"({"a":1,"\u0061":2})", "one key twice"},
      {"\"\xff\"", "UTF-8"},
      {"\"\xc0\xaf\"", "UTF-8"},
      {"\"\xed\xa0\x80\"", "UTF-8"},
      {std::string("\"\0\"", 3), "UTF-8"},
      {std::string(16, '[') + std::string(16, ']'), "fine"},
      {std::string(17, '[') + std::string(17, ']'), "too deeply"},
      {std::string(60000, '['), "too deeply"},
      {"[" + std::string(kJsonBytesMax, ' ') + "]", "at most 65536"},
      {"/**/1", "no JSON value"},
  };
  for (const auto& [text, message] : cases) EXPECT_THAT(why(text), HasSubstr(message)) << text.substr(0, 40);
  std::string many = "[0";
  for (size_t i = 1; i + 1 < kJsonTokensMax; ++i) many += ",0";
  EXPECT_EQ(why(many + "]"), "fine");
  EXPECT_THAT(why(many + ",0]"), HasSubstr("too many values"));
}

// A message with random content; the differences to protobuf's own JSON are what the next two tests look for.
Park RandomPark(std::mt19937& random) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  Park park;
  const std::string texts[] = {"", "科普", "a\"b\\c\n\t\x01/<>&", "😀", "plain"};
  park.set_name(texts[below(5)]);
  park.set_display_name(texts[below(5)]);
  park.set_state(static_cast<Park::State>(below(4)));
  park.set_visitors(static_cast<int64_t>(random()) * (below(2) == 0 ? 1 : -4294967296));
  park.set_serial(below(2) == 0 ? 0 : ~uint64_t{0} - random());
  const double reals[] = {0, -1.5, 1e300, 1.0 / 3, 123456789.125};
  park.set_area(reals[below(5)]);
  park.set_slope(static_cast<float>(below(2) == 0 ? 0.1 : 3.5));
  park.set_free(below(2) == 0);
  park.set_seal(std::string("\xff\x00\x10z", below(5)));
  for (uint32_t i = below(3); i > 0; --i) park.add_tags(texts[below(5)]);
  for (uint32_t i = below(3); i > 0; --i) park.add_benches()->set_number(static_cast<int32_t>(random()));
  if (below(2) == 0) (*park.mutable_trees())[texts[below(5)]] = -3;
  if (below(2) == 0) (*park.mutable_numbered())[-7].set_colour("red");
  if (below(2) == 0) park.mutable_create_time()->set_seconds(below(4000000000) - 1000000000LL);
  if (below(2) == 0) park.mutable_create_time()->set_nanos(below(2) == 0 ? 120000000 : 1);
  if (below(2) == 0) park.mutable_visit()->set_seconds(-5);
  if (below(3) == 0) park.mutable_visit()->set_nanos(park.visit().seconds() < 0 ? -500000 : 1000);
  if (below(2) == 0) park.mutable_steps()->set_value(static_cast<int32_t>(below(2)));
  if (below(2) == 0) park.mutable_motto()->set_value(texts[below(5)]);
  if (below(2) == 0) park.set_keeper_name(texts[below(5)]);
  if (below(2) == 0) park.set_keeper_number(0);
  if (below(2) == 0) park.set_rating(0);
  if (below(2) == 0) park.mutable_best();
  if (below(2) == 0) park.add_history(Park::CLOSED);
  if (below(2) == 0) park.mutable_known()->add_paths("display_name");
  return park;
}

std::string PrintedByProtobuf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
  return text;
}

TEST(Json, PrintsAndReadsWhatProtobufDoes) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  JsonWriter writer;
  writer.Prepare(*Park::descriptor());
  for (int i = 0; i < 500; ++i) {
    const Park park = RandomPark(random);
    std::string ours;
    writer.Write(park, ours);
    Park back;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ours, &back).ok()) << ours;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(park, back)) << ours;
    // The same members are there, the zero ones too: our reader finds the same message in protobuf's text.
    const std::string theirs = PrintedByProtobuf(park);
    const auto document = JsonDocument::Parse(theirs);
    ASSERT_TRUE(document.ok()) << theirs;
    refusal::FieldErrors errors;
    Park read;
    ReadMessage(*document, document->root(), "", {}, read, errors);
    EXPECT_TRUE(errors.empty()) << errors.ToStatus() << theirs;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(park, read)) << theirs;
    const auto mine = JsonDocument::Parse(ours);
    ASSERT_TRUE(mine.ok()) << ours;
    std::vector<std::string> keys[2];
    for (const auto* m = mine->First(mine->root()); m != nullptr; m = mine->Next(*m))
      keys[0].emplace_back(m->key);
    for (const auto* m = document->First(document->root()); m != nullptr; m = document->Next(*m))
      keys[1].emplace_back(m->key);
    EXPECT_THAT(keys[0], ::testing::UnorderedElementsAreArray(keys[1]));
  }
}

TEST(Json, ConnectIgnoresUnknownFields) {
  const auto document = JsonDocument::Parse(R"({"name":"a","never":{"x":[1]}})");
  refusal::FieldErrors errors;
  Park park;
  ReadMessage(*document, document->root(), "", {.ignore_unknown = true}, park, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(park.name(), "a");
}

const Route& RouteOf(absl::string_view verb, absl::string_view path) {
  return *Table().Find(verb, path).route;
}

TEST(Answers, ZeroValuesEtagAndNextPage) {
  Park park;
  park.set_etag("e1");
  const Answer one = Writer().Success(RouteOf("GET", "/v1/parks/x"), park.SerializeAsString(), "/v1/parks/x");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.content_type, "application/json; charset=utf-8");
  EXPECT_THAT(one.body, HasSubstr(R"("displayName":"","state":"STATE_UNSPECIFIED","visitors":"0")"));
  EXPECT_THAT(one.body, Not(HasSubstr("createTime")));
  EXPECT_THAT(one.headers, ElementsAre(std::make_pair("ETag", "\"e1\"")));
  park.set_etag("e\"\r\nX: y");
  const Answer hashed = Writer().Success(RouteOf("GET", "/v1/parks/x"), park.SerializeAsString(), "");
  EXPECT_THAT(hashed.headers, ElementsAre(std::make_pair("ETag", "\"" + TagOfBytes(hashed.body) + "\"")))
      << "a tag that would break out of its header is not taken";
  test::v1::ListParksResponse list;
  list.add_parks();
  list.set_next_page_token("a/b");
  const Answer page = Writer().Success(RouteOf("GET", "/v1/parks"), list.SerializeAsString(),
                                       "/v1/parks?filter=x&page_token=o");
  EXPECT_THAT(page.headers,
              Contains(std::make_pair("Link", "</v1/parks?filter=x&page_token=a%2Fb>; rel=\"next\"")));
  const Answer bare = Writer().Success(RouteOf("GET", "/v1/parks:names"), list.SerializeAsString(), "");
  EXPECT_THAT(bare.body, ::testing::StartsWith("[{\"name\""));
  EXPECT_EQ(Writer().Success(RouteOf("GET", "/v1/parks/x"), "\xff", "").status, 500);
  EXPECT_THAT(
      Writer().StreamPiece(RouteOf("GET", "/v1/parks/x:watch"), park.SerializeAsString(), StreamForm::kLines),
      ::testing::AllOf(::testing::StartsWith("{\"result\":{\"name\""), ::testing::EndsWith("}\n")));
}

TEST(Answers, RawBodiesGoOutAsTheyAre) {
  options::v1::RawBody raw;
  raw.set_content_type("image/svg+xml");
  raw.set_data(std::string("<svg>\0\xff", 7));
  const Answer answer = Writer().Success(RouteOf("GET", "/v1/parks/x:draw"), raw.SerializeAsString(), "/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "image/svg+xml");
  EXPECT_EQ(answer.body, raw.data());
  raw.set_content_type("text/html\r\nSet-Cookie: x=1");
  EXPECT_EQ(Writer().RawPiece(raw.SerializeAsString()).content_type, "application/octet-stream")
      << "a content type cannot break out of its header";
  EXPECT_EQ(Writer().RawPiece("\xff").status, 500);
  const std::string document = OpenApi(Table(), "1");
  EXPECT_THAT(document, HasSubstr(R"("*/*":{"schema":{"type":"string","format":"binary"}})"));
  EXPECT_THAT(document, Not(HasSubstr("RawBody")));
}

TEST(Answers, StatusesByTheTable) {
  const int expected[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                          400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 0; code <= 16; ++code) EXPECT_EQ(HttpStatusOf(code), expected[code]);
  EXPECT_EQ(HttpStatusOf(17), 500);
  EXPECT_EQ(HttpStatusOf(-1), 500);
}

TEST(Answers, FailuresSayWhy) {
  const Answer bad = Writer().Failure(refusal::BadField("park.name", "is missing"), "");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr(R"("code":3,)"));
  EXPECT_THAT(
      bad.body,
      HasSubstr(
          R"({"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"park.name","description":"is missing"}]})"));
  EXPECT_THAT(bad.body, HasSubstr("google.rpc.ErrorInfo"));
  EXPECT_TRUE(JsonDocument::Parse(bad.body).ok()) << bad.body;
  const Answer later =
      Writer().Failure(refusal::TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Milliseconds(1500)),
                       "application/json");
  EXPECT_EQ(later.status, 503);
  EXPECT_THAT(later.headers, ElementsAre(std::make_pair("Retry-After", "2")));
  const Answer login = Writer().Failure(absl::UnauthenticatedError("x"), "*/*");
  EXPECT_EQ(login.headers[0].first, "WWW-Authenticate");
  EXPECT_EQ(login.content_type, "application/json; charset=utf-8");
}

TEST(Answers, ProblemWhenAcceptPrefersIt) {
  const auto type = [](absl::string_view accept) {
    return Writer().Failure(refusal::NotFound("parks/x"), accept).content_type;
  };
  const char* problem = "application/problem+json; charset=utf-8";
  const char* json = "application/json; charset=utf-8";
  EXPECT_EQ(type("application/problem+json"), problem);
  EXPECT_EQ(type("application/json;q=0.5, application/problem+json"), problem);
  EXPECT_EQ(type("application/json, application/problem+json;q=0.5"), json);
  EXPECT_EQ(type("application/problem+json;q=0"), json);
  EXPECT_EQ(type("*/*"), json);
  const Answer answer = Writer().Failure(refusal::NotFound("parks/x"), "application/problem+json");
  EXPECT_TRUE(JsonDocument::Parse(answer.body).ok()) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"("title":"NOT_FOUND","status":404,)"));
}

TEST(OpenApiDocument, NamesPathsParametersAndErrors) {
  const std::string document = OpenApi(Table(), "1.2.3");
  // The document is larger than a request may be, so protobuf's reader judges it.
  google::protobuf::Struct parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(document, &parsed).ok()) << document;
  for (const char* piece :
       {R"("openapi":"3.0.3")", R"("/v1/parks/{park}:close":{"post")", R"("/v1/cities/{city}/parks/{park}")",
        R"("operationId":"ParkService_GetPark_2")", R"("name":"opened.from","in":"query")",
        R"("name":"day","in":"query","schema":{"type":"string","format":"date"})",
        R"("4XX":{"$ref":"#/components/responses/Error"})", R"("Idempotency-Key")",
        R"("kepu.test.v1.Park.Bench")", R"("maximum":500)", R"("readOnly":true)",
        R"("security":[{},{"bearer":[]},)", "For: keeper of name."}) {
    EXPECT_THAT(document, HasSubstr(piece));
  }
  EXPECT_THAT(document, Not(HasSubstr("Sweep")));
}

}  // namespace
}  // namespace kepu::gateway::transcode
