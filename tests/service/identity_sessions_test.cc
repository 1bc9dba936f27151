// Logins of people: sessions of browsers, the list of logins and their end, proving to be there once more,
// second factors.
#include "tests/service/identity_logged_in.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(IdentityLoggedInTest, ASessionSaysWhoseItIsAndEnds) {
  const std::string name = Register("somebody");
  const auto session = StartSession("somebody");
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->user(), name);
  EXPECT_TRUE(session->recent());
  EXPECT_FALSE(session->second_factor());
  const rpc::Principal who = As(session->token());
  const auto shown = Call<v1::Session>(who, "GetSession", v1::GetSessionRequest(), 1);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->login(), session->login());
  EXPECT_THAT(shown->token(), IsEmpty()) << "shown once";
  ASSERT_TRUE(Call(who, "EndSession", v1::EndSessionRequest()).ok());
  EXPECT_FALSE(Lives(session->token(), 1));
  EXPECT_TRUE(Call(who, "EndSession", v1::EndSessionRequest()).ok()) << "again, the same answer";
  EXPECT_TRUE(Call({}, "EndSession", v1::EndSessionRequest()).ok()) << "of nobody as well";
  EXPECT_EQ(ReasonOf(Call<v1::Session>(who, "GetSession", v1::GetSessionRequest()).status()),
            "LOGIN_UNKNOWN");
}

TEST_F(IdentityLoggedInTest, ChangedRolesEndSessionsAndTokensGoOnWithThem) {
  const std::string name = Register("somebody");
  const std::string session = StartSession("somebody")->token(), token = Login("somebody")->token();
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", name, "volunteer", "city").ok());
  EXPECT_FALSE(Lives(session)) << "what was taken before is not worth more now";
  EXPECT_TRUE(As(token).Holds("volunteer", "city"));
  const std::string next = StartSession("somebody")->token();
  EXPECT_TRUE(As(next).Holds("volunteer", "city"));
  ASSERT_TRUE(ChangeRole(admin_, "RevokeRole", name, "volunteer", "city").ok());
  EXPECT_FALSE(Lives(next, 1));
}

TEST_F(IdentityLoggedInTest, OneSeesOnesLoginsAndEndsTheOthers) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  const std::string phone = StartSession("somebody")->token();
  Pass(absl::Hours(1));
  const std::string desk = Login("somebody")->token();
  v1::ListLoginsRequest list;
  list.set_parent(name);
  const auto logins = Call<v1::ListLoginsResponse>(As(desk), "ListLogins", list, 1);
  ASSERT_TRUE(logins.ok()) << logins.status();
  ASSERT_THAT(logins->logins(), SizeIs(2));
  EXPECT_EQ(logins->logins(0).device(), "Mozilla/5.0 (a phone)");
  EXPECT_EQ(logins->logins(0).network(), "203.0.113.0/24");
  EXPECT_TRUE(logins->logins(0).cookie());
  EXPECT_FALSE(logins->logins(0).current());
  EXPECT_TRUE(logins->logins(1).current());
  EXPECT_EQ(logins->logins(1).start_time().seconds() - logins->logins(0).start_time().seconds(), 3600);
  EXPECT_EQ(Call<v1::ListLoginsResponse>({stranger, "", {}}, "ListLogins", list).status(),
            refusal::NotFound(name));
  EXPECT_EQ(Call<v1::ListLoginsResponse>(admin_, "ListLogins", list).status(), refusal::NotFound(name))
      << "from where somebody comes is nobody else's business";
  v1::EndLoginsRequest end;
  end.set_parent(name);
  end.set_except_current(true);
  EXPECT_EQ(Call({stranger, "", {}}, "EndLogins", end).status(), refusal::NotFound(name));
  ASSERT_TRUE(Call(As(desk), "EndLogins", end).ok());
  EXPECT_FALSE(Lives(phone, 1));
  EXPECT_TRUE(Lives(desk, 1));
  ASSERT_TRUE(Call(admin_, "EndLogins", end).ok()) << "an administrator ends them all";
  EXPECT_FALSE(Lives(desk));
}

TEST_F(IdentityLoggedInTest, LoginsAreEndedByThoseWhoCouldGiveTheRoles) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  const std::string token = Login("teacher")->token();
  v1::EndLoginsRequest end;
  end.set_parent(teacher);
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "city_admin", "city").ok());
  EXPECT_EQ(ReasonOf(Call(head, "EndLogins", end).status()), "ROLE_NOT_GRANTABLE");
  EXPECT_TRUE(Lives(token));
  ASSERT_TRUE(ChangeRole(admin_, "RevokeRole", teacher, "city_admin", "city").ok());
  EXPECT_TRUE(Call(head, "EndLogins", end).ok());
  EXPECT_FALSE(Lives(token));
}

