// The rules of sign-in by another provider on values: what an ID token must say, which key it may be signed
// with, whose an account there is, and what a login that came by it is worth.
#include <functional>

#include "libs/refusal/refusal.h"
#include "services/identity/domain/external.h"
#include "services/identity/domain/id_token.h"
#include "tests/unit/identity_folding.h"

namespace kepu::identity::domain {
namespace {

using refusal::ReasonOf;

const absl::Time kThen = absl::FromUnixSeconds(1800000000);
constexpr int64_t kThenSeconds = 1800000000;

IdToken GoodToken() {
  IdToken token;
  token.issuer = "https://id.example";
  token.subject = "248289761001";
  token.nonce = "n-0S6";
  token.audience = {"kepu"};
  token.issued = kThenSeconds - 5;
  token.expires = kThenSeconds + 300;
  return token;
}

ExpectedToken Expected() {
  ExpectedToken expected;
  expected.issuer = "https://id.example";
  expected.client_id = "kepu";
  expected.nonce = "n-0S6";
  expected.access_token_hash = "hash";
  expected.begun = kThen - absl::Minutes(1);
  return expected;
}

TEST(IdTokenTest, EachRuleIsKept) {
  const struct {
    const char* name;
    std::function<void(IdToken&, ExpectedToken&)> change;
    const char* problem;  // a part of it; empty: the token is good
  } cases[] = {
      {"as it should be", [](auto&, auto&) {}, ""},
      {"another issuer", [](auto& t, auto&) { t.issuer = "https://id.example/"; }, "(iss)"},
      {"no issuer", [](auto& t, auto&) { t.issuer.clear(); }, "(iss)"},
      {"another client", [](auto& t, auto&) { t.audience = {"other"}; }, "(aud)"},
      {"nobody", [](auto& t, auto&) { t.audience.clear(); }, "(aud)"},
      {"two clients",
       [](auto& t, auto&) {
         t.audience = {"kepu", "other"};
       },
       "(azp)"},
      {"two clients, ours asked",
       [](auto& t, auto&) {
         t.audience = {"other", "kepu"}, t.authorized_party = "kepu";
       },
       ""},
      {"two clients, the other asked",
       [](auto& t, auto&) {
         t.audience = {"other", "kepu"}, t.authorized_party = "other";
       },
       "(azp)"},
      {"the other asked", [](auto& t, auto&) { t.authorized_party = "other"; }, "(azp)"},
      {"has just run out", [](auto& t, auto&) { t.expires = kThenSeconds - 60; }, "(exp)"},
      {"runs out by the skew", [](auto& t, auto&) { t.expires = kThenSeconds - 59; }, ""},
      {"never runs out", [](auto& t, auto&) { t.expires = 0; }, "(exp, iat)"},
      {"of no time", [](auto& t, auto&) { t.issued = 0; }, "(exp, iat)"},
      {"of the future", [](auto& t, auto&) { t.issued = kThenSeconds + 61; }, "(iat)"},
      {"of a clock that is ahead", [](auto& t, auto&) { t.issued = kThenSeconds + 60; }, ""},
      {"older than the sign-in", [](auto& t, auto&) { t.issued = kThenSeconds - 121; }, "(iat)"},
      {"another nonce", [](auto& t, auto&) { t.nonce = "n-0S7"; }, "(nonce)"},
      {"no nonce", [](auto& t, auto&) { t.nonce.clear(); }, "(nonce)"},
      {"no nonce on either side", [](auto& t, auto& e) { t.nonce.clear(), e.nonce.clear(); }, "(nonce)"},
      {"another access token", [](auto& t, auto&) { t.access_token_hash = "hosh"; }, "(at_hash)"},
      {"its access token", [](auto& t, auto&) { t.access_token_hash = "hash"; }, ""},
      {"nobody signed in", [](auto& t, auto&) { t.subject.clear(); }, "who"},
      {"a long name", [](auto& t, auto&) { t.subject.assign(kSubjectBytesMax + 1, 'x'); }, "who"},
      {"fresh, and it does not say", [](auto&, auto& e) { e.fresh = true; }, "(auth_time)"},
      {"fresh, and it was before",
       [](auto& t, auto& e) { e.fresh = true, t.authenticated = kThenSeconds - 121; }, "(auth_time)"},
      {"fresh", [](auto& t, auto& e) { e.fresh = true, t.authenticated = kThenSeconds - 20; }, ""},
      {"not fresh, an hour ago", [](auto& t, auto&) { t.authenticated = kThenSeconds - 3600; }, ""},
      {"a login of the future", [](auto& t, auto&) { t.authenticated = kThenSeconds + 61; }, "(auth_time)"},
  };
  for (const auto& one : cases) {
    IdToken token = GoodToken();
    ExpectedToken expected = Expected();
    one.change(token, expected);
    const absl::Status status = CheckIdToken(token, expected, kThen);
    if (*one.problem == '\0') {
      EXPECT_TRUE(status.ok()) << one.name << ": " << status;
      continue;
    }
    EXPECT_EQ(ReasonOf(status), "EXTERNAL_TOKEN_REFUSED") << one.name;
    EXPECT_NE(refusal::ParamOf(status, "problem").find(one.problem), std::string::npos) << one.name << status;
  }
}

TEST(IdTokenTest, OnlyAFewAlgorithmsAreAllowed) {
  for (const char* good : {"RS256", "PS256", "ES256"}) EXPECT_TRUE(IsAllowedAlgorithm(good));
  for (const char* bad : {"none", "None", "NONE", "", "HS256", "HS512", "RS1", "rs256", "ES384", "RS256 "}) {
    EXPECT_FALSE(IsAllowedAlgorithm(bad)) << bad;
    EXPECT_EQ(ReasonOf(ChooseKey({{"k", "RSA", "sig", ""}}, bad, "k").status()), "EXTERNAL_TOKEN_REFUSED");
  }
}

TEST(IdTokenTest, AKeyIsChosenByItsIdAndKind) {
  const std::vector<KeyOffer> keys = {
      {"a", "RSA", "sig", "RS256"}, {"b", "RSA", "enc", ""}, {"c", "EC", "", ""}, {"d", "RSA", "", ""}};
  EXPECT_EQ(*ChooseKey(keys, "RS256", "a"), 0u);
  EXPECT_EQ(*ChooseKey(keys, "ES256", "c"), 2u);
  EXPECT_EQ(*ChooseKey(keys, "ES256", ""), 2u) << "the only one that fits";
  EXPECT_EQ(*ChooseKey(keys, "PS256", ""), 3u) << "the first says that it is for something else";
  EXPECT_EQ(ReasonOf(ChooseKey(keys, "RS256", "").status()), "EXTERNAL_TOKEN_REFUSED") << "either of two";
  for (const auto& [algorithm, id] :
       {std::pair("RS256", "b"), {"RS256", "c"}, {"PS256", "a"}, {"RS256", "z"}})
    EXPECT_TRUE(absl::IsNotFound(ChooseKey(keys, algorithm, id).status())) << id;
}

TEST(IdTokenTest, OnlyMfaIsASecondFactor) {
  IdToken token = GoodToken();
  EXPECT_FALSE(SaysSecondFactor(token));
  token.methods = {"pwd", "otp"};
  EXPECT_FALSE(SaysSecondFactor(token));
  token.methods.push_back("mfa");
  EXPECT_TRUE(SaysSecondFactor(token));
}

TEST(IdTokenTest, AReturnPathIsOfThisAddress) {
  for (const char* good : {"/", "/#/visits", "/a?b=c#d", "/a//b", "/%2F%2Fevil.example"})
    EXPECT_TRUE(IsLocalPath(good)) << good;
  for (const char* bad : {"", "a", "//evil.example", "/\\evil.example", "\\/evil", "https://evil.example",
                          "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/a b", "/\tx", "/é"}) {
    EXPECT_FALSE(IsLocalPath(bad)) << bad;
  }
  EXPECT_FALSE(IsLocalPath("/" + std::string(512, 'a')));
}

record::ExternalRecord RecordOf(const std::string& user) {
  record::ExternalRecord record;
  record.set_user(user);
  record.set_sealed_subject("sealed");
  return record;
}

TEST(ExternalTest, AnAccountThereBelongsToOneUserAtMost) {
  External external;
  EXPECT_TRUE(IsUnheardOf(external));
  Apply(external, LinkExternal(external, RecordOf("users/a")), ApplyToExternal);
  EXPECT_EQ(UserOf(external), "users/a");
  EXPECT_TRUE(LinkExternal(external, RecordOf("users/a"))->empty());
  EXPECT_EQ(ReasonOf(LinkExternal(external, RecordOf("users/b")).status()), "EXTERNAL_TAKEN");
  EXPECT_TRUE(UnlinkExternal(external, "users/b", "users/b").empty()) << "it is not theirs";
  Apply(external, absl::StatusOr<Facts>(UnlinkExternal(external, "users/a", "users/c")), ApplyToExternal);
  EXPECT_EQ(UserOf(external), "");
  EXPECT_EQ(external.head().sealed_subject(), "");
  EXPECT_FALSE(IsUnheardOf(external)) << "nobody is made a user by it again";
  EXPECT_TRUE(UnlinkExternal(external, "", "").empty());
  Apply(external, LinkExternal(external, RecordOf("users/b")), ApplyToExternal);
  EXPECT_EQ(UserOf(external), "users/b");
}

TEST(ExternalTest, AStateIsOfItsFlowAndOfTenMinutes) {
  record::FlowRecord flow;
  flow.set_state("state");
  flow.set_expire_us(absl::ToUnixMicros(kThen));
  EXPECT_TRUE(CheckFlow(flow, "state", kThen - absl::Seconds(1)).ok());
  EXPECT_EQ(ReasonOf(CheckFlow(flow, "state", kThen)), "EXTERNAL_FLOW_EXPIRED");
  for (const char* wrong : {"", "stat", "state2", "State"})
    EXPECT_EQ(ReasonOf(CheckFlow(flow, wrong, kThen - absl::Seconds(1))), "EXTERNAL_FLOW_REFUSED") << wrong;
  flow.clear_state();
  EXPECT_EQ(ReasonOf(CheckFlow(flow, "", kThen - absl::Seconds(1))), "EXTERNAL_FLOW_REFUSED");
}

User SignedIn(const NewLogin& login) {
  User user;
  record::UserRecord fresh;
  fresh.set_state(v1::User::ACTIVE);
  Apply(user, RegisterUser(user, fresh), ApplyToUser);
  Apply(user, StartLogin(user, login, {}, kThen), ApplyToUser);
  return user;
}

TEST(ExternalLoginTest, IsRecentByTheWordOfTheProvider) {
  NewLogin login;
  login.id = "l1";
  login.external = "x1";
  login.authenticated = absl::UnixEpoch();
  EXPECT_FALSE(IsRecent(SignedIn(login).head().logins(0), kThen)) << "it did not say";
  login.authenticated = kThen - absl::Minutes(14);
  EXPECT_TRUE(IsRecent(SignedIn(login).head().logins(0), kThen));
  EXPECT_FALSE(IsRecent(SignedIn(login).head().logins(0), kThen + absl::Minutes(1)));
  login.authenticated = kThen + absl::Seconds(50);
  EXPECT_FALSE(IsRecent(SignedIn(login).head().logins(0), kThen + kRecentLogin))
      << "never later than it began";
  login.factor_owed = true;
  User user = SignedIn(login);
  EXPECT_FALSE(IsRecent(user.head().logins(0), kThen));
  NewLogin proved;
  proved.id = "l1";
  proved.second_factor = true;
  proved.authenticated = kThen;
  Apply(user, RotateLogin(user, proved, kThen + absl::Minutes(10)), ApplyToUser);
  EXPECT_TRUE(IsRecent(user.head().logins(0), kThen + absl::Minutes(10)));
  EXPECT_FALSE(IsRecent(user.head().logins(0), kThen + absl::Minutes(15))) << "a code moves nothing on";
}

TEST(ExternalLoginTest, EndsWithTheAccountItCameBy) {
  NewLogin login;
  login.id = "l1";
  login.external = "x1";
  const User user = SignedIn(login);
  EXPECT_TRUE(EndLoginsBy(user, "x2").empty());
  EXPECT_TRUE(EndLoginsBy(user, "").empty()) << "logins by password came by none";
  ASSERT_EQ(EndLoginsBy(user, "x1").size(), 1u);
  EXPECT_EQ(EndLoginsBy(user, "x1")[0].logins_ended().ids(0), "l1");
}

}  // namespace
}  // namespace kepu::identity::domain
