// The OpenAPI document: what it says of each rule of REST, and that its examples are what the gateway takes.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "kepu/test/v1/reef.pb.h"
#include "services/gateway/transcode/openapi.h"
#include "services/gateway/transcode/openapi_example.h"
#include "services/gateway/transcode/request.h"
#include "tests/unit/park_routes.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

absl::string_view ReefComment(absl::string_view name) {
  if (name == "kepu.test.v1.Reef.title") return "What people call it, \"Coral Garden\".";
  if (name == "kepu.test.v1.Reef.name") return "\"reefs/*\".";
  if (name == "kepu.test.v1.ReefService.GetReef") return "One reef <now>.";
  if (name == "kepu.test.v1.Reef.Kind.ATOLL") return "A ring.";
  if (name == "kepu.test.v1.ListReefsRequest.sea") return "Of this sea.";
  return {};
}

const RouteTable& ReefTable() {
  test::v1::Reef::descriptor();
  static const auto* const table = RouteTable::Make({ServiceNamed("ReefService")})->release();
  return *table;
}

// The document as values; the member at a path of keys and indices.
class Parsed {
 public:
  explicit Parsed(const std::string& text) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, root_.mutable_struct_value()).ok()) << text;
  }
  const Value& At(const std::vector<std::string>& path) const {
    const Value* at = &root_;
    for (const std::string& key : path) {
      if (at->has_list_value()) {
        at = &at->list_value().values(std::stoi(key));
        continue;
      }
      const auto it = at->struct_value().fields().find(key);
      if (it == at->struct_value().fields().end()) return none_;
      at = &it->second;
    }
    return *at;
  }
  std::vector<std::string> Keys(const std::vector<std::string>& path) const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : At(path).struct_value().fields()) keys.push_back(key);
    return keys;
  }
  std::string Text(const std::vector<std::string>& path) const { return At(path).string_value(); }
  std::vector<std::string> Texts(const std::vector<std::string>& path) const {
    std::vector<std::string> texts;
    for (const Value& value : At(path).list_value().values()) texts.push_back(value.string_value());
    return texts;
  }
  // Names and references of the parameters of an operation.
  std::vector<std::string> Parameters(const std::string& path, const std::string& verb) const {
    std::vector<std::string> names;
    for (const Value& value : At({"paths", path, verb, "parameters"}).list_value().values()) {
      const auto& fields = value.struct_value().fields();
      const bool common = fields.contains("$ref");
      names.push_back(fields.at(common ? "$ref" : "name").string_value());
      if (common) names.back().erase(0, names.back().rfind('/'));
    }
    return names;
  }

 private:
  Value root_;
  Value none_;
};

const Parsed& Reef() {
  static const auto* const parsed = new Parsed(OpenApi(ReefTable(), "1", ReefComment));
  return *parsed;
}

const std::string kComponent = "kepu.test.v1.";

TEST(OpenApiRules, ParametersOfReadsAndChanges) {
  EXPECT_THAT(Reef().Parameters("/v1/reefs/{reef}", "get"),
              UnorderedElementsAre("reef", "/IfNoneMatch", "/Position"));
  EXPECT_THAT(
      Reef().Parameters("/v1/reefs/{reef}", "patch"),
      UnorderedElementsAre("reef", "updateMask", "requestId", "/Csrf", "/IdempotencyKey", "/IfMatch"));
  EXPECT_THAT(Reef().Parameters("/v1/reefs", "post"),
              UnorderedElementsAre("requestId", "/Csrf", "/IdempotencyKey"));
  EXPECT_THAT(Reef().Parameters("/v1/reefs/{reef}:watch", "get"), UnorderedElementsAre("reef", "/Position"));
  EXPECT_THAT(Reef().Parameters("/v1/reefs", "get"),
              IsSupersetOf({"pageSize", "pageToken", "circle.radiusM", "circle.centre.north", "sea", "seen",
                            "fish", "mark", "kinds", "alive", "readMask", "odd"}));
  EXPECT_THAT(Reef().Keys({"paths"}), Not(testing::Contains("/v1/reefs:find"))) << "no verb of OpenAPI";
}