TEST_F(IdentityLoggedInTest, AfterAQuarterOfAnHourRightsAreGivenOnlyAfterThePassword) {
  const std::string boss = Register("boss"), somebody = Register("somebody");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", boss, "city_admin", "city").ok());
  const std::string token = Login("boss")->token();
  ASSERT_TRUE(ChangeRole(As(token), "GrantRole", somebody, "volunteer", "city").ok());
  Pass(absl::Minutes(15));
  EXPECT_EQ(ReasonOf(ChangeRole(As(token), "RevokeRole", somebody, "volunteer", "city").status()),
            "STEP_UP_NEEDED");
  v1::ReauthenticateRequest again;
  again.set_password("not the password");
  EXPECT_EQ(ReasonOf(Call<v1::Session>(As(token), "Reauthenticate", again).status()), "LOGIN_REFUSED");
  again.set_password(kPassword);
  const auto session = Call<v1::Session>(As(token), "Reauthenticate", again);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE(session->recent());
  EXPECT_FALSE(Lives(token, 1)) << "the token is another one";
  EXPECT_TRUE(ChangeRole(As(session->token()), "RevokeRole", somebody, "volunteer", "city").ok());
}

TEST_F(IdentityLoggedInTest, ASecondFactorIsAskedForAfterThePassword) {
  Register("somebody");
  std::vector<std::string> recovery;
  const std::string secret = SetUpFactor(As(Login("somebody")->token()), &recovery);
  ASSERT_THAT(recovery, SizeIs(8));
  EXPECT_EQ(ReasonOf(StartSession("somebody").status()), "FACTOR_NEEDED");
  EXPECT_EQ(ReasonOf(StartSession("somebody", "", "not the password").status()), "LOGIN_REFUSED")
      << "only who knows the password learns of it";
  EXPECT_EQ(ReasonOf(StartSession("somebody", api::CodeAt(secret, clock_.Now())).status()), "FACTOR_REFUSED")
      << "the code that confirmed it is used up";
  Pass(absl::Seconds(30));
  const std::string code = api::CodeAt(secret, clock_.Now());
  const auto session = StartSession("somebody", code);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_TRUE(session->second_factor());
  EXPECT_EQ(ReasonOf(StartSession("somebody", code).status()), "FACTOR_REFUSED");
  EXPECT_TRUE(StartSession("somebody", recovery[3]).ok());
  EXPECT_EQ(ReasonOf(StartSession("somebody", recovery[3]).status()), "FACTOR_REFUSED");
  Pass(absl::Minutes(16));
  const auto early = StartSession("somebody", api::CodeAt(secret, clock_.Now() + absl::Seconds(30)));
  EXPECT_TRUE(early.ok()) << "a phone that runs ahead a little";
  EXPECT_EQ(ReasonOf(StartSession("somebody", api::CodeAt(secret, clock_.Now())).status()), "FACTOR_REFUSED")
      << "an older code than one that was taken";
}

TEST_F(IdentityLoggedInTest, OneCodeBroughtToTwoReplicasIsTakenOnce) {
  Register("somebody");
  const std::string secret = SetUpFactor(As(Login("somebody")->token()));
  for (int round = 0; round < 5; ++round) {
    Pass(absl::Minutes(16));
    v1::LoginRequest request;
    request.set_user_name("somebody");
    request.set_password(kPassword);
    request.set_code(api::CodeAt(secret, clock_.Now()));
    auto one = Send({}, At("Login"), request, 0), two = Send({}, At("Login"), request, 1);
    ASSERT_TRUE(executor_.RunUntil([&] { return one->done && two->done; }, kPatience));
    EXPECT_NE(one->status.ok(), two->status.ok()) << round << one->status << two->status;
    EXPECT_EQ(ReasonOf(one->status.ok() ? two->status : one->status), "FACTOR_REFUSED");
  }
}

TEST_F(IdentityLoggedInTest, NothingOfASecondFactorStandsInTheStore) {
  const std::string name = Register("somebody");
  std::vector<std::string> recovery;
  const std::string secret = SetUpFactor(As(StartSession("somebody")->token()), &recovery);
  std::string held;
  for (uint32_t p = 0; p < 64; ++p) {
    for (const auto& entry : data_.ReadLog(p, 0, 1000)) {
      for (const std::string& group : entry.groups) held += group;
    }
    for (const std::string& key : data_.Roots(p)) held += key + data_.Load(p, {key, {}, true}).head.head;
  }
  EXPECT_THAT(held, HasSubstr("access/" + name.substr(6)));
  for (const std::string& shown : {secret, recovery[0], std::string("a phone"), std::string("203.0.113")})
    EXPECT_THAT(held, Not(HasSubstr(shown)));
}

