// The gateway with the web app and without it: who gets a page, who gets a refusal, and what it costs.
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/guarded_gateway.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPage = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
const std::string kJson = "Accept: application/json\r\n";

// A gateway with a small app, whose clients have rates as if they were elsewhere.
class WebGateway : public ::testing::Test {
 protected:
  WebGateway() {
    folder_.Write("index.html", "<!doctype html><title>the app</title>");
    folder_.Write("sw.js", "// " + std::string(2000, 'w'));
    std::filesystem::create_directory(folder_.path("assets"));
    folder_.Write("assets/app-1.js", std::string(100'000, 'a'));
    auto web = pages::WebFiles::Load(folder_.path());
    EXPECT_TRUE(web.ok()) << web.status();
    web_ = *std::move(web);
    EdgeSettings settings;
    settings.rates.address = {20, absl::Hours(1)};
    gateway_ = std::make_unique<GuardedGateway>(settings, web_.get());
  }
  Reply Get(absl::string_view path, absl::string_view headers = kPage) {
    return gateway_->Ask("GET", path, headers);
  }
  Reply Raw(absl::string_view bytes) { return Client(gateway_->port()).Ask(bytes); }

  const TemporaryFolder folder_;
  std::unique_ptr<const pages::WebFiles> web_;
  std::unique_ptr<GuardedGateway> gateway_;
};

TEST_F(WebGateway, ServesTheAppAtItsAddresses) {
  for (const char* path : {"/", "/index.html", "/venues/cqstm", "/venues?text=a.b"}) {
    const Reply reply = Get(path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_THAT(reply.body, HasSubstr("the app")) << path;
    EXPECT_EQ(reply.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(reply.headers.at("cache-control"), "no-cache");
    const Reply again = Get(path, absl::StrCat(kPage, "If-None-Match: ", reply.headers.at("etag"), "\r\n"));
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.headers.at("etag"), reply.headers.at("etag"));
  }
}

TEST_F(WebGateway, OnePolicyStandsOnAPageAndCameraIsForPagesOfTheApp) {
  Client client(gateway_->port());
  const Reply page = client.Ask(Harness::Text("GET", "/venues", kPage));
  // The client keeps the last of two headers of one name; a second policy would be the general one.
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("img-src 'self' data: blob:"));
  EXPECT_THAT(page.headers.at("permissions-policy"), HasSubstr("camera=(self), geolocation=(self)"));
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
  for (const char* path : {"/status", "/v1/parks/x", "/sw.js"}) {
    const Reply other = Get(path);
    EXPECT_THAT(other.headers.at("content-security-policy"), HasSubstr("default-src 'self'")) << path;
    EXPECT_THAT(other.headers.at("permissions-policy"), HasSubstr("camera=(), geolocation=()")) << path;
  }
}

TEST_F(WebGateway, SendsFilesWholeAndPacked) {
  const Reply plain = Get("/assets/app-1.js", "");
  EXPECT_EQ(plain.body, std::string(100'000, 'a'));
  EXPECT_EQ(plain.headers.at("cache-control"), "public, max-age=31536000, immutable");
  const Reply packed = Get("/assets/app-1.js", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(packed.headers.at("vary"), "Accept-Encoding");
  EXPECT_EQ(packed.headers.at("content-length"), absl::StrCat(packed.body.size()));
  EXPECT_LT(packed.body.size(), 1000u);
  const Reply head = gateway_->Ask("HEAD", "/assets/app-1.js");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "100000");
  EXPECT_EQ(head.headers.at("etag"), plain.headers.at("etag"));
  EXPECT_EQ(gateway_->Ask("HEAD", "/venues", kPage).status, 200);
}

TEST_F(WebGateway, LeavesTheApiItsRefusals) {
  for (const std::string& headers : {kJson, kPage}) {
    const Reply nope = Get("/v1/nope", headers);
    EXPECT_EQ(nope.status, 404);
    EXPECT_EQ(nope.headers.at("content-type"), "application/json; charset=utf-8");
    EXPECT_THAT(nope.body, HasSubstr("\"reason\":\"ROUTE_UNKNOWN\""));
  }
  EXPECT_EQ(Get("/v1/parks/x", kPage).headers.at("content-type"), "application/json; charset=utf-8");
  EXPECT_THAT(Get("/venues", kJson).body, HasSubstr("\"reason\":\"ROUTE_UNKNOWN\""));
  EXPECT_EQ(Get("/assets/gone-2.js").status, 404);
  EXPECT_EQ(Get("/assets/gone-2.js").headers.at("cache-control"), "no-store");
  EXPECT_EQ(Get("/gone.png").status, 404);
  EXPECT_EQ(Get("/docs/none").status, 404);
  EXPECT_THAT(Get("/docs").body, HasSubstr("/docs/docs.js"));
  EXPECT_EQ(Get("/openapi.json").headers.at("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(Get("/livez").body, "{\"live\":true}\n");
}

TEST_F(WebGateway, PathsThatLeadOutLeadNowhere) {
  for (const char* path : {"/..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/../etc/passwd", "//etc/passwd",
                           "/assets/..%2f..%2fetc%2fpasswd", "/etc%00", "/assets/%2e%2e/index.html"})
    EXPECT_EQ(Get(path).status, 404) << path;
  EXPECT_EQ(Raw(absl::string_view("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n", 33)).status, 400);
}

TEST_F(WebGateway, IsOnlyRead) {
  for (const char* path : {"/", "/index.html", "/sw.js", "/venues", "/status"}) {
    const Reply refused = gateway_->Ask("POST", path, kPage);
    EXPECT_EQ(refused.status, 405) << path;
    EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"VERB_UNKNOWN\""));
    EXPECT_EQ(gateway_->Ask("OPTIONS", path, kPage).status, 204) << path;
  }
  EXPECT_EQ(gateway_->Ask("POST", "/venues", kJson).status, 404);
}

TEST_F(WebGateway, FilesAndPagesAreNoCalls) {
  const std::string elsewhere = "X-Forwarded-For: 192.0.2.7\r\n";
  EdgeSettings settings;
  settings.server.trusted_proxies = *http::Networks::Parse({"127.0.0.0/8"});
  settings.rates.address = {3, absl::Hours(1)};
  GuardedGateway limited(settings, web_.get());
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(limited.Ask("GET", "/sw.js", elsewhere).status, 200);
    EXPECT_EQ(limited.Ask("GET", "/venues", elsewhere + kPage).status, 200);
  }
  EXPECT_EQ(limited.Ask("GET", "/v1/parks/x", elsewhere).status, 200);
  EXPECT_EQ(limited.Ask("GET", "/v1/parks/x", elsewhere).status, 429) << "calls are counted as before";
  EXPECT_EQ(limited.Ask("GET", "/venues", elsewhere + kPage).status, 200);
  EXPECT_EQ(limited.fake.seen().size(), 1u);
}

TEST_F(WebGateway, ASlowReaderOfAFileIsLetGo) {
  folder_.Write("assets/large.bin", std::string(16'000'000, 'b'));
  auto web = pages::WebFiles::Load(folder_.path());
  ASSERT_TRUE(web.ok());
  EdgeSettings settings;
  settings.server.write_timeout = absl::Milliseconds(100);
  settings.server.body_rate = size_t{1} << 30;
  GuardedGateway slow(settings, web->get());
  Client client(slow.port(), 4096);
  client.Send(Harness::Text("GET", "/assets/large.bin"));
  EXPECT_TRUE(WaitFor([&] { return slow.server->connections() == 0; }));
}

TEST_F(WebGateway, WhatRunsIsSaidAtStatus) {
  const Reply status = Get("/status");
  EXPECT_EQ(status.status, 200);
  EXPECT_THAT(status.body, AllOf(HasSubstr("9.8.7"), HasSubstr("<a href=\"/docs\">"),
                                 HasSubstr("<a href=\"/\">"), Not(HasSubstr("deploy/build-web"))));
}

TEST(WithoutTheApp, APlainPageSaysHowItIsBuilt) {
  Harness harness;
  for (const char* path : {"/", "/status"}) {
    const Reply page = harness.Ask("GET", path, kPage);
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body,
                AllOf(HasSubstr("本机尚未构建网页应用"), HasSubstr("The web app is not built here"),
                      HasSubstr("<code>deploy/build-web</code>"), HasSubstr("9.8.7")));
  }
  for (const char* path : {"/venues", "/index.html", "/sw.js", "/assets/app-1.js"})
    EXPECT_EQ(harness.Ask("GET", path, kPage).status, 404) << path;
}

TEST(Document, HasFeedsBesideTheMethods) {
  Harness harness;
  EXPECT_THAT(harness.Ask("GET", "/openapi.json").body, HasSubstr("\"/v1/feeds/{secret}.ics\":{\"get\":"));
}

}  // namespace
}  // namespace kepu::gateway::testing
