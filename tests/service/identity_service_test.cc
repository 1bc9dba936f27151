// Who somebody is: registration and its races, logins and their end, passwords, the first admin.
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(IdentityServiceTest, RegistersLogsInAndShowsOneself) {
  const std::string name = Register("Li.Wei");
  auto login = Login("li.wei");
  ASSERT_TRUE(login.ok()) << login.status();
  EXPECT_EQ(login->user(), name);
  EXPECT_GE(login->token().size(), 43u + 22u);
  const auto resolved = Resolve(login->token(), 1);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->user(), name);
  const auto me = Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest());
  ASSERT_TRUE(me.ok()) << me.status();
  EXPECT_EQ(me->user_name(), "li.wei");
  EXPECT_EQ(me->display_name(), "canary name of Li.Wei");
  EXPECT_EQ(me->phone(), "13812345678");
  EXPECT_THAT(me->logins(), SizeIs(1));
  // Nothing personal and no token stands in what the store holds: log, heads, receipts.
  std::string held;
  for (uint32_t p = 0; p < 64; ++p) {
    for (const auto& entry : data_.ReadLog(p, 0, 1000)) {
      for (const std::string& group : entry.groups) held += group;
    }
    for (const std::string& key : data_.Roots(p)) held += key + data_.Load(p, {key, {}, true}).head.head;
  }
  EXPECT_GT(held.size(), 500u);
  for (const char* secret : {"canary", "li.wei", "Li.Wei", "13812345678", kPassword}) {
    EXPECT_THAT(held, Not(HasSubstr(secret))) << secret;
  }
  EXPECT_THAT(held, Not(HasSubstr(login->token().substr(26))));
}

TEST_F(IdentityServiceTest, OneNameTwoReplicasOneWinner) {
  for (int round = 0; round < 20; ++round) {
    const std::string user_name = absl::StrCat("racer", round);
    auto one = Send({}, At("RegisterUser"), Application(user_name), 0);
    auto two = Send({}, At("RegisterUser"), Application(absl::StrReplaceAll(user_name, {{"r", "R"}})), 1);
    ASSERT_TRUE(executor_.RunUntil([&] { return one->done && two->done; }, kPatience));
    EXPECT_NE(one->status.ok(), two->status.ok()) << "seed 7, round " << round;
    const Outcome& loser = one->status.ok() ? *two : *one;
    EXPECT_EQ(ReasonOf(loser.status), "USER_NAME_TAKEN");
    EXPECT_THAT(loser.status.ToString(), Not(HasSubstr("users/"))) << "never tells whose";
    EXPECT_TRUE(Login(user_name).ok());
  }
}

TEST_F(IdentityServiceTest, ARepeatedRegistrationIsTheSameOne) {
  const v1::RegisterUserRequest request = Application("again");
  auto first = Send({}, At("RegisterUser"), request);
  ASSERT_TRUE(executor_.RunUntil([&] { return first->done; }, kPatience));
  auto second = Send({}, At("RegisterUser"), request, 1, true);
  ASSERT_TRUE(executor_.RunUntil([&] { return second->done; }, kPatience));
  ASSERT_TRUE(second->status.ok()) << second->status;
  EXPECT_TRUE(second->info.replayed);
  v1::RegisterUserRequest other = request;
  other.set_password("another password");
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("RegisterUser"), other).status()), "REQUEST_ID_REUSED");
}

TEST_F(IdentityServiceTest, BadApplicationsAreRefusedByField) {
  v1::RegisterUserRequest request = Application("x");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.set_password("12345678");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.set_phone("call me");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.clear_request_id();
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(IdentityServiceTest, UnknownUserAndWrongPasswordGetOneAnswer) {
  Register("known");
  const absl::Status wrong = Login("known", "not the password").status();
  EXPECT_EQ(wrong, Login("unknown", "not the password").status());
  EXPECT_EQ(wrong, Login("no such name possible", "not the password").status());
  EXPECT_EQ(ReasonOf(wrong), "LOGIN_REFUSED");
  EXPECT_EQ(wrong.code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(IdentityServiceTest, GuessingIsSlowedDownForKnownAndUnknownAlike) {
  Register("known");
  for (const char* name : {"known", "unknown"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(ReasonOf(Login(name, "wrong guess").status()), "LOGIN_REFUSED") << name;
    EXPECT_EQ(ReasonOf(Login(name, "wrong guess").status()), "LOGIN_THROTTLED") << name;
  }
  EXPECT_EQ(ReasonOf(Login("known").status()), "LOGIN_THROTTLED") << "the right one too, from there";
  EXPECT_TRUE(Login("known", kPassword, 0, "10.0.0.2").ok()) << "a stranger locks nobody out";
  Pass(absl::Minutes(16));
  EXPECT_TRUE(Login("known").ok());
}

TEST_F(IdentityServiceTest, TokensRunOutAndAreRevokedAtOnce) {
  const std::string name = Register("somebody");
  const std::string token = Login("somebody")->token(), other = Login("somebody")->token();
  v1::LogoutRequest logout;
  logout.set_token(token);
  ASSERT_TRUE(Ask<google::protobuf::Empty>({}, At("Logout"), logout, 1).ok());
  EXPECT_EQ(ReasonOf(Resolve(token).status()), "LOGIN_UNKNOWN");
  EXPECT_TRUE(Ask<google::protobuf::Empty>({}, At("Logout"), logout).ok()) << "again, the same answer";
  EXPECT_TRUE(Resolve(other).ok());
  for (const std::string& bad :
       {std::string("x"), token + "A", std::string(100, 'a'), absl::StrCat("k1.", token)}) {
    EXPECT_EQ(ReasonOf(Resolve(bad).status()), "LOGIN_UNKNOWN");
  }
  // In use it lives on past its idle time, and ends at its absolute one.
  for (int i = 0; i < 6; ++i) {
    Pass(absl::Hours(5));
    ASSERT_TRUE(Resolve(other).ok()) << i;
  }
  Pass(absl::Hours(12) + absl::Seconds(1));
  EXPECT_EQ(ReasonOf(Resolve(other).status()), "LOGIN_UNKNOWN") << "idle";
}

TEST_F(IdentityServiceTest, OwnLoginsAreListedAndEnded) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  const std::string token = Login("somebody")->token();
  const auto me = Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest());
  ASSERT_THAT(me->logins(), SizeIs(1));
  v1::EndLoginRequest request;
  request.set_name(me->logins(0).name());
  request.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({stranger, "", {}}, At("EndLogin"), request).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(Resolve(token).ok());
  EXPECT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("EndLogin"), request).ok());
  EXPECT_FALSE(Resolve(token).ok());
}

