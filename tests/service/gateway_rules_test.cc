// REST's rarer rules through the whole gateway: uploads, conditions of reads, events, the API page.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "kepu/test/v1/reef.pb.h"
#include "libs/refusal/refusal.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct ReefHarness : Harness {
  ReefHarness() : Harness({}, false, (test::v1::Reef::descriptor(), "kepu.test.v1.ReefService")) {
    fake.On("ListReefs", [this](const FakeUpstream::Seen&, upstream::Done done) {
      test::v1::ListReefsResponse list;
      list.add_reefs()->set_title(absl::StrCat("as of ", version.load()));
      done(rpc::PeerAnswer{list.SerializeAsString(), {}});
    });
  }
  std::atomic<int> version{1};
};

TEST(RestUploads, PassWhereAMethodTakesThemAndNowhereElse) {
  ReefHarness harness;
  const std::string photo(3145728, 'p');
  std::atomic<size_t> bytes{0};
  harness.fake.On("UploadPhoto", [&](const FakeUpstream::Seen& seen, upstream::Done done) {
    test::v1::UploadPhotoRequest request;
    EXPECT_TRUE(request.ParseFromString(seen.request));
    bytes = request.content().size();
    done(rpc::PeerAnswer{});
  });
  const std::string body = absl::StrCat(R"({"content":")", absl::Base64Escape(photo), R"("})");
  EXPECT_EQ(harness.Ask("POST", "/v1/reefs/a/photos", "Idempotency-Key: k\r\n", body).status, 200);
  EXPECT_EQ(bytes, photo.size());
  EXPECT_EQ(harness.Ask("POST", "/v1/reefs", "Idempotency-Key: k\r\n", body).status, 413);
  EXPECT_EQ(harness.Ask("POST", "/v1/reefs/a/photo", "", body).status, 413) << "unknown paths take least";
  EXPECT_EQ(CountOf(harness, "CreateReef"), 0);
  const std::string larger = absl::StrCat(body, std::string(65 * 1024, ' '));
  EXPECT_EQ(harness.Ask("POST", "/v1/reefs/a/photos", "", larger).status, 413);
}

TEST(RestReads, AreAnsweredUnderTheirConditions) {
  ReefHarness harness;
  const Reply first = harness.Ask("GET", "/v1/reefs");
  const std::string tag = first.headers.at("etag");
  const auto ask = [&](const char* verb, const std::string& headers) {
    return harness.Ask(verb, "/v1/reefs", headers);
  };
  const Reply same = ask("GET", absl::StrCat("If-None-Match: \"x\", W/", tag, "\r\n"));
  EXPECT_EQ(same.status, 304);
  EXPECT_THAT(same.body, IsEmpty());
  EXPECT_EQ(same.headers.at("etag"), tag);
  EXPECT_EQ(same.headers.count("content-length"), 0u);
  EXPECT_EQ(ask("HEAD", absl::StrCat("If-None-Match: ", tag, "\r\n")).status, 304);
  EXPECT_EQ(ask("GET", absl::StrCat("If-Match: ", tag, "\r\n")).status, 200);
  const Reply other = ask("GET", "If-Match: \"older\"\r\n");
  EXPECT_EQ(other.status, 412);
  EXPECT_THAT(other.body, HasSubstr("ETAG_MISMATCH"));
  harness.version = 2;
  EXPECT_EQ(ask("GET", absl::StrCat("If-None-Match: ", tag, "\r\n")).status, 200) << "it changed";
  EXPECT_EQ(ask("GET", absl::StrCat("If-Match: ", tag, "\r\n")).status, 412);
}

TEST(RestReads, RawAnswersHaveTagsToo) {
  ReefHarness harness;
  harness.fake.On("ReadLog", [](const FakeUpstream::Seen&, upstream::Done done) {
    options::v1::RawBody raw;
    raw.set_content_type("text/calendar; charset=utf-8");
    raw.set_data("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    done(rpc::PeerAnswer{raw.SerializeAsString(), {}});
  });
  const Reply feed = harness.Ask("GET", "/v1/reefs/a/logs/2026:read");
  EXPECT_EQ(feed.headers.at("content-type"), "text/calendar; charset=utf-8");
  EXPECT_THAT(feed.body, StartsWith("BEGIN:VCALENDAR\r\n"));
  EXPECT_EQ(harness
                .Ask("GET", "/v1/reefs/a/logs/2026:read",
                     absl::StrCat("If-None-Match: ", feed.headers.at("etag"), "\r\n"))
                .status,
            304);
}

TEST(RestVerbs, AreTheRequestLines) {
  ReefHarness harness;
  const Reply put = harness.Ask("POST", "/v1/reefs/a/title",
                                "X-HTTP-Method-Override: PUT\r\nIdempotency-Key: k\r\n", "\"t\"");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.headers.at("allow"), "OPTIONS, PUT");
  EXPECT_EQ(CountOf(harness, "RenameReef"), 0);
  harness.fake.On("FindReefs",
                  [](const FakeUpstream::Seen&, upstream::Done done) { done(rpc::PeerAnswer{}); });
  EXPECT_EQ(harness.Ask("LOOK", "/v1/reefs:find").status, 200);
  EXPECT_EQ(harness.Ask("OPTIONS", "/v1/reefs:find").status, 204);
  EXPECT_EQ(CountOf(harness, "FindReefs"), 1);
}

