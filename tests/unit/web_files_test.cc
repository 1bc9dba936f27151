// The web app's folder in memory: what is taken, what is refused at start, and what a request gets of it.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/connect/gzip.h"
#include "services/gateway/pages/web_answer.h"
#include "services/gateway/pages/web_files.h"
#include "services/gateway/transcode/accept.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::gateway::pages {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kIndex[] = "<!doctype html><title>kepu</title><script src=/assets/app-1a2b.js></script>";

const std::string& Script() {
  static const auto* const text = new std::string(4000, 'x');
  return *text;
}

// A small app in a folder of its own.
class WebFolder : public ::testing::Test {
 protected:
  WebFolder() {
    folder_.Write("index.html", kIndex);
    folder_.Write("sw.js", "self.skipWaiting();");
    folder_.Write("manifest.webmanifest", "{}");
    Make("assets");
    folder_.Write("assets/app-1a2b.js", Script());
    folder_.Write("assets/Photo-9z.PNG", std::string(4000, 'p'));
    folder_.Write("empty.txt", "");
  }
  void Make(const std::string& leaf) { std::filesystem::create_directories(folder_.path(leaf)); }
  const WebFiles& Loaded() {
    if (loaded_ == nullptr) {
      auto loaded = WebFiles::Load(folder_.path());
      EXPECT_TRUE(loaded.ok()) << loaded.status();
      loaded_ = *std::move(loaded);
    }
    return *loaded_;
  }
  std::string Problem(size_t bytes_max = WebFiles::kBytesMax) {
    const auto loaded = WebFiles::Load(folder_.path(), bytes_max);
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(loaded.status().message());
  }
  // What a GET of the path finds.
  WebFound Find(absl::string_view path, absl::string_view accept = "text/html,*/*;q=0.8") {
    http::Head head;
    head.method = "GET";
    head.path = path;
    head.headers = {{"Accept", accept}};
    return FindInApp(Loaded(), head);
  }
  http::Response Answer(absl::string_view path, std::vector<http::Header> headers = {}) {
    http::Head head;
    head.method = "GET";
    head.path = path;
    head.headers = std::move(headers);
    head.headers.push_back({"Accept", "text/html"});
    return AnswerOfApp(FindInApp(Loaded(), head), head);
  }
  static std::string HeaderOf(const http::Response& response, absl::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }

  const TemporaryFolder folder_;
  std::unique_ptr<const WebFiles> loaded_;
};

