// Links that set a password, accounts of people who are expected, and how guessing is slowed down.
#include "services/identity/api/throttle.h"
#include "tests/service/identity_logged_in.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class IdentityLinksTest : public IdentityLoggedInTest {
 protected:
  absl::StatusOr<v1::PasswordLink> LinkFor(const rpc::Principal& who, const std::string& user) {
    v1::IssueResetLinkRequest request;
    request.set_name(user);
    return Call<v1::PasswordLink>(who, "IssueResetLink", request);
  }
  absl::Status SetBy(const std::string& link, const std::string& password = "the next password") {
    v1::SetPasswordByLinkRequest request;
    request.set_token(link);
    request.set_new_password(password);
    request.set_client_address("10.0.0.1");
    return Call({}, "SetPasswordByLink", request).status();
  }
  size_t NoticesOf(const std::string& user) {
    v1::ListNoticesRequest list;
    list.set_parent(user);
    const auto notices = Ask<v1::ListNoticesResponse>({user, "", {}}, At("ListNotices"), list);
    EXPECT_TRUE(notices.ok()) << notices.status();
    return notices.ok() ? static_cast<size_t>(notices->notices_size()) : 0;
  }
};

TEST_F(IdentityLinksTest, ALinkWorksOnceAndEndsEveryLogin) {
  const std::string name = Register("somebody");
  const std::string session = StartSession("somebody")->token(), token = Login("somebody")->token();
  const auto link = LinkFor(admin_, name);
  ASSERT_TRUE(link.ok()) << link.status();
  EXPECT_THAT(link->path(), StartsWith("/#/")) << "behind the hash sign, which is sent to nobody";
  EXPECT_EQ(link->expire_time().seconds(), absl::ToUnixSeconds(clock_.Now() + absl::Minutes(15)));
  EXPECT_TRUE(Lives(token)) << "asking ends nothing";
  EXPECT_EQ(SetBy(link->token(), "12345678").code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(SetBy(link->token()).ok());
  EXPECT_FALSE(Lives(session, 1));
  EXPECT_FALSE(Lives(token, 1));
  EXPECT_TRUE(Login("somebody", "the next password").ok());
  EXPECT_EQ(ReasonOf(SetBy(link->token(), "another password")), "LINK_REFUSED");
}

TEST_F(IdentityLinksTest, LinksThatAreLateWrongOrReplacedAnswerAlike) {
  const std::string name = Register("somebody");
  const std::string first = LinkFor(admin_, name)->token(), second = LinkFor(admin_, name)->token();
  const absl::Status replaced = SetBy(first);
  EXPECT_EQ(ReasonOf(replaced), "LINK_REFUSED");
  EXPECT_EQ(SetBy("r1.nonsense"), replaced);
  std::string absent = second;
  absent.replace(3, 22, "abzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(SetBy(absent), replaced) << "nobody's";
  EXPECT_EQ(SetBy(Login("somebody")->token()), replaced) << "a login is no link";
  Pass(absl::Minutes(15));
  EXPECT_EQ(SetBy(second), replaced) << "late";
}

TEST_F(IdentityLinksTest, LinksAreGivenByThoseWhoCouldGiveTheRoles) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  const rpc::Principal other{"users/dddddddddddddddddddddd", "", {{"school_admin", "schools/two"}}};
  EXPECT_TRUE(LinkFor(head, teacher).ok());
  EXPECT_EQ(LinkFor(other, teacher).status(), refusal::NotFound(teacher));
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "city_admin", "city").ok());
  EXPECT_EQ(ReasonOf(LinkFor(head, teacher).status()), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityLinksTest, WhoAsksIsHeardByThoseWhoMayHelpAndLearnsNothing) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), head = Register("head"), boss = Register("boss");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", head, "school_admin", "schools/one").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", boss, "city_admin", "city").ok());
  executor_.RunFor(absl::Seconds(1));
  const auto ask = [&](const std::string& user_name) {
    v1::RequestResetRequest request;
    request.set_user_name(user_name);
    request.set_client_address("10.0.0.1");
    const auto answer = Call({}, "RequestReset", request);
    executor_.RunFor(absl::Seconds(1));
    return answer.status();
  };
  EXPECT_TRUE(ask("teacher").ok());
  EXPECT_TRUE(ask("nobody-here").ok());
  EXPECT_TRUE(ask("no such name possible").ok());
  EXPECT_EQ(NoticesOf(head), 1u);
  EXPECT_EQ(NoticesOf(boss), 0u) << "who is nearest";
  EXPECT_EQ(NoticesOf(teacher), 0u);
  EXPECT_TRUE(ask("teacher").ok());
  EXPECT_EQ(NoticesOf(head), 1u) << "once in a while";
  EXPECT_TRUE(ask("head").ok());
  EXPECT_EQ(NoticesOf(boss), 1u) << "a head of a school is the city's to help, where no district office is";
  for (int i = 0; i < 15; ++i) EXPECT_TRUE(ask(absl::StrCat("name", i)).ok()) << i;
  EXPECT_EQ(ReasonOf(ask("teacher")), "LOGIN_THROTTLED") << "from one address";
}