TEST(OpenApiRules, BodiesLeaveOutWhatThePathSays) {
  const auto ref = [](const char* path, const char* verb) {
    return Reef().Text({"paths", path, verb, "requestBody", "content", "application/json", "schema", "$ref"});
  };
  const auto properties = [](const std::string& name) {
    return Reef().Keys({"components", "schemas", kComponent + name, "properties"});
  };
  EXPECT_EQ(ref("/v1/reefs", "post"), "#/components/schemas/kepu.test.v1.Reef");
  EXPECT_EQ(ref("/v1/reefs/{reef}/photos", "post"),
            "#/components/schemas/kepu.test.v1.UploadPhotoRequest.Body");
  EXPECT_THAT(properties("UploadPhotoRequest.Body"), UnorderedElementsAre("content", "requestId"));
  EXPECT_THAT(properties("Reef.Body"), Not(testing::Contains("name")));
  EXPECT_THAT(Reef().Texts({"components", "schemas", kComponent + "Reef", "required"}), ElementsAre("title"));
  const std::string put = ref("/v1/reefs/{reef}", "put");
  const std::string patch = ref("/v1/reefs/{reef}", "patch");
  EXPECT_NE(put, patch);
  const auto required = [](std::string component) {
    component.erase(0, component.rfind('/') + 1);
    return Reef().Texts({"components", "schemas", component, "required"});
  };
  EXPECT_THAT(required(put), ElementsAre("title"));
  EXPECT_THAT(required(patch), testing::IsEmpty()) << "a PATCH says only what changes";
  EXPECT_EQ(Reef().Text({"paths", "/v1/reefs/{reef}/title", "put", "requestBody", "content",
                         "application/json", "schema", "type"}),
            "string");
}

TEST(OpenApiRules, AnswersErrorsAndLogins) {
  const std::vector<std::string> get = {"paths", "/v1/reefs/{reef}", "get", "responses"};
  EXPECT_THAT(Reef().Keys(get), UnorderedElementsAre("200", "304", "4XX", "5XX"));
  const auto under = [](std::vector<std::string> path, std::initializer_list<const char*> more) {
    path.insert(path.end(), more.begin(), more.end());
    return path;
  };
  EXPECT_THAT(Reef().Keys(under(get, {"200", "headers"})),
              UnorderedElementsAre("ETag", "x-request-id", "x-kepu-position"));
  EXPECT_THAT(Reef().Keys({"paths", "/v1/reefs", "get", "responses", "200", "headers"}),
              testing::Contains("Link"));
  EXPECT_THAT(Reef().Keys({"paths", "/v1/reefs/{reef}:watch", "get", "responses", "200", "content"}),
              UnorderedElementsAre("application/x-ndjson", "text/event-stream"));
  EXPECT_THAT(Reef().Keys({"components", "responses", "Error", "content"}),
              UnorderedElementsAre("application/json", "application/problem+json"));
  EXPECT_THAT(Reef().Keys({"components", "securitySchemes"}),
              UnorderedElementsAre("bearer", "cookie", "apiKey"));
  EXPECT_EQ(Reef().At({"paths", "/v1/reefs", "post", "security"}).list_value().values_size(), 4);
}

