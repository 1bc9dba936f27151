// Sign-in by another provider, from the browser through the real gateway and the real identity service to a
// provider on loopback and back.
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "services/identity/api/totp.h"
#include "tests/service/gateway_identity.h"
#include "tests/service/oidc_provider.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Mood = OidcProvider::Mood;

constexpr char kSameOrigin[] = "Sec-Fetch-Site: same-origin\r\nOrigin: https://kepu.example\r\n";

// Made before the gateway, which is told its address.
struct WithOidcProvider {
  OidcProvider oidc_;
};

class GatewayExternalTest : private WithOidcProvider, public GatewayIdentityTest {
 protected:
  explicit GatewayExternalTest(bool create_users = false)
      : GatewayIdentityTest(
            [&](const executor::Clock& clock) { return Provider(oidc_, clock, create_users); }) {
    oidc_.set_clock(&clock_);
  }
  using WithOidcProvider::oidc_;

  static std::unique_ptr<identity::provider::Provider> Provider(const OidcProvider& oidc,
                                                                const executor::Clock& clock,
                                                                bool create_users) {
    identity::provider::Settings settings;
    settings.issuer = oidc.issuer();
    settings.client_id = OidcProvider::kClient;
    settings.client_secret = OidcProvider::kSecret;
    settings.redirect_uri = OidcProvider::kRedirect;
    settings.scopes = "openid profile";
    settings.create_users = create_users;
    return std::make_unique<identity::provider::Provider>(
        settings, std::make_unique<identity::provider::CurlFetcher>("", absl::Milliseconds(300)),
        [&clock] { return clock.Now(); });
  }

  struct Browser {
    std::string cookie, csrf;  // the header; the token
  };
  static std::string CookieOf(const Reply& reply) {
    const auto set = reply.headers.find("set-cookie");
    if (set == reply.headers.end()) return "";
    return absl::StrCat("Cookie: ", set->second.substr(0, set->second.find(';')), "\r\n");
  }
  static std::string Protected(const Browser& browser) {
    return absl::StrCat(browser.cookie, kSameOrigin, "X-Kepu-Csrf: ", browser.csrf, "\r\n");
  }
  Browser LogIn(absl::string_view user_name) {
    const Reply reply = Ask("POST", "/v1/sessions:login", kSameOrigin, Credentials(user_name));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return {CookieOf(reply), TextIn(reply.body, "csrfToken")};
  }
  // The one who may do all, with a fresh login.
  std::string Admin() {
    if (admin_.empty()) {
      const Reply made = Do("/v1/users:bootstrap", "",
                            R"({"code":"the code","userName":"chief","password":"a good long password"})");
      EXPECT_EQ(made.status, 200) << made.body;
    }
    const Reply reply = Ask("POST", "/v1/users:login", "", Credentials("chief"));
    return admin_ = absl::StrCat("Authorization: Bearer ", TextIn(reply.body, "token"), "\r\n");
  }
  std::string NameOf(absl::string_view user_name) {
    return TextIn(Ask("POST", "/v1/users:login", "", Credentials(user_name)).body, "user");
  }
  Reply Link(const std::string& user, const std::string& subject) {
    return Do(absl::StrCat("/v1/", user, "/externalIdentities"), Admin(),
              absl::StrCat(R"({"subject":")", subject, "\"}"));
  }
  // A user of this name, to whom the account there belongs.
  std::string Linked(absl::string_view user_name, const std::string& subject) {
    Register(user_name);
    const std::string user = NameOf(user_name);
    const Reply linked = Link(user, subject);
    EXPECT_EQ(linked.status, 200) << linked.body;
    return user;
  }

  struct Flow {
    std::string url, cookie;
  };
  Flow Begin(absl::string_view body = R"({"returnPath":"/#/visits"})") {
    const Reply reply = Ask("POST", "/v1/sessions:beginExternal", kSameOrigin, body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return {TextIn(reply.body, "authorizationUrl"), CookieOf(reply)};
  }
  Reply Return(const std::string& query, const std::string& cookie) {
    return Ask("GET", absl::StrCat("/v1/oidc/callback?", query), cookie);
  }
  Reply SignIn(const std::string& subject, absl::string_view body = R"({"returnPath":"/#/visits"})") {
    const Flow flow = Begin(body);
    if (flow.url.empty()) return {};
    return Return(oidc_.SignIn(flow.url, subject), flow.cookie);
  }
  Browser BrowserOf(const Reply& reply) {
    const std::string cookie = CookieOf(reply);
    return {cookie, TextIn(Ask("GET", "/v1/sessions/me", cookie).body, "csrfToken")};
  }
  // A page that says why, and no session.
  static void ExpectRefused(const Reply& reply, int status, const std::string& reason) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_THAT(reply.body,
                AllOf(HasSubstr(reason), HasSubstr("<p lang=\"zh-CN\">"), HasSubstr("<p lang=\"en\">")));
    EXPECT_EQ(reply.headers.at("content-type"), "text/html; charset=utf-8");
    const auto cookie = reply.headers.find("set-cookie");
    if (cookie == reply.headers.end()) return;
    EXPECT_THAT(cookie->second, StartsWith("__Host-kepu-sign-in=; Max-Age=0"));
  }

  std::string admin_;
};