TEST_F(IdentityServiceTest, ANewPasswordEndsAllLogins) {
  const std::string name = Register("somebody");
  const std::string token = Login("somebody")->token();
  v1::ChangePasswordRequest request;
  request.set_old_password("not the old one");
  request.set_new_password("the next password");
  request.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<google::protobuf::Empty>({name, "", {}}, At("ChangePassword"), request).status()),
            "LOGIN_REFUSED");
  EXPECT_TRUE(Resolve(token).ok());
  request.set_old_password(kPassword);
  request.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("ChangePassword"), request).ok());
  EXPECT_FALSE(Resolve(token, 1).ok());
  EXPECT_FALSE(Login("somebody").ok());
  EXPECT_TRUE(Login("somebody", "the next password").ok());
  auto repeat = Send({name, "", {}}, At("ChangePassword"), request, 0, true);
  ASSERT_TRUE(executor_.RunUntil([&] { return repeat->done; }, kPatience));
  EXPECT_TRUE(repeat->status.ok()) << "a repeat is told that it went through: " << repeat->status;
}

TEST_F(IdentityServiceTest, ResetCodesOnPaper) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), boss = Register("boss");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  const rpc::Principal head{boss, "", {{"school_admin", "schools/one"}}};
  v1::IssueResetCodeRequest issue;
  issue.set_name(teacher);
  issue.set_request_id(NextId());
  const auto code = Ask<v1::ResetCode>(head, At("IssueResetCode"), issue);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(Ask<v1::ResetCode>(head, At("IssueResetCode"), issue)->code(), code->code())
      << "the same call, the same code";
  v1::ResetPasswordRequest reset;
  reset.set_user_name("nobody-here");
  reset.set_code(code->code());
  reset.set_new_password("the next password");
  reset.set_request_id(NextId());
  const absl::Status unknown = Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status();
  reset.set_user_name("teacher");
  reset.set_code("aaaa-aaaa-aa");
  reset.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status(), unknown)
      << "one answer for all";
  EXPECT_EQ(ReasonOf(unknown), "RESET_REFUSED");
  reset.set_code(absl::StrReplaceAll(code->code(), {{"-", " "}}));
  reset.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).ok());
  EXPECT_TRUE(Login("teacher", "the next password").ok());
  reset.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status()), "RESET_REFUSED")
      << "once";
  // Whoever holds more than the issuer could give is out of reach, though they teach at the same school.
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "city_admin", "city").ok());
  issue.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::ResetCode>(head, At("IssueResetCode"), issue).status()), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityServiceTest, TheFirstAdminIsMadeOnce) {
  v1::BootstrapAdminRequest request;
  request.set_code("a guess");
  request.set_user_name("operator");
  request.set_password(kPassword);
  request.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("BootstrapAdmin"), request).status()), "BOOTSTRAP_REFUSED");
  request.set_code(kBootstrapCode);
  v1::BootstrapAdminRequest rival = request;
  rival.set_user_name("rival");
  rival.set_request_id(NextId());
  auto one = Send({}, At("BootstrapAdmin"), request, 0);
  auto two = Send({}, At("BootstrapAdmin"), rival, 1);
  ASSERT_TRUE(executor_.RunUntil([&] { return one->done && two->done; }, kPatience));
  EXPECT_NE(one->status.ok(), two->status.ok()) << one->status << two->status;
  EXPECT_EQ(ReasonOf(one->status.ok() ? two->status : one->status), "ALREADY_BOOTSTRAPPED");
  const std::string winner = one->status.ok() ? "operator" : "rival";
  const auto login = Login(winner);
  ASSERT_TRUE(login.ok());
  ASSERT_THAT(login->grants(), SizeIs(1));
  EXPECT_EQ(login->grants(0).role(), "city_admin");
  Pass(absl::Hours(1));
  rival.set_user_name("third");
  rival.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("BootstrapAdmin"), rival).status()), "ALREADY_BOOTSTRAPPED");
  const auto& won = one->status.ok() ? request : rival;
  if (one->status.ok()) {
    EXPECT_TRUE(Ask<v1::User>({}, At("BootstrapAdmin"), won).ok()) << "a repeat of the winner's call";
  }
}

}  // namespace
}  // namespace kepu::identity