TEST_F(IdentityLoggedInTest, AFactorIsTakenAwayByItsOwnerWithACode) {
  Register("somebody");
  const std::string token = Login("somebody")->token();
  const std::string secret = SetUpFactor(As(token));
  v1::RemoveFactorRequest remove;
  remove.set_code("000000");
  EXPECT_EQ(ReasonOf(Call(As(token), "RemoveFactor", remove).status()), "FACTOR_REFUSED");
  Pass(absl::Seconds(30));
  remove.set_code(api::CodeAt(secret, clock_.Now()));
  ASSERT_TRUE(Call(As(token), "RemoveFactor", remove).ok());
  EXPECT_FALSE(Lives(token)) << "it was worth more for it";
  EXPECT_TRUE(Login("somebody").ok());
}

TEST_F(IdentityLoggedInTest, AFactorIsResetByAnotherAdministratorWithAReason) {
  const std::string one = Register("one");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", one, "district_admin", "districts/kaizhou").status().code() ==
              absl::StatusCode::kNotFound);
  MakeSchool("school", "kaizhou");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", one, "district_admin", "districts/kaizhou").ok());
  const std::string token = Login("one")->token();
  SetUpFactor(As(token));
  v1::ResetFactorRequest reset;
  reset.set_name(one);
  EXPECT_EQ(Call(admin_, "ResetFactor", reset).status().code(), absl::StatusCode::kInvalidArgument)
      << "not without a reason";
  reset.set_reason("the phone fell into the river");
  const rpc::Principal itself = As(token);
  EXPECT_EQ(ReasonOf(Call(itself, "ResetFactor", reset).status()), "FACTOR_OWN");
  const rpc::Principal equal{"users/cccccccccccccccccccccc", "", {{"district_admin", "districts/kaizhou"}}};
  EXPECT_EQ(ReasonOf(Call(equal, "ResetFactor", reset).status()), "ROLE_NOT_GRANTABLE");
  ASSERT_TRUE(Call(admin_, "ResetFactor", reset).ok());
  EXPECT_FALSE(Lives(token));
  EXPECT_TRUE(Login("one").ok());
}

TEST_F(IdentityLoggedInTest, WhereItIsRequiredAdministratorsWaitForTheirFactor) {
  options_.require_second_factor = true;
  replicas_.push_back(MakeReplica(stores_[0]));
  const std::string boss = Register("boss"), somebody = Register("somebody");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", boss, "city_admin", "city").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", boss, "visitor", "city").ok());
  const std::string token = Login("boss", kPassword, 2)->token();
  EXPECT_FALSE(As(token, 2).Holds("city_admin", "city"));
  EXPECT_TRUE(As(token, 2).Holds("visitor", "city")) << "the rest is there";
  auto session = Call<v1::Session>(As(token, 2), "GetSession", v1::GetSessionRequest(), 2);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_THAT(session->withheld_roles(), ::testing::ElementsAre("city_admin"));
  SetUpFactor(As(token, 2));
  EXPECT_TRUE(As(token, 2).Holds("city_admin", "city")) << "at once, in the login that set it up";
  session = Call<v1::Session>(As(token, 2), "GetSession", v1::GetSessionRequest(), 2);
  EXPECT_THAT(session->withheld_roles(), IsEmpty());
}

// RFC 6238, appendix B, the column of SHA-1 in six digits.
TEST(Totp, MakesTheCodesOfTheStandard) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(api::CodeAt(secret, absl::FromUnixSeconds(59)), "287082");
  EXPECT_EQ(api::CodeAt(secret, absl::FromUnixSeconds(1111111109)), "081804");
  EXPECT_EQ(api::CodeAt(secret, absl::FromUnixSeconds(20000000000)), "353130");
  EXPECT_EQ(api::StepOfCode(secret, "287 082", absl::FromUnixSeconds(89)), 1);
  EXPECT_EQ(api::StepOfCode(secret, "287082", absl::FromUnixSeconds(120)), 0) << "too long ago";
  EXPECT_EQ(api::StepOfCode(secret, "28708", absl::FromUnixSeconds(59)), 0);
  EXPECT_EQ(api::StepOfCode("", "287082", absl::FromUnixSeconds(59)), 0);
  EXPECT_EQ(api::ToBase32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(api::OtpauthUri("李雷@x", secret).substr(0, 49),
            "otpauth://totp/kepu:%e6%9d%8e%e9%9b%b7%40x?secret");
}

}  // namespace
}  // namespace kepu::identity