TEST(OpenApiRules, ReadsThatAreNoMethods) {
  PlainRead feed;
  feed.path = "/v1/tides/{secret}.ics";
  feed.tag = "Tides";
  feed.tag_description = "When the water comes.";
  feed.id = "Tides_Get";
  feed.parameters = {{"secret", "path", "A secret.", R"({"type":"string"})", true}};
  feed.content_type = "text/calendar";
  feed.has_etag = true;
  PlainRead watch;
  watch.path = "/v1/reefs/{reef}:watch";
  watch.tag = "Waves";
  watch.description = "Also as events.";
  watch.parameters = {{"reef", "path", "", "{}", true}, {"Last-Event-ID", "header", "From here.", "{}"}};
  const Parsed document(OpenApi(ReefTable(), "1", ReefComment, {feed, watch}));
  EXPECT_THAT(document.Parameters("/v1/tides/{secret}.ics", "get"),
              UnorderedElementsAre("secret", "/IfNoneMatch"));
  const std::vector<std::string> get = {"paths", "/v1/tides/{secret}.ics", "get"};
  EXPECT_EQ(document.Text({get[0], get[1], get[2], "operationId"}), "Tides_Get");
  EXPECT_THAT(document.Keys({get[0], get[1], get[2], "responses"}),
              UnorderedElementsAre("200", "304", "4XX", "5XX"));
  EXPECT_THAT(document.Keys({get[0], get[1], get[2], "responses", "200", "content"}),
              ElementsAre("text/calendar"));
  // What a method answers too is one operation, the method's, with the rest of its parameters.
  EXPECT_THAT(document.Parameters("/v1/reefs/{reef}:watch", "get"),
              UnorderedElementsAre("reef", "/Position", "Last-Event-ID"));
  EXPECT_THAT(document.Text({"paths", "/v1/reefs/{reef}:watch", "get", "description"}),
              testing::EndsWith("Also as events."));
  std::vector<std::string> tags;
  for (const Value& tag : document.At({"tags"}).list_value().values())
    tags.push_back(tag.struct_value().fields().at("name").string_value());
  EXPECT_THAT(tags, UnorderedElementsAre("ReefService", "Tides")) << "no tag without an operation";
}

TEST(OpenApiRules, CommentsBecomeDescriptions) {
  EXPECT_EQ(Reef().Text({"paths", "/v1/reefs/{reef}", "get", "description"}),
            "One reef \\<now>.\n\nOpen to everybody.");
  EXPECT_EQ(Reef().Text({"components", "schemas", kComponent + "Reef", "properties", "name", "description"}),
            "\"reefs/\\*\".");
  EXPECT_EQ(Reef().Text({"components", "schemas", kComponent + "Reef.Kind", "description"}),
            "- `ATOLL`: A ring.");
  for (const Value& value : Reef().At({"paths", "/v1/reefs", "get", "parameters"}).list_value().values()) {
    const auto& fields = value.struct_value().fields();
    if (!fields.contains("name") || fields.at("name").string_value() != "sea") continue;
    EXPECT_EQ(fields.at("description").string_value(), "Of this sea.");
    EXPECT_FALSE(fields.at("schema").struct_value().fields().contains("description")) << "said once";
  }
}

TEST(OpenApiRules, ExamplesAreWhatTheGatewayTakes) {
  EXPECT_EQ(Example(*test::v1::Reef::descriptor(), ExampleOf::kRequest, ReefComment),
            R"({"title":"Coral Garden"})");
  EXPECT_THAT(Example(*test::v1::Reef::descriptor(), ExampleOf::kAnswer, ReefComment),
              HasSubstr(R"("name":"reefs/reef-1")"));
  int taken = 0;
  for (const RouteTable* table : {&ReefTable(), &Table()}) {
    const Parsed document(OpenApi(*table, "1", ReefComment));
    for (const std::string& path : document.Keys({"paths"})) {
      for (const std::string& verb : document.Keys({"paths", path})) {
        const Value& example =
            document.At({"paths", path, verb, "requestBody", "content", "application/json", "example"});
        if (example.kind_case() == Value::KIND_NOT_SET) continue;
        std::string body;
        ASSERT_TRUE(google::protobuf::util::MessageToJsonString(example, &body).ok());
        const std::string target = absl::StrReplaceAll(path, {{"{", ""}, {"}", ""}});
        const Match match = table->Find(absl::AsciiStrToUpper(verb), target);
        ASSERT_NE(match.route, nullptr) << verb << " " << target;
        const auto call = BuildRequest(match, {.body = body, .idempotency_key = "k"});
        EXPECT_TRUE(call.ok()) << verb << " " << target << " " << body << " " << call.status();
        ++taken;
      }
    }
  }
  EXPECT_GE(taken, 9);
}

TEST(OpenApiRules, NamesOfOneThing) {
  EXPECT_EQ(Singular("venues"), "venue");
  EXPECT_EQ(Singular("activities"), "activity");
  EXPECT_EQ(Singular("classes"), "class");
  EXPECT_EQ(Singular("research"), "research");
}

}  // namespace
}  // namespace kepu::gateway::transcode
