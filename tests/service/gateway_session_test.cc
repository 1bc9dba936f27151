// Browsers and programs before the real gateway and the real identity service: cookies and what protects
// them, keys, the end of sessions.
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "services/gateway/login/cookie.h"
#include "tests/service/gateway_identity.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSameOrigin[] = "Sec-Fetch-Site: same-origin\r\nOrigin: https://kepu.example\r\n";

class GatewaySessionTest : public GatewayIdentityTest {
 protected:
  struct Browser {
    std::string cookie;  // the header
    std::string csrf;
  };
  Browser LogIn(absl::string_view user_name) {
    const Reply reply = Ask("POST", "/v1/sessions:login",
                            absl::StrCat("User-Agent: Firefox\r\n", kSameOrigin), Credentials(user_name));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return BrowserOf(reply);
  }
  static Browser BrowserOf(const Reply& reply) {
    const auto set = reply.headers.find("set-cookie");
    if (set == reply.headers.end()) return {};
    return {absl::StrCat("Cookie: other=1; ", set->second.substr(0, set->second.find(';')), "\r\n"),
            TextIn(reply.body, "csrfToken")};
  }
  static std::string Protected(const Browser& browser) {
    return absl::StrCat(browser.cookie, kSameOrigin, "X-Kepu-Csrf: ", browser.csrf, "\r\n");
  }
  // Answers whether the session is anybody's.
  int StatusOf(const Browser& browser) { return Ask("GET", "/v1/users/me", browser.cookie).status; }
};