TEST_F(IdentityLinksTest, SomebodyInvitedSetsTheFirstPassword) {
  MakeSchool("one", "kaizhou");
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  v1::InviteAccountRequest invite;
  invite.set_user_name("new.teacher");
  invite.set_display_name("canary name");
  invite.set_role("teacher");
  invite.set_on("schools/one");
  invite.set_request_id(NextId());
  const auto invited = Call<v1::InvitedAccount>(head, "InviteAccount", invite);
  ASSERT_TRUE(invited.ok()) << invited.status();
  EXPECT_EQ(Call<v1::InvitedAccount>(head, "InviteAccount", invite)->link().token(), invited->link().token());
  EXPECT_EQ(Login("new.teacher", "").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(Login("new.teacher").status()), "LOGIN_REFUSED");
  ASSERT_TRUE(SetBy(invited->link().token()).ok());
  const auto login = Login("new.teacher", "the next password");
  ASSERT_TRUE(login.ok()) << login.status();
  EXPECT_TRUE(As(login->token()).Holds("teacher", "schools/one"));
  invite.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Call<v1::InvitedAccount>(head, "InviteAccount", invite).status()), "USER_NAME_TAKEN");
  invite.set_user_name("another");
  invite.set_role("city_admin");
  invite.set_on("city");
  invite.set_request_id(NextId());
  EXPECT_NE(Call<v1::InvitedAccount>(head, "InviteAccount", invite).status().code(), absl::StatusCode::kOk);
}

TEST(ThrottleTest, DelaysGrowAndEndWithTheWindow) {
  api::Throttle throttle;
  const std::vector<api::Limit> limits = {{"key", 5}};
  const absl::Time start = absl::FromUnixSeconds(1800000000);
  for (int i = 0; i < 5; ++i) {
    EXPECT_LE(throttle.WaitFor(limits, start), absl::ZeroDuration()) << i;
    throttle.Fail(limits, start);
  }
  EXPECT_EQ(throttle.WaitFor(limits, start), absl::Seconds(30));
  EXPECT_LE(throttle.WaitFor(limits, start + absl::Seconds(30)), absl::ZeroDuration());
  throttle.Fail(limits, start + absl::Seconds(30));
  EXPECT_EQ(throttle.WaitFor(limits, start + absl::Seconds(30)), absl::Seconds(60));
  for (int i = 0; i < 10; ++i) throttle.Fail(limits, start + absl::Seconds(90));
  EXPECT_EQ(throttle.WaitFor(limits, start + absl::Seconds(90)), absl::Minutes(15) - absl::Seconds(90));
  EXPECT_LE(throttle.WaitFor(limits, start + absl::Minutes(15)), absl::ZeroDuration());
  throttle.Fail(limits, start + absl::Minutes(15));
  EXPECT_LE(throttle.WaitFor(limits, start + absl::Minutes(15)), absl::ZeroDuration()) << "anew";
}

TEST_F(IdentityLinksTest, AnAccountUnderAttackFromEverywhereStaysItsOwners) {
  Register("known");
  ASSERT_TRUE(Login("known", kPassword, 0, "10.0.0.1").ok());
  const auto guess = [&](int i) {
    return ReasonOf(Login("known", "wrong guess", 0, absl::StrCat("10.1.", i / 250, ".", i % 250)).status());
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(guess(i), "LOGIN_REFUSED") << i;
  EXPECT_EQ(guess(50), "LOGIN_THROTTLED") << "from a place that was never seen as well";
  EXPECT_EQ(ReasonOf(Login("known", kPassword, 0, "10.2.0.1").status()), "LOGIN_THROTTLED");
  EXPECT_TRUE(Login("known", kPassword, 0, "10.0.0.1").ok()) << "from where its owner was before";
  Pass(absl::Seconds(61));
  EXPECT_TRUE(Login("known", kPassword, 0, "10.2.0.1").ok()) << "and after a minute from anywhere";
  for (int i = 0; i < 51; ++i) {
    EXPECT_EQ(ReasonOf(Login("unknown", "wrong guess", 0, absl::StrCat("10.3.0.", i)).status()),
              i < 50 ? "LOGIN_REFUSED" : "LOGIN_THROTTLED")
        << "one answer for names that nobody has";
  }
}

}  // namespace
}  // namespace kepu::identity