class GatewayExternalMakingTest : public GatewayExternalTest {
 protected:
  GatewayExternalMakingTest() : GatewayExternalTest(true) {}
};

TEST_F(GatewayExternalTest, SomebodyWhoIsLinkedSignsIn) {
  const Reply provider = Ask("GET", "/v1/externalProvider");
  EXPECT_THAT(provider.body, AllOf(HasSubstr(R"("enabled":true)"), HasSubstr("统一身份认证")));
  const std::string user = Linked("lan", "248289761001");
  const Reply begun = Ask("POST", "/v1/sessions:beginExternal", kSameOrigin, R"({"returnPath":"/#/visits"})");
  ASSERT_EQ(begun.status, 200) << begun.body;
  EXPECT_THAT(begun.headers.at("set-cookie"),
              AllOf(StartsWith("__Host-kepu-sign-in="), HasSubstr("; Max-Age=600"), HasSubstr("; Secure"),
                    HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Lax"), HasSubstr("; Path=/")));
  EXPECT_THAT(TextIn(begun.body, "flow"), IsEmpty()) << "it is in the cookie only";
  const std::string query = oidc_.SignIn(TextIn(begun.body, "authorizationUrl"), "248289761001");
  const Reply back = Return(query, CookieOf(begun));
  ASSERT_EQ(back.status, 303) << back.body;
  EXPECT_EQ(back.headers.at("location"), "/#/visits");
  EXPECT_THAT(back.headers.at("set-cookie"), AllOf(StartsWith("__Host-kepu=k1."), HasSubstr("; HttpOnly")));
  EXPECT_EQ(back.headers.at("cache-control"), "no-store");
  EXPECT_EQ(back.headers.at("referrer-policy"), "no-referrer");
  const Browser browser = BrowserOf(back);
  EXPECT_EQ(TextIn(Ask("GET", "/v1/users/me", browser.cookie).body, "name"), user);
  EXPECT_THAT(Ask("GET", absl::StrCat("/v1/", user, "/logins"), browser.cookie).body,
              HasSubstr(R"("network":"127.0.0.0/24")"));
  const Reply listed = Ask("GET", absl::StrCat("/v1/", user, "/externalIdentities"), browser.cookie);
  EXPECT_THAT(listed.body, AllOf(HasSubstr(R"("subject":"248289761001")"), HasSubstr(oidc_.issuer())));
}

TEST_F(GatewayExternalTest, WhomNobodyKnowsIsToldSo) {
  ExpectRefused(SignIn("stranger"), 403, "EXTERNAL_UNKNOWN");
}

TEST_F(GatewayExternalMakingTest, WhomNobodyKnowsGetsAUserWithoutRoles) {
  const Reply first = SignIn("stranger");
  ASSERT_EQ(first.status, 303) << first.body;
  const Reply me = Ask("GET", "/v1/users/me", CookieOf(first));
  const std::string user = TextIn(me.body, "name");
  EXPECT_THAT(me.body, AllOf(HasSubstr(R"("displayName":"Lan of the museum")"), Not(HasSubstr("\"role\""))));
  const Reply second = SignIn("stranger");
  EXPECT_EQ(TextIn(Ask("GET", "/v1/users/me", CookieOf(second)).body, "name"), user) << "the same one again";
  EXPECT_NE(TextIn(Ask("GET", "/v1/users/me", CookieOf(SignIn("another"))).body, "name"), user);
  // It is their only way in; what an administrator unties is not made anew by itself.
  const Browser browser = BrowserOf(second);
  const std::string list = absl::StrCat("/v1/", user, "/externalIdentities");
  std::string name;
  ASSERT_TRUE(WaitFor([&] {
    const std::string body = Ask("GET", list, browser.cookie).body;
    return absl::StrContains(body, "/externalIdentities/") && !(name = TextIn(body, "name")).empty();
  }));
  const Reply own = Do(absl::StrCat("/v1/", name, ":unlink"), Protected(browser), "{}");
  EXPECT_EQ(own.status, 400) << own.body;
  EXPECT_THAT(own.body, HasSubstr("EXTERNAL_LAST"));
  const Reply untied = Do(absl::StrCat("/v1/", name, ":unlink"), Admin(), "{}");
  ASSERT_EQ(untied.status, 200) << untied.body;
  EXPECT_TRUE(WaitFor([&] { return Ask("GET", "/v1/users/me", browser.cookie).status == 401; }))
      << "logins that came by it end";
  ExpectRefused(SignIn("stranger"), 403, "EXTERNAL_UNKNOWN");
}

TEST_F(GatewayExternalTest, APersonLinksTheirOwn) {
  Register("lan");
  Register("mei");
  const auto link = [&](const std::string& user_name) {
    const Browser browser = LogIn(user_name);
    const std::string list = absl::StrCat("/v1/", NameOf(user_name), "/externalIdentities");
    const Reply begun =
        Ask("POST", absl::StrCat(list, ":begin"), Protected(browser), R"({"returnPath":"/#/account"})");
    EXPECT_EQ(begun.status, 200) << begun.body;
    return Return(oidc_.SignIn(TextIn(begun.body, "authorizationUrl"), "77"), CookieOf(begun));
  };
  const Reply linked = link("lan");
  ASSERT_EQ(linked.status, 303) << linked.body;
  EXPECT_EQ(linked.headers.at("location"), "/#/account");
  EXPECT_THAT(linked.headers.at("set-cookie"), StartsWith("__Host-kepu-sign-in=; Max-Age=0"))
      << "the login is as it was";
  EXPECT_EQ(TextIn(Ask("GET", "/v1/users/me", CookieOf(SignIn("77"))).body, "name"), NameOf("lan"));
  ExpectRefused(link("mei"), 409, "EXTERNAL_TAKEN");
  const Reply by_admin = Link(NameOf("mei"), "77");
  EXPECT_EQ(by_admin.status, 409);
  const Browser mei = LogIn("mei");
  const Reply others =
      Ask("POST", absl::StrCat("/v1/", NameOf("lan"), "/externalIdentities:begin"), Protected(mei), "{}");
  EXPECT_EQ(others.status, 404) << others.body;
  EXPECT_EQ(Ask("GET", absl::StrCat("/v1/", NameOf("lan"), "/externalIdentities"), mei.cookie).status, 404);
}

TEST_F(GatewayExternalTest, ALoginThatEndedMeanwhileLinksNothing) {
  Register("lan");
  const Browser browser = LogIn("lan");
  const Reply begun =
      Ask("POST", absl::StrCat("/v1/", NameOf("lan"), "/externalIdentities:begin"), Protected(browser), "{}");
  ASSERT_EQ(begun.status, 200) << begun.body;
  const std::string query = oidc_.SignIn(TextIn(begun.body, "authorizationUrl"), "77");
  ASSERT_EQ(Ask("POST", "/v1/sessions:logout", Protected(browser), "{}").status, 200);
  ExpectRefused(Return(query, CookieOf(begun)), 401, "LOGIN_UNKNOWN");
}

TEST_F(GatewayExternalTest, OnlySoManyAreLinked) {
  const std::string user = Linked("lan", "1");
  for (const char* subject : {"2", "3", "4"}) ASSERT_EQ(Link(user, subject).status, 200);
  EXPECT_TRUE(WaitFor([&] { return absl::StrContains(Link(user, "5").body, "TOO_MANY_EXTERNAL"); }));
  EXPECT_EQ(Link(user, "4").status, 200) << "it has that one already";
  EXPECT_EQ(Link("users/abzzzzzzzzzzzzzzzzzzzz", "9").status, 404);
}

TEST_F(GatewayExternalTest, WhoWasDisabledStaysOut) {
  const std::string user = Linked("lan", "77");
  ASSERT_EQ(Do(absl::StrCat("/v1/", user, ":disable"), Admin(), "{}").status, 200);
  ExpectRefused(SignIn("77"), 403, "EXTERNAL_USER_INACTIVE");
  ASSERT_EQ(Do(absl::StrCat("/v1/", user, ":enable"), Admin(), "{}").status, 200);
  EXPECT_EQ(SignIn("77").status, 303);
  ASSERT_EQ(Do(absl::StrCat("/v1/", user, ":erase"), Admin(), "{}").status, 200);
  ExpectRefused(SignIn("77"), 403, "EXTERNAL_");
}

TEST_F(GatewayExternalTest, AStateIsGoodOnceInItsOwnBrowserForTenMinutes) {
  Linked("lan", "77");
  oidc_.set_forgetful();
  const Flow mine = Begin(), other = Begin();
  const std::string query = oidc_.SignIn(mine.url, "77");
  ExpectRefused(Return(query, ""), 401, "EXTERNAL_FLOW_REFUSED");
  ExpectRefused(Return(query, other.cookie), 401, "EXTERNAL_FLOW_REFUSED");
  ExpectRefused(Return("code=x", mine.cookie), 401, "EXTERNAL_FLOW_REFUSED");
  ExpectRefused(Return(absl::StrCat(query, "&state=x"), mine.cookie), 401, "EXTERNAL_FLOW_REFUSED");
  ExpectRefused(Return(query, absl::StrCat("Cookie: __Host-kepu-sign-in=", std::string(200, 'A'), "\r\n")),
                401, "EXTERNAL_FLOW_REFUSED");
  EXPECT_EQ(Return(query, mine.cookie).status, 303);
  ExpectRefused(Return(query, mine.cookie), 401, "EXTERNAL_FLOW_REFUSED");
  const std::string late = oidc_.SignIn(other.url, "77");
  clock_.Pass(absl::Minutes(10));
  ExpectRefused(Return(late, other.cookie), 401, "EXTERNAL_FLOW_EXPIRED");
  EXPECT_EQ(Ask("HEAD", absl::StrCat("/v1/oidc/callback?", late), other.cookie).status, 405);
}

TEST_F(GatewayExternalTest, WhatTheProviderSaysInsteadOfACodeIsPassedOn) {
  const Flow flow = Begin();
  const std::string state = flow.url.substr(flow.url.find("&state=") + 1, 6 + 43);
  ExpectRefused(Return(absl::StrCat("error=access_denied&", state), flow.cookie), 403, "EXTERNAL_DECLINED");
  const Reply other = Return(absl::StrCat("error=login_required&", state), flow.cookie);
  ExpectRefused(other, 401, "EXTERNAL_PROVIDER_REFUSED");
  EXPECT_THAT(other.body, HasSubstr("login_required"));
  const Reply planted = Return(absl::StrCat("error=%3Cscript%3E&", state), flow.cookie);
  ExpectRefused(planted, 401, "EXTERNAL_PROVIDER_REFUSED");
  EXPECT_THAT(planted.body, Not(HasSubstr("script")));
  ExpectRefused(Return(absl::StrCat("code=guessed&", state), flow.cookie), 401, "invalid_grant");
}

TEST_F(GatewayExternalTest, NoForeignPageBeginsAndNoForeignPathIsReturnedTo) {
  for (const char* headers : {"", "Origin: https://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"})
    EXPECT_EQ(Ask("POST", "/v1/sessions:beginExternal", headers, "{}").status, 403) << headers;
  for (const char* path : {"//evil.example", "https://evil.example", "/\\\\evil.example"}) {
    const Reply reply = Ask("POST", "/v1/sessions:beginExternal", kSameOrigin,
                            absl::StrCat(R"({"returnPath":")", path, "\"}"));
    EXPECT_EQ(reply.status, 400) << path;
    EXPECT_THAT(reply.body, HasSubstr("return_path"));
  }
}

TEST_F(GatewayExternalTest, ForgedTokensLetNobodyIn) {
  Linked("lan", "77");
  ASSERT_EQ(SignIn("77").status, 303);
  const struct {
    std::map<std::string, std::string> claims;
    const char* problem;
  } wrong[] = {{{{"iss", "\"https://evil.example\""}}, "(iss)"},
               {{{"aud", "\"other\""}}, "(aud)"},
               {{{"aud", "[\"kepu client\",\"other\"]"}}, "(azp)"},
               {{{"nonce", "\"another\""}}, "(nonce)"},
               {{{"nonce", ""}}, "(nonce)"},
               {{{"exp", "1800000000"}, {"iat", "1799999990"}}, ""},
               {{{"exp", "1799999900"}}, "(exp)"},
               {{{"exp", "\"never\""}}, "(exp, iat)"},
               {{{"iat", "1800000500"}}, "(iat)"},
               {{{"at_hash", "\"AAAA\""}}, "(at_hash)"},
               {{{"sub", "\"\""}}, "who"},
               {{{"sub", "5"}}, "who"}};
  for (const auto& one : wrong) {
    oidc_.set_claims(one.claims);
    const Reply reply = SignIn("77");
    if (*one.problem == '\0') {
      EXPECT_EQ(reply.status, 303) << "within the skew of clocks";
      continue;
    }
    ExpectRefused(reply, 401, "EXTERNAL_TOKEN_REFUSED");
    EXPECT_THAT(reply.body, HasSubstr(one.problem));
  }
  oidc_.set_claims({});
  for (const char* algorithm : {"HS256", "none"}) {
    oidc_.set_algorithm(algorithm);
    ExpectRefused(SignIn("77"), 401, "EXTERNAL_TOKEN_REFUSED");
  }
  oidc_.set_algorithm("ES256");
  oidc_.SignWith(support::SigningKey::Ec("key-1"));
  ExpectRefused(SignIn("77"), 401, "EXTERNAL_TOKEN_REFUSED");
}

TEST_F(GatewayExternalTest, KeysThatRotateAreAskedForAgainButNotAlways) {
  Linked("lan", "77");
  ASSERT_EQ(SignIn("77").status, 303);
  ASSERT_EQ(SignIn("77").status, 303);
  EXPECT_EQ(oidc_.keys_asked(), 1) << "they are kept";
  clock_.Pass(absl::Minutes(1));
  oidc_.Use(support::SigningKey::Rsa("key-2"));
  oidc_.set_algorithm("PS256");
  EXPECT_EQ(SignIn("77").status, 303);
  EXPECT_EQ(oidc_.keys_asked(), 2);
  oidc_.Use(support::SigningKey::Rsa("key-3"));
  oidc_.set_algorithm("RS256");
  ExpectRefused(SignIn("77"), 401, "(kid)");
  ExpectRefused(SignIn("77"), 401, "(kid)");
  EXPECT_EQ(oidc_.keys_asked(), 2) << "not for every token that names another one";
  clock_.Pass(absl::Minutes(1));
  EXPECT_EQ(SignIn("77").status, 303);
}

TEST_F(GatewayExternalTest, AProviderThatIsDownIsSaidToBeDown) {
  Linked("lan", "77");
  for (const Mood mood :
       {Mood::kHangs, Mood::kGarbage, Mood::kFails, Mood::kTalksTooMuch, Mood::kRedirects}) {
    const Flow flow = Begin();
    const std::string query = oidc_.SignIn(flow.url, "77");
    oidc_.set_mood(mood);
    const absl::Time start = absl::Now();
    const Reply reply = Return(query, flow.cookie);
    ExpectRefused(reply, 503, "EXTERNAL_PROVIDER_DOWN");
    EXPECT_EQ(reply.headers.count("set-cookie"), 0u) << "it may be tried again";
    EXPECT_LT(absl::Now() - start, absl::Seconds(3));
    // Left alone for a moment, and no login by password waits for it.
    ExpectRefused(Return(query, flow.cookie), 503, "EXTERNAL_PROVIDER_DOWN");
    EXPECT_EQ(Ask("POST", "/v1/sessions:login", kSameOrigin, Credentials("lan")).status, 200);
    oidc_.set_mood(Mood::kWell);
    clock_.Pass(identity::provider::Provider::kPause);
    EXPECT_EQ(Return(query, flow.cookie).status, 303) << "the provider is back, and the code was not used";
  }
  clock_.Pass(identity::provider::Provider::kDiscoveryLife);
  oidc_.Stop();
  const Reply begun = Ask("POST", "/v1/sessions:beginExternal", kSameOrigin, "{}");
  EXPECT_EQ(begun.status, 503) << begun.body;
  EXPECT_THAT(begun.body, HasSubstr("EXTERNAL_PROVIDER_DOWN"));
}

TEST_F(GatewayExternalTest, ASecondFactorIsOwedUnlessTheProviderAskedForOne) {
  const std::string user = Linked("lan", "77");
  ASSERT_EQ(
      Do(absl::StrCat("/v1/", user, ":grantRole"), Admin(), R"({"role":"city_admin","on":"city"})").status,
      200);
  const Browser browser = LogIn("lan");
  const Reply enrolled = Do("/v1/users/me/factor:enrol", Protected(browser), "{}");
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  const std::string uri = TextIn(enrolled.body, "secret");
  std::string secret;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : uri) {
    bits = bits << 5 | (c >= 'A' ? static_cast<uint32_t>(c - 'A') : static_cast<uint32_t>(c - '2') + 26);
    if ((count += 5) < 8) continue;
    count -= 8;
    secret.push_back(static_cast<char>(bits >> count & 0xff));
  }
  const auto code = [&] {
    return absl::StrCat(R"({"code":")", identity::api::CodeAt(secret, clock_.Now()), "\"}");
  };
  ASSERT_EQ(Do("/v1/users/me/factor:confirm", Protected(browser), code()).status, 200);
  clock_.Pass(absl::Minutes(1));

  oidc_.set_claims({{"auth_time", absl::StrCat(absl::ToUnixSeconds(clock_.Now()))}});
  const Browser owing = BrowserOf(SignIn("77"));
  const Reply weak = Ask("GET", "/v1/sessions/me", owing.cookie);
  EXPECT_THAT(weak.body,
              AllOf(HasSubstr(R"("factorOwed":true)"), HasSubstr(R"("withheldRoles":["city_admin"])"),
                    Not(HasSubstr(R"("recent":true)"))));
  EXPECT_EQ(
      Do(absl::StrCat("/v1/", user, "/apiKeys"), Protected(owing), R"({"apiKey":{"label":"x"}})").status,
      401);
  EXPECT_EQ(Ask("POST", "/v1/sessions:proveFactor", Protected(owing), R"({"code":"000000"})").status, 401);
  const Reply proved = Ask("POST", "/v1/sessions:proveFactor", Protected(owing), code());
  ASSERT_EQ(proved.status, 200) << proved.body;
  EXPECT_THAT(proved.body, AllOf(Not(HasSubstr(R"("factorOwed":true)")), HasSubstr(R"("role":"city_admin")"),
                                 HasSubstr(R"("recent":true)"), Not(HasSubstr("k1."))));
  EXPECT_TRUE(WaitFor([&] { return Ask("GET", "/v1/users/me", owing.cookie).status == 401; }))
      << "under a new token";
  EXPECT_EQ(Ask("GET", "/v1/users/me", CookieOf(proved)).status, 200);

  oidc_.set_claims({{"amr", R"(["pwd","mfa"])"}});
  const Reply strong = Ask("GET", "/v1/sessions/me", CookieOf(SignIn("77")));
  EXPECT_THAT(strong.body, AllOf(HasSubstr(R"("role":"city_admin")"), HasSubstr(R"("secondFactor":true)")));
}

TEST_F(GatewayExternalTest, ALoginIsRecentByTheWordOfTheProvider) {
  Linked("lan", "77");
  const auto recent = [&](const Reply& reply) {
    return absl::StrContains(Ask("GET", "/v1/sessions/me", CookieOf(reply)).body, R"("recent":true)");
  };
  EXPECT_FALSE(recent(SignIn("77"))) << "somebody's browser may have been signed in there since yesterday";
  const Flow flow = Begin(R"({"fresh":true})");
  EXPECT_THAT(flow.url, AllOf(HasSubstr("&prompt=login"), HasSubstr("&max_age=0")));
  EXPECT_TRUE(recent(Return(oidc_.SignIn(flow.url, "77"), flow.cookie)));
  oidc_.set_claims({{"auth_time", ""}});
  ExpectRefused(SignIn("77", R"({"fresh":true})"), 401, "(auth_time)");
  EXPECT_EQ(
      Ask("POST", "/v1/sessions:proveFactor", Protected(BrowserOf(SignIn("77"))), R"({"code":"1"})").status,
      400)
      << "there is none";
}

class GatewayWithoutProviderTest : public GatewayIdentityTest {};

TEST_F(GatewayWithoutProviderTest, SaysSo) {
  EXPECT_THAT(Ask("GET", "/v1/externalProvider").body, Not(HasSubstr("true")));
  EXPECT_THAT(Ask("POST", "/v1/sessions:beginExternal", kSameOrigin, "{}").body, HasSubstr("EXTERNAL_OFF"));
  EXPECT_THAT(Ask("GET", "/v1/oidc/callback?code=a&state=b").body, HasSubstr("EXTERNAL_OFF"));
}

TEST(ProviderSettingsTest, SayWhatIsWrong) {
  const auto good = [] {
    identity::provider::Settings settings;
    settings.issuer = "https://id.example/realms/city";
    settings.client_id = "kepu";
    settings.redirect_uri = "https://kepu.example/v1/oidc/callback";
    return settings;
  };
  EXPECT_TRUE(identity::provider::CheckSettings(good()).ok());
  const auto problem = [&](auto change) {
    identity::provider::Settings settings = good();
    change(settings);
    return std::string(identity::provider::CheckSettings(settings).message());
  };
  for (const char* issuer : {"http://id.example", "id.example", "https://id.example?x", "https://id .example",
                             "http://127.0.0.1:80@evil.example"}) {
    EXPECT_THAT(problem([&](auto& s) { s.issuer = issuer; }), HasSubstr("oidc_issuer")) << issuer;
  }
  EXPECT_THAT(problem([](auto& s) { s.client_id = ""; }), HasSubstr("oidc_client_id"));
  EXPECT_THAT(problem([](auto& s) { s.redirect_uri = "https://kepu.example/"; }),
              HasSubstr("oidc_redirect_uri"));
  EXPECT_THAT(problem([](auto& s) { s.redirect_uri = "http://kepu.example/v1/oidc/callback"; }),
              HasSubstr("oidc_redirect_uri"));
  EXPECT_THAT(problem([](auto& s) { s.scopes = "profile openidx"; }), HasSubstr("oidc_scopes"));
  EXPECT_THAT(problem([](auto& s) { s.user_claim = ""; }), HasSubstr("oidc_user_claim"));
  EXPECT_TRUE(identity::provider::IsLoopbackUrl("http://[::1]/x"));
  EXPECT_FALSE(identity::provider::IsLoopbackUrl("http://127.0.0.1.evil.example/"));
}

}  // namespace
}  // namespace kepu::gateway::testing
