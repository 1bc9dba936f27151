// The rules of keys, second factors and sessions on values.
#include "services/identity/domain/access.h"

#include "libs/refusal/refusal.h"
#include "tests/unit/identity_folding.h"

namespace kepu::identity::domain {
namespace {

using refusal::ReasonOf;

const absl::Time kDay = absl::FromUnixSeconds(1800000000);

record::ApiKeyRecord KeyUntil(const std::string& id, absl::Time expires) {
  record::ApiKeyRecord key;
  key.set_id(id);
  key.set_key_digest("digest of " + id);
  key.set_expire_us(absl::ToUnixMicros(expires));
  return key;
}

Access WithFactor() {
  Access access;
  Apply(access, EnrolFactor(access, "sealed"), ApplyToAccess);
  Apply(access, ConfirmFactor(access, "sealed", 100, {"one", "two"}, kDay), ApplyToAccess);
  return access;
}

User WithLogins(int sessions, int tokens) {
  User user;
  record::UserRecord fresh;
  fresh.set_state(v1::User::ACTIVE);
  fresh.set_password_version(1);
  Apply(user, RegisterUser(user, fresh), ApplyToUser);
  for (int i = 0; i < sessions + tokens; ++i) {
    NewLogin login;
    login.id = "l" + std::to_string(i);
    login.token_digest = "digest " + std::to_string(i);
    login.password_version = 1;
    login.cookie = i < sessions;
    Apply(user, StartLogin(user, login, {}, kDay), ApplyToUser);
  }
  return user;
}

TEST(ApiKeyTest, ThereAreOnlySoManyAndThoseThatRanOutMakeRoom) {
  Access access;
  for (int i = 0; i < kMaxApiKeys; ++i) {
    const absl::Time expires = kDay + absl::Hours(i == 3 ? 1 : 100);
    Apply(access, MakeApiKey(access, KeyUntil("k" + std::to_string(i), expires), kDay), ApplyToAccess);
  }
  EXPECT_EQ(ReasonOf(MakeApiKey(access, KeyUntil("k9", kDay + absl::Hours(9)), kDay).status()),
            "TOO_MANY_KEYS");
  EXPECT_EQ(MakeApiKey(access, KeyUntil("k1", kDay + absl::Hours(9)), kDay)->size(), 0u) << "the same call";
  const absl::Time later = kDay + absl::Hours(1);
  EXPECT_EQ(FindApiKey(access.head(), "digest of k3", later), nullptr) << "at its very end";
  Apply(access, MakeApiKey(access, KeyUntil("k9", later + absl::Hours(9)), later), ApplyToAccess);
  EXPECT_EQ(access.head().keys_size(), kMaxApiKeys);
  EXPECT_NE(FindApiKey(access.head(), "digest of k9", later), nullptr);
  Apply(access, absl::StatusOr<Facts>(RevokeApiKey(access, "k9", "users/a")), ApplyToAccess);
  EXPECT_EQ(FindApiKey(access.head(), "digest of k9", later), nullptr);
  EXPECT_TRUE(RevokeApiKey(access, "k9", "users/a").empty());
}

TEST(ApiKeyTest, UseIsWrittenDownHourly) {
  Access access;
  Apply(access, MakeApiKey(access, KeyUntil("k", kDay + absl::Hours(100)), kDay), ApplyToAccess);
  Apply(access, absl::StatusOr<Facts>(UseApiKey(access, "k", kDay)), ApplyToAccess);
  EXPECT_EQ(access.head().keys(0).use_us(), absl::ToUnixMicros(kDay));
  EXPECT_TRUE(UseApiKey(access, "k", kDay + absl::Minutes(59)).empty());
  EXPECT_FALSE(UseApiKey(access, "k", kDay + absl::Minutes(60)).empty());
  EXPECT_TRUE(UseApiKey(access, "none", kDay).empty());
}

TEST(ApiKeyTest, AScopeIsHeldThereOrAbove) {
  const auto scopes_of = [](absl::string_view on) {
    std::vector<std::string> scopes = {std::string(on), "city"};
    if (on == "schools/a") scopes.push_back("districts/d");
    return scopes;
  };
  const auto grant = [](const char* role, const char* on) {
    v1::RoleGrant one;
    one.set_role(role);
    one.set_on(on);
    return one;
  };
  const Grants held = {grant("district_admin", "districts/d"), grant("teacher", "schools/b")};
  EXPECT_TRUE(Covers(held, grant("district_admin", "schools/a"), scopes_of));
  EXPECT_TRUE(Covers(held, grant("teacher", "schools/b"), scopes_of));
  EXPECT_FALSE(Covers(held, grant("teacher", "schools/a"), scopes_of)) << "another role is above";
  EXPECT_FALSE(Covers(held, grant("district_admin", "schools/b"), scopes_of));
  EXPECT_FALSE(Covers({}, grant("teacher", "schools/b"), scopes_of));
}

TEST(FactorTest, IsInForceOnceACodeConfirmsIt) {
  Access access;
  EXPECT_EQ(ReasonOf(ConfirmFactor(access, "", 100, {}, kDay).status()), "FACTOR_NOT_ENROLLED");
  Apply(access, EnrolFactor(access, "first"), ApplyToAccess);
  Apply(access, EnrolFactor(access, "second"), ApplyToAccess);
  EXPECT_FALSE(HasFactor(access.head()));
  EXPECT_EQ(UseFactor(access, {})->size(), 0u) << "nothing is asked for yet";
  EXPECT_EQ(ReasonOf(ConfirmFactor(access, "first", 100, {}, kDay).status()), "FACTOR_NOT_ENROLLED")
      << "checked against a secret that gave way";
  EXPECT_EQ(ReasonOf(ConfirmFactor(access, "second", 0, {}, kDay).status()), "FACTOR_REFUSED");
  Apply(access, ConfirmFactor(access, "second", 100, {}, kDay), ApplyToAccess);
  EXPECT_TRUE(HasFactor(access.head()));
  EXPECT_EQ(ReasonOf(EnrolFactor(access, "third").status()), "FACTOR_EXISTS");
}

TEST(FactorTest, ACodeIsTakenOnceAndNoneBeforeIt) {
  Access access = WithFactor();
  EXPECT_EQ(ReasonOf(UseFactor(access, {100, ""}).status()), "FACTOR_REFUSED") << "it confirmed";
  Apply(access, UseFactor(access, {102, ""}), ApplyToAccess);
  for (const int64_t step : {0, 100, 101, 102})
    EXPECT_EQ(ReasonOf(UseFactor(access, {step, ""}).status()), "FACTOR_REFUSED") << step;
  Apply(access, UseFactor(access, {103, ""}), ApplyToAccess);
}

TEST(FactorTest, RecoveryCodesStandInOnceEach) {
  Access access = WithFactor();
  Apply(access, UseFactor(access, {0, "two"}), ApplyToAccess);
  EXPECT_EQ(ReasonOf(UseFactor(access, {0, "two"}).status()), "FACTOR_REFUSED");
  Apply(access, UseFactor(access, {0, "one"}), ApplyToAccess);
  EXPECT_EQ(access.head().factor().last_step(), 100) << "codes go on from where they were";
  Apply(access, absl::StatusOr<Facts>(RemoveFactor(access, "users/a", "")), ApplyToAccess);
  EXPECT_FALSE(HasFactor(access.head()));
  EXPECT_TRUE(RemoveFactor(access, "users/a", "").empty());
}

TEST(SessionTest, ChangedRolesEndBrowsersSessionsOnly) {
  for (const bool granted : {true, false}) {
    User user = WithLogins(2, 1);
    RoleChange change{"users/admin", "users/u", {}, ""};
    change.grant.set_role("volunteer");
    change.grant.set_on("city");
    Apply(user, GrantRole(user, change), ApplyToUser);
    if (!granted) {
      NewLogin login;
      login.id = "again";
      login.password_version = 1;
      login.cookie = true;
      Apply(user, StartLogin(user, login, {}, kDay), ApplyToUser);
      Apply(user, RevokeRole(user, change), ApplyToUser);
    }
    ASSERT_EQ(user.head().logins_size(), 1);
    EXPECT_FALSE(user.head().logins(0).cookie());
  }
}

TEST(SessionTest, ProvingAgainChangesTheTokenAndMakesItRecent) {
  User user = WithLogins(1, 0);
  const absl::Time later = kDay + kRecentLogin;
  EXPECT_TRUE(IsRecent(user.head().logins(0), later - absl::Seconds(1)));
  EXPECT_FALSE(IsRecent(user.head().logins(0), later));
  NewLogin again;
  again.id = "l0";
  again.token_digest = "fresh";
  again.password_version = 2;
  EXPECT_EQ(ReasonOf(RotateLogin(user, again, later).status()), "LOGIN_REFUSED") << "an older password";
  again.password_version = 1;
  again.id = "l7";
  EXPECT_EQ(ReasonOf(RotateLogin(user, again, later).status()), "LOGIN_UNKNOWN");
  again.id = "l0";
  Apply(user, RotateLogin(user, again, later), ApplyToUser);
  EXPECT_EQ(FindLogin(user.head(), "digest 0", later), nullptr) << "the old token is nobody's";
  ASSERT_NE(FindLogin(user.head(), "fresh", later), nullptr);
  EXPECT_TRUE(IsRecent(user.head().logins(0), later));
}

TEST(SessionTest, AllOrAllOthersEnd) {
  User user = WithLogins(2, 2);
  Apply(user, absl::StatusOr<Facts>(EndLogins(user, "l2")), ApplyToUser);
  ASSERT_EQ(user.head().logins_size(), 1);
  EXPECT_EQ(user.head().logins(0).id(), "l2");
  EXPECT_TRUE(EndLogins(user, "l2").empty());
  Apply(user, absl::StatusOr<Facts>(EndLogins(user, "")), ApplyToUser);
  EXPECT_EQ(user.head().logins_size(), 0);
}

// All that may stand in one head fits into what heads should be.
TEST(AccessTest, AFullOneFitsIntoAHead) {
  Access access = WithFactor();
  for (int i = 0; i < kMaxApiKeys; ++i) {
    record::ApiKeyRecord key = KeyUntil("k0123456789abcde" + std::to_string(i), kDay + absl::Hours(9));
    key.set_key_digest(std::string(32, 'd'));
    key.set_sealed_label(std::string(100, 's'));
    key.set_created_by("users/aaaaaaaaaaaaaaaaaaaaaa");
    for (int scope = 0; scope < 5; ++scope) {
      auto& one = *key.add_scopes();
      one.set_role("district_admin");
      one.set_on("organizations/aaaaaaaaaaaaaaaaaaaaaa");
    }
    Apply(access, MakeApiKey(access, std::move(key), kDay), ApplyToAccess);
  }
  EXPECT_LT(access.SerializeHead().size(), 4096u);
}

}  // namespace
}  // namespace kepu::identity::domain