TEST_F(GatewaySessionTest, TheTokenOfASessionIsInItsCookieOnly) {
  Register("lan");
  const Reply reply = Ask("POST", "/v1/sessions:login", kSameOrigin, Credentials("lan"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string& set = reply.headers.at("set-cookie");
  EXPECT_THAT(set, AllOf(StartsWith("__Host-kepu=k1."), HasSubstr("; Secure"), HasSubstr("; HttpOnly"),
                         HasSubstr("; SameSite=Lax"), HasSubstr("; Path=/"), Not(HasSubstr("Domain"))));
  EXPECT_THAT(TextIn(reply.body, "token"), IsEmpty());
  EXPECT_THAT(reply.body, Not(HasSubstr("k1.")));
  EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
  const Browser browser = BrowserOf(reply);
  const Reply me = Ask("GET", "/v1/sessions/me", browser.cookie);
  ASSERT_EQ(me.status, 200) << me.body;
  EXPECT_EQ(TextIn(me.body, "csrfToken"), browser.csrf) << "for a page that was opened anew";
  EXPECT_THAT(me.body, Not(HasSubstr("k1.")));
  EXPECT_EQ(StatusOf(browser), 200);
}

TEST_F(GatewaySessionTest, OnLoopbackPlainHttpGetsACookieToo) {
  Register("lan");
  for (const char* host : {"127.0.0.1:8080", "localhost", "[::1]:8080"}) {
    host_ = host;
    const Reply reply =
        Ask("POST", "/v1/sessions:login", absl::StrCat("Origin: http://", host, "\r\n"), Credentials("lan"));
    ASSERT_EQ(reply.status, 200) << host << reply.body;
    EXPECT_THAT(reply.headers.at("set-cookie"),
                AllOf(StartsWith("kepu-loopback="), Not(HasSubstr("Secure"))));
    EXPECT_EQ(StatusOf(BrowserOf(reply)), 200);
  }
  const Browser browser =
      BrowserOf(Ask("POST", "/v1/sessions:login", "Origin: http://[::1]:8080\r\n", Credentials("lan")));
  host_ = "127.evil.example";
  EXPECT_EQ(StatusOf(browser), 401) << "that cookie is worth nothing elsewhere";
}

TEST_F(GatewaySessionTest, ChangesByCookieProveThatTheyComeFromOurPages) {
  Register("lan");
  const Browser browser = LogIn("lan"), other = LogIn("lan");
  const auto change = [&](const std::string& headers) {
    const Reply reply = Ask("PATCH", "/v1/users/me",
                            absl::StrCat("Idempotency-Key: c-", ++calls_, "\r\n", browser.cookie, headers),
                            R"({"displayName":"Lan"})");
    if (reply.status != 200) {
      EXPECT_EQ(reply.status, 403) << headers;
      EXPECT_THAT(reply.body, HasSubstr("CSRF_REFUSED"));
    }
    return reply.status == 200;
  };
  const std::string csrf = absl::StrCat("X-Kepu-Csrf: ", browser.csrf, "\r\n");
  EXPECT_TRUE(change(csrf + kSameOrigin));
  EXPECT_TRUE(change(csrf + "Sec-Fetch-Site: same-origin\r\n"));
  EXPECT_TRUE(change(csrf + "Origin: https://kepu.example\r\n"));
  EXPECT_FALSE(change(kSameOrigin)) << "no token";
  EXPECT_FALSE(change(absl::StrCat("X-Kepu-Csrf: ", other.csrf, "\r\n", kSameOrigin))) << "another session's";
  EXPECT_FALSE(change(csrf)) << "no header of the browser";
  for (const char* site : {"cross-site", "same-site", "none"})
    EXPECT_FALSE(change(absl::StrCat(csrf, "Sec-Fetch-Site: ", site, "\r\n"))) << site;
  for (const char* origin : {"null", "https://kepu.example.evil.example", "https://kepu.example:8443",
                             "https://evil.example", "kepu.example"}) {
    EXPECT_FALSE(change(absl::StrCat(csrf, "Origin: ", origin, "\r\n"))) << origin;
    EXPECT_FALSE(change(absl::StrCat(csrf, "Sec-Fetch-Site: same-origin\r\nOrigin: ", origin, "\r\n")));
  }
  EXPECT_EQ(StatusOf(browser), 200) << "what only reads needs none of it";
}

TEST_F(GatewaySessionTest, TwoCookiesOfOneNameAreNone) {
  Register("lan");
  const Browser browser = LogIn("lan"), planted = LogIn("lan");
  const std::string one = browser.cookie.substr(0, browser.cookie.size() - 2);
  EXPECT_EQ(Ask("GET", "/v1/users/me", absl::StrCat(one, "; ", planted.cookie.substr(17))).status, 401);
  EXPECT_EQ(Ask("GET", "/v1/users/me", browser.cookie + planted.cookie).status, 401);
}

TEST_F(GatewaySessionTest, NoForeignPageBeginsASession) {
  Register("lan");
  for (const char* headers : {"", "Origin: https://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"}) {
    const Reply reply = Ask("POST", "/v1/sessions:login", headers, Credentials("lan"));
    EXPECT_EQ(reply.status, 403) << headers;
    EXPECT_EQ(reply.headers.count("set-cookie"), 0u);
  }
  const Reply bare = Ask("POST", "/v1/sessions:login", "Authorization: Bearer k1.x\r\n", Credentials("lan"));
  EXPECT_EQ(bare.headers.count("set-cookie"), 0u) << "nor with another credential";
}

TEST_F(GatewaySessionTest, LoggingOutEndsTheSessionAndTheCookie) {
  Register("lan");
  const Browser browser = LogIn("lan");
  EXPECT_EQ(Ask("POST", "/v1/sessions:logout", browser.cookie, "{}").status, 403) << "not from elsewhere";
  const Reply reply = Ask("POST", "/v1/sessions:logout", Protected(browser), "{}");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.headers.at("set-cookie"), AllOf(StartsWith("__Host-kepu=;"), HasSubstr("Max-Age=0")));
  EXPECT_EQ(StatusOf(browser), 401);
  EXPECT_EQ(Ask("POST", "/v1/sessions:logout", Protected(browser), "{}").status, 200)
      << "who is out already gets rid of the cookie";
  EXPECT_EQ(Ask("GET", "/v1/schools", browser.cookie).status, 200) << "and reads what everybody may";
}

TEST_F(GatewaySessionTest, ProvingAgainPutsAnotherTokenIntoTheCookie) {
  Register("lan");
  const Browser browser = LogIn("lan");
  const Reply wrong = Ask("POST", "/v1/sessions:reauthenticate", Protected(browser), R"({"password":"no"})");
  EXPECT_EQ(wrong.status, 401);
  const Reply reply = Ask("POST", "/v1/sessions:reauthenticate", Protected(browser),
                          R"({"password":"a good long password"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(TextIn(reply.body, "token"), IsEmpty());
  const Browser rotated = BrowserOf(reply);
  EXPECT_NE(rotated.csrf, browser.csrf);
  EXPECT_EQ(StatusOf(rotated), 200);
  EXPECT_TRUE(WaitFor([&] { return StatusOf(browser) == 401; })) << "the old one is nobody's";
  const Reply desk = Ask("POST", "/v1/users:login", "", Credentials("lan"));
  const std::string bearer = absl::StrCat("Authorization: Bearer ", TextIn(desk.body, "token"), "\r\n");
  const Reply shown =
      Ask("POST", "/v1/sessions:reauthenticate", bearer, R"({"password":"a good long password"})");
  EXPECT_THAT(TextIn(shown.body, "token"), StartsWith("k1.")) << "who holds it itself is shown it";
  EXPECT_EQ(shown.headers.count("set-cookie"), 0u);
}

TEST_F(GatewaySessionTest, EndingTheOthersReachesTheGateway) {
  Register("lan");
  const Browser phone = LogIn("lan"), desk = LogIn("lan");
  EXPECT_EQ(StatusOf(phone), 200);
  const std::string user = TextIn(Ask("GET", "/v1/sessions/me", desk.cookie).body, "user");
  const Reply logins = Ask("GET", absl::StrCat("/v1/", user, "/logins"), desk.cookie);
  ASSERT_EQ(logins.status, 200) << logins.body;
  EXPECT_THAT(logins.body, AllOf(HasSubstr(R"("device":"Firefox")"), HasSubstr(R"("network":"127.0.0.0/24")"),
                                 HasSubstr(R"("current":true)")));
  const Reply ended =
      Do(absl::StrCat("/v1/", user, "/logins:end"), Protected(desk), R"({"exceptCurrent":true})");
  ASSERT_EQ(ended.status, 200) << ended.body;
  EXPECT_TRUE(WaitFor([&] { return StatusOf(phone) == 401; }));
  EXPECT_EQ(StatusOf(desk), 200);
}

TEST_F(GatewaySessionTest, AKeyComesInEitherHeader) {
  Register("lan");
  const Browser browser = LogIn("lan");
  const std::string user = TextIn(Ask("GET", "/v1/sessions/me", browser.cookie).body, "user");
  const auto make = [&](const char* body) {
    const Reply made = Do(absl::StrCat("/v1/", user, "/apiKeys"), Protected(browser), body);
    EXPECT_EQ(made.status, 200) << made.body;
    return TextIn(made.body, "key");
  };
  const std::string key = make(R"({"apiKey":{"label":"website"}})");
  const std::string reader = make(R"({"apiKey":{"label":"reader","readOnly":true}})");
  EXPECT_THAT(key, StartsWith("kepu_"));
  for (const char* header : {"Authorization: Bearer ", "X-API-Key: "}) {
    const Reply me = Ask("GET", "/v1/users/me", absl::StrCat(header, key, "\r\n"));
    EXPECT_EQ(me.status, 200) << header << me.body;
    EXPECT_EQ(Ask("GET", "/v1/users/me", absl::StrCat(header, key, "x\r\n")).status, 401);
  }
  EXPECT_EQ(
      Ask("GET", "/v1/users/me", absl::StrCat("X-API-Key: ", key, "\r\nAuthorization: Bearer ", key, "\r\n"))
          .status,
      401)
      << "two credentials are one too many";
  const Reply more = Do(absl::StrCat("/v1/", user, "/apiKeys"), absl::StrCat("X-API-Key: ", key, "\r\n"),
                        R"({"apiKey":{"label":"more"}})");
  EXPECT_EQ(more.status, 403);
  EXPECT_THAT(more.body, HasSubstr("KEY_NOT_ALLOWED"));
  const Reply write =
      Ask("PATCH", "/v1/users/me", absl::StrCat("Idempotency-Key: w\r\nX-API-Key: ", reader, "\r\n"),
          R"({"phone":"1"})");
  EXPECT_EQ(write.status, 403);
  EXPECT_THAT(write.body, HasSubstr("KEY_READ_ONLY"));
}

// No GET changes anything: SameSite=Lax sends the cookie with links from anywhere.
TEST(SessionRoutes, NothingIsChangedByGet) {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const auto* service : transcode::LinkedServices()) {
    if (!absl::StartsWith(service->full_name(), "kepu.test")) services.push_back(service);
  }
  const auto table = transcode::RouteTable::Make(services);
  ASSERT_TRUE(table.ok()) << table.status();
  int reads = 0;
  for (const auto& route : (*table)->routes()) {
    if (route->verb != "GET") continue;
    ++reads;
    EXPECT_FALSE(route->method->changes) << route->pattern;
  }
  EXPECT_GT(reads, 10);
}

TEST(CookieTest, WhatIsNoCookieIsNone) {
  http::Head head;
  head.headers = {{"Host", "kepu.example"}};
  for (const char* value :
       {"", "__Host-kepu", "a__Host-kepu=x", "__host-kepu=x", ";;;=", "kepu-loopback=x"}) {
    head.headers = {{"Host", "kepu.example"}, {"Cookie", value}};
    EXPECT_EQ(login::TokenInCookie(head), "") << value;
  }
  head.headers = {{"Host", "kepu.example"}, {"Cookie", "a=b;__Host-kepu=x=y ; c"}};
  EXPECT_EQ(login::TokenInCookie(head), "x=y");
  EXPECT_NE(login::CsrfToken("a"), login::CsrfToken("b"));
}

}  // namespace
}  // namespace kepu::gateway::testing