TEST_F(WebFolder, IsReadWithTypesAndWithoutWhatIsHidden) {
  folder_.Write(".env", "secret");
  Make(".git");
  folder_.Write(".git/config", "secret");
  const WebFiles& files = Loaded();
  EXPECT_EQ(files.count(), 6u);
  EXPECT_EQ(files.bytes(), sizeof(kIndex) - 1 + 19 + 2 + 4000 + 4000);
  EXPECT_EQ(files.Find("/"), files.Find("/index.html"));
  EXPECT_EQ(files.index().content_type, "text/html; charset=utf-8");
  EXPECT_EQ(files.Find("/assets/app-1a2b.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(files.Find("/manifest.webmanifest")->content_type, "application/manifest+json; charset=utf-8");
  EXPECT_EQ(files.Find("/assets/Photo-9z.PNG")->content_type, "image/png");
  EXPECT_EQ(*files.Find("/empty.txt")->plain.body, "");
  for (const char* path : {"/.env", "/.git/config", "/assets", "/assets/", "index.html", ""})
    EXPECT_EQ(files.Find(path), nullptr) << path;
}

TEST_F(WebFolder, IsRefusedWithWhatToDo) {
  EXPECT_THAT(WebFiles::Load(folder_.path("none")).status().message(),
              AllOf(HasSubstr("/none is no folder"), HasSubstr("npm run build")));
  EXPECT_THAT(WebFiles::Load(folder_.path("sw.js")).status().message(), HasSubstr("is no folder"));
  EXPECT_THAT(Problem(4000), AllOf(HasSubstr("holds more than"), HasSubstr("MiB")));
  EXPECT_EQ(WebFiles::Load(folder_.path(), sizeof(kIndex) - 1 + 21 + 8000).status(), absl::OkStatus());
  std::filesystem::remove(folder_.path("index.html"));
  EXPECT_THAT(Problem(), HasSubstr("has no index.html"));
}

TEST_F(WebFolder, HoldsNoLinksAndNothingButFiles) {
  const TemporaryFolder outside;
  outside.Write("secret.txt", "secret");
  for (const std::string& target :
       {outside.path("secret.txt"), outside.path(), folder_.path("sw.js"), std::string("nowhere")}) {
    std::filesystem::create_symlink(target, folder_.path("assets/link.txt"));
    EXPECT_THAT(Problem(), HasSubstr("assets/link.txt is a symbolic link")) << target;
    std::filesystem::remove(folder_.path("assets/link.txt"));
  }
  ASSERT_EQ(mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(Problem(), HasSubstr("pipe is neither a file nor a folder"));
}

TEST_F(WebFolder, MayItselfBeReachedByALink) {
  const TemporaryFolder other;
  std::filesystem::create_directory_symlink(folder_.path(), other.path("web"));
  EXPECT_TRUE(WebFiles::Load(other.path("web")).ok());
  EXPECT_TRUE(WebFiles::Load(folder_.path() + "/").ok()) << "with a slash at its end";
}

TEST_F(WebFolder, HasNothingWhereTheGatewayHasItsOwn) {
  for (const char* leaf : {"v1/venues", "docs/more.js", "kepu.venue.v1.VenueService/GetVenue", "livez",
                           "status", "openapi.json"}) {
    const std::string place = leaf;
    if (place.find('/') != std::string::npos) Make(place.substr(0, place.find('/')));
    folder_.Write(place, "x");
    EXPECT_THAT(Problem(), HasSubstr(absl::StrCat(leaf, " lies where the gateway has a path of its own")));
    std::filesystem::remove_all(folder_.path(place.substr(0, place.find('/'))));
  }
}

TEST_F(WebFolder, FilesAreFoundByTheirWholePathOnly) {
  const WebFile* const script = Loaded().Find("/assets/app-1a2b.js");
  EXPECT_EQ(Find("/assets/app-1a2b.js").file, script);
  EXPECT_EQ(Find("/assets/app%2D1a2b.js").file, script) << "the same by another spelling";
  for (const char* path : {"/..%2fassets/app-1a2b.js",
                           "/x/..%2Fassets/app-1a2b.js",
                           "/%2e%2e/assets/app-1a2b.js",
                           "/x/../assets/app-1a2b.js",
                           "/./assets/app-1a2b.js",
                           "//assets/app-1a2b.js",
                           "/assets//app-1a2b.js",
                           "/assets%2fapp-1a2b.js",
                           "/assets/app-1a2b.js%00",
                           "/assets/app-1a2b.js%00.html",
                           "/assets\\app-1a2b.js",
                           "/assets%5capp-1a2b.js",
                           "/assets/app-1a2b.js/",
                           "/Assets/app-1a2b.js",
                           "/assets/app-1a2b.j",
                           "/assets/%zz",
                           "/%ff",
                           "*",
                           "/assets",
                           "/assets/",
                           "/assets/none"})
    EXPECT_EQ(Find(path).file, nullptr) << path;
}

TEST_F(WebFolder, AddressesOfTheAppGetItsPage) {
  for (const char* path : {"/venues", "/venues/cqstm", "/staff/", "/%E9%A6%86", "/v2", "/kepu", "/documents",
                           "/v1x", "/status-of-things"}) {
    EXPECT_EQ(Find(path).file, &Loaded().index()) << path;
    EXPECT_TRUE(Find(path).is_address) << path;
    EXPECT_EQ(Find(path, "application/json").file, nullptr) << path;
    EXPECT_EQ(Find(path, "*/*").file, nullptr) << path;
    EXPECT_EQ(Find(path, "").file, nullptr) << path;
    EXPECT_EQ(Find(path, "application/json, text/html;q=0.5").file, nullptr) << path;
  }
  EXPECT_FALSE(Find("/").is_address);
  for (const char* path : {"/v1",           "/v1/",       "/v1/nope",
                           "/v1:nope",      "/%761/nope", "/kepu.venue.v1.VenueService/Nope",
                           "/docs",         "/docs/nope", "/livez",
                           "/readyz/x",     "/version",   "/status",
                           "/openapi.json", "/nope.js",   "/venues/nope.html",
                           "/favicon.ico",  "/venues/..", "/..%2f",
                           "/%2e%2e",       "//",         "//venues",
                           "/venues//x",    "/a%00b",     "/a%2fb"})
    EXPECT_EQ(Find(path).file, nullptr) << path;
}

TEST_F(WebFolder, AnswersSayHowLongTheyHold) {
  constexpr char kForEver[] = "public, max-age=31536000, immutable";
  EXPECT_EQ(HeaderOf(Answer("/assets/app-1a2b.js"), "Cache-Control"), kForEver);
  for (const char* path : {"/", "/index.html", "/sw.js", "/manifest.webmanifest", "/empty.txt", "/venues"})
    EXPECT_EQ(HeaderOf(Answer(path), "Cache-Control"), "no-cache") << path;
}

TEST_F(WebFolder, TextComesPackedToThoseWhoTakeIt) {
  const http::Response plain = Answer("/assets/app-1a2b.js");
  EXPECT_EQ(*plain.ready_body, Script());
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");
  const http::Response packed = Answer("/assets/app-1a2b.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(packed, "Vary"), "Accept-Encoding");
  EXPECT_LT(packed.ready_body->size(), 400u);
  EXPECT_EQ(packed.content_type, plain.content_type);
  EXPECT_NE(HeaderOf(packed, "ETag"), HeaderOf(plain, "ETag")) << "strong tags name bytes";
  // What nobody would gain by, and what is packed already.
  for (const char* path : {"/sw.js", "/empty.txt", "/assets/Photo-9z.PNG"}) {
    const http::Response other = Answer(path, {{"Accept-Encoding", "gzip"}});
    EXPECT_EQ(HeaderOf(other, "Content-Encoding"), "") << path;
    EXPECT_EQ(HeaderOf(other, "Vary"), "") << path;
  }
}

TEST_F(WebFolder, PackedBytesAreTheSameOnesAgain) {
  folder_.Write("assets/short.js",
                "const answer = 42; const answers = [42, 42, 42, 42, 42, 42, 42, 42, 42];\n");
  const http::Response packed = Answer("/assets/short.js", {{"Accept-Encoding", "gzip"}});
  ASSERT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  const auto unpacked = connect::Unpack("gzip", *packed.ready_body);
  ASSERT_TRUE(unpacked.ok()) << unpacked.status();
  EXPECT_EQ(*unpacked, *Answer("/assets/short.js").ready_body);
  const auto again = WebFiles::Load(folder_.path());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->Find("/assets/short.js")->packed.etag, HeaderOf(packed, "ETag")) << "on every gateway";
}

TEST_F(WebFolder, WhatIsKnownIsNotSentAgain) {
  const std::string path = "/assets/app-1a2b.js";
  const std::string plain = HeaderOf(Answer(path), "ETag");
  const std::string packed = HeaderOf(Answer(path, {{"Accept-Encoding", "gzip"}}), "ETag");
  EXPECT_EQ(Answer(path, {{"If-None-Match", plain}}).status, 304);
  EXPECT_EQ(Answer(path, {{"If-None-Match", absl::StrCat("\"x\", W/", plain)}}).status, 304);
  EXPECT_EQ(Answer(path, {{"If-None-Match", packed}}).status, 200) << "other bytes";
  EXPECT_EQ(Answer(path, {{"If-None-Match", packed}, {"Accept-Encoding", "gzip"}}).status, 304);
  const http::Response same = Answer("/venues", {{"If-None-Match", HeaderOf(Answer("/"), "ETag")}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(HeaderOf(same, "Cache-Control"), "no-cache");
  EXPECT_THAT(HeaderOf(same, "Vary"), HasSubstr("Accept"));
}

TEST_F(WebFolder, PagesHaveThePolicyOfTheApp) {
  for (const char* path : {"/", "/index.html", "/venues"}) {
    const http::Response page = Answer(path);
    EXPECT_EQ(HeaderOf(page, "Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src "
              "'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; "
              "frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    EXPECT_THAT(HeaderOf(page, "Permissions-Policy"),
                AllOf(HasSubstr("camera=(self), geolocation=(self)"), HasSubstr("microphone=()"),
                      HasSubstr("payment=()")));
  }
  EXPECT_EQ(HeaderOf(Answer("/sw.js"), "Content-Security-Policy"), "");
}

TEST(Codings, AreWeighed) {
  using transcode::CodingQuality;
  EXPECT_EQ(CodingQuality("", "gzip"), -1);
  EXPECT_EQ(CodingQuality("br, deflate", "gzip"), -1);
  EXPECT_EQ(CodingQuality("br, GZIP ;q=0.3", "gzip"), 0.3);
  EXPECT_EQ(CodingQuality("*;q=0.5, gzip;q=0", "gzip"), 0);
  EXPECT_EQ(CodingQuality("*;q=0.5", "gzip"), 0.5);
  EXPECT_EQ(CodingQuality("gzip;q=much", "gzip"), 0);
}

TEST_F(WebFolder, GzipGivesWayToWhatIsWantedMore) {
  const auto coding = [&](const char* accepts) {
    return HeaderOf(Answer("/assets/app-1a2b.js", {{"Accept-Encoding", accepts}}), "Content-Encoding");
  };
  EXPECT_EQ(coding("gzip, deflate, br"), "gzip");
  EXPECT_EQ(coding("*"), "gzip");
  EXPECT_EQ(coding("gzip;q=0.5, identity"), "");
  EXPECT_EQ(coding("gzip;q=0"), "");
  EXPECT_EQ(coding("identity"), "");
  EXPECT_EQ(coding("gzip;q=0.001, identity;q=0"), "gzip");
}

}  // namespace
}  // namespace kepu::gateway::pages