TEST(RestStreams, AreEventsWhereAcceptAsks) {
  ReefHarness harness;
  const auto two = [](int index) {
    test::v1::Reef reef;
    reef.set_title("a\nb");
    return index < 2 ? std::optional(reef.SerializeAsString()) : std::nullopt;
  };
  harness.fake.Stream(two);
  const Reply events = harness.Ask("GET", "/v1/reefs/a:watch", "Accept: text/event-stream\r\n");
  EXPECT_EQ(events.headers.at("content-type"), "text/event-stream; charset=utf-8");
  const std::vector<std::string> pieces = absl::StrSplit(events.body, "\n\n");
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_THAT(pieces[1], StartsWith("data: {\"name\":\"\",\"title\":\"a\\nb\""));
  for (const char* lines : {"*/*", "text/event-stream;q=0.5, application/x-ndjson", "text/*"}) {
    EXPECT_EQ(harness.Ask("GET", "/v1/reefs/a:watch", absl::StrCat("Accept: ", lines, "\r\n"))
                  .headers.at("content-type"),
              "application/x-ndjson; charset=utf-8")
        << lines;
  }
  harness.fake.Stream(two, refusal::NotFound("reefs/a"));
  const Reply failed = harness.Ask("GET", "/v1/reefs/a:watch", "Accept: text/event-stream\r\n");
  EXPECT_THAT(failed.body, HasSubstr("\n\nevent: error\ndata: {\"code\":5,"));
  EXPECT_THAT(failed.body, EndsWith("}\n\n"));
}

TEST(RestErrors, AreProblemsByQuality) {
  ReefHarness harness;
  const auto type = [&](const char* accept) {
    return harness.Ask("GET", "/v1/reefs?x=1", absl::StrCat("Accept: ", accept, "\r\n"))
        .headers.at("content-type");
  };
  EXPECT_THAT(type("application/problem+json;q=0.5, */*"), StartsWith("application/json"));
  EXPECT_THAT(type("application/json;q=0.5, application/problem+json"),
              StartsWith("application/problem+json"));
}

TEST(ApiPage, IsServedFromMemoryUnderAStrictPolicy) {
  Harness harness;
  const std::vector<std::pair<const char*, const char*>> files = {
      {"/docs", "text/html; charset=utf-8"},
      {"/docs/docs.css", "text/css; charset=utf-8"},
      {"/docs/docs.js", "text/javascript; charset=utf-8"},
      {"/openapi.json", "application/json; charset=utf-8"},
  };
  for (const auto& [path, type] : files) {
    const Reply reply = harness.Ask("GET", path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.headers.at("content-type"), type);
    EXPECT_THAT(reply.body, Not(HasSubstr("://cdn"))) << path;
    EXPECT_EQ(
        harness.Ask("GET", path, absl::StrCat("If-None-Match: ", reply.headers.at("etag"), "\r\n")).status,
        304);
    EXPECT_EQ(harness.Ask("HEAD", path).status, 200);
    EXPECT_EQ(harness.Ask("POST", path, "", "{}").status, 405);
  }
  const Reply page = harness.Ask("GET", "/docs");
  EXPECT_THAT(page.body, Not(HasSubstr("<style"))) << "nothing is inline";
  EXPECT_THAT(page.body, Not(HasSubstr("style=")));
  EXPECT_THAT(page.body, HasSubstr("<script src=\"/docs/docs.js\" defer></script>"));
  EXPECT_EQ(harness.Ask("GET", "/docs/none.js").status, 404);
  EXPECT_THAT(harness.Ask("GET", "/").body, HasSubstr("<a href=\"/docs\">"));
}

}  // namespace
}  // namespace kepu::gateway::testing
