// The rules of identity as tables: roles, names and passwords, users and their logins, invitations, inboxes.
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/identity/domain/credentials.h"
#include "services/identity/domain/inbox.h"
#include "services/identity/domain/invitation.h"
#include "services/identity/domain/roles.h"
#include "services/identity/domain/user.h"
#include "tests/unit/identity_folding.h"

namespace kepu::identity::domain {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1800000000);
const std::string kUser = "users/aaaaaaaaaaaaaaaaaaaaaa";

v1::RoleGrant Grant(std::string role, std::string on) {
  v1::RoleGrant grant;
  grant.set_role(std::move(role));
  grant.set_on(std::move(on));
  return grant;
}

User Registered() {
  User user;
  record::UserRecord fresh;
  fresh.set_state(v1::User::ACTIVE);
  fresh.set_password_hash("hash-1");
  fresh.set_password_version(1);
  Apply(user, RegisterUser(user, fresh), ApplyToUser);
  return user;
}

NewLogin Login(int number) { return {absl::StrCat("l", number), absl::StrCat("digest-", number), 1}; }

TEST(RolesTest, TheListIsClosedAndEachFitsItsResources) {
  struct Row {
    const char* role;
    const char* on;
    bool good;
  };
  for (const Row& row : std::vector<Row>{{"city_admin", "city", true},
                                         {"city_admin", "districts/kaizhou", false},
                                         {"district_admin", "districts/kaizhou", true},
                                         {"district_admin", "city", false},
                                         {"teacher", "schools/one", true},
                                         {"teacher", "schools/One", false},
                                         {"teacher", "schools/", false},
                                         {"teacher", "schools/a/b", false},
                                         {"venue_staff", "venues/cqstm", true},
                                         {"venue_staff", "schools/one", false},
                                         {"town_office", "towns/t", true},
                                         {"department", "organizations/o", true},
                                         {"coordinator", "teams/t", true},
                                         {"caravan_crew", "caravans/c", true},
                                         {"volunteer", "city", true},
                                         {"visitor", "city", true},
                                         {"root", "city", false},
                                         {"", "city", false}}) {
    EXPECT_EQ(CheckRoleOn(row.role, row.on).ok(), row.good) << row.role << " on " << row.on;
  }
  for (const char* role : kRoles) EXPECT_TRUE(IsRole(role)) << role;
  EXPECT_FALSE(IsRole("admin"));
}

TEST(RolesTest, WhoGivesWhat) {
  const std::vector<std::string> school = {"schools/one", "districts/kaizhou", "city"};
  struct Row {
    const char* held;
    const char* on;
    const char* gives;
    bool may;
  };
  for (const Row& row : std::vector<Row>{{"city_admin", "city", "school_admin", true},
                                         {"city_admin", "city", "district_admin", true},
                                         {"city_admin", "districts/kaizhou", "teacher", true},
                                         {"city_admin", "districts/else", "teacher", false},
                                         {"district_admin", "districts/kaizhou", "teacher", true},
                                         {"district_admin", "districts/kaizhou", "district_admin", false},
                                         {"district_admin", "districts/kaizhou", "city_admin", false},
                                         {"district_admin", "districts/else", "teacher", false},
                                         {"school_admin", "schools/one", "teacher", true},
                                         {"school_admin", "schools/one", "school_admin", false},
                                         {"school_admin", "schools/two", "teacher", false},
                                         {"teacher", "schools/one", "teacher", false},
                                         {"volunteer", "city", "volunteer", false},
                                         {"district_admin", "districts/kaizhou", "root", false}}) {
    EXPECT_EQ(MayGrant({Grant(row.held, row.on)}, row.gives, school), row.may)
        << row.held << " on " << row.on << " gives " << row.gives;
  }
}

TEST(CredentialsTest, UserNames) {
  for (const char* good : {"abc", "li.wei", "13812345678", "王小明", "a@b.cn", "x_1-2"}) {
    EXPECT_TRUE(NormalUserName(good).ok()) << good;
  }
  EXPECT_EQ(*NormalUserName("Li.Wei"), "li.wei");
  EXPECT_FALSE(NormalUserName(std::string(41, 'a')).ok());
  EXPECT_TRUE(NormalUserName(std::string(40, 'a')).ok());
  for (const char* bad :
       {"", "ab", ".abc", "-abc", "a b c", "a/b/c", "a\nbc", "абв", "ａｂｃ", "a{b}c", "😀😀😀"}) {
    EXPECT_FALSE(NormalUserName(bad).ok()) << bad;
  }
}

TEST(CredentialsTest, Passwords) {
  const auto check = [](absl::string_view password) {
    return CheckPassword("password", password, "somebody8");
  };
  EXPECT_TRUE(check("grüne wiese").ok());
  EXPECT_TRUE(check("一二三四五六七八").ok()) << "eight characters";
  EXPECT_FALSE(check("一二三四五六七").ok());
  EXPECT_FALSE(check("1234567").ok());
  EXPECT_TRUE(check(std::string(128, 'x')).ok());
  EXPECT_FALSE(check(std::string(129, 'x')).ok());
  for (const char* common : {"12345678", "PASSWORD", "5201314520", "somebody8", "Somebody8"}) {
    EXPECT_FALSE(check(common).ok()) << common;
  }
}

TEST(CredentialsTest, PhonesAndCodes) {
  EXPECT_EQ(*NormalPhone("+86 138-1234-5678"), "+8613812345678");
  EXPECT_EQ(*NormalPhone(""), "");
  for (const char* bad : {"123", "abc", "13812345678x", "8+613812345678", "12345678901234567"}) {
    EXPECT_FALSE(NormalPhone(bad).ok()) << bad;
  }
  EXPECT_EQ(NormalCode("ABCD-efgh 10 8"), "abcdefghlob");
  const std::string code = CodeFrom(std::string("\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf", 10), 16);
  EXPECT_EQ(code, "abcd-efgh-ijkl-mnop");
  EXPECT_EQ(CodeFrom("\xff", 16).size(), 1u) << "never past the digest";
}

TEST(UserTest, ANameIsTakenOnce) {
  User user = Registered();
  EXPECT_EQ(ReasonOf(RegisterUser(user, {}).status()), "USER_NAME_TAKEN");
  Apply(user, ChangeState(user, kUser, "users/b", v1::User::ERASED), ApplyToUser);
  EXPECT_EQ(ReasonOf(RegisterUser(user, {}).status()), "USER_NAME_TAKEN")
      << "not even after its owner is gone";
}

TEST(UserTest, LoginsEndInTime) {
  User user = Registered();
  const LoginRules rules;
  Apply(user, StartLogin(user, Login(1), rules, kNow), ApplyToUser);
  EXPECT_NE(FindLogin(user.head(), "digest-1", kNow), nullptr);
  EXPECT_EQ(FindLogin(user.head(), "digest-2", kNow), nullptr);
  EXPECT_NE(FindLogin(user.head(), "digest-1", kNow + rules.other_idle - absl::Seconds(1)), nullptr);
  EXPECT_EQ(FindLogin(user.head(), "digest-1", kNow + rules.other_idle), nullptr) << "idle";
  // Used all the time, it still ends.
  for (absl::Time at = kNow; at < kNow + rules.other_absolute; at += absl::Hours(5)) {
    Apply(user, absl::StatusOr<Facts>(UseLogin(user, "digest-1", rules, at)), ApplyToUser);
    ASSERT_NE(FindLogin(user.head(), "digest-1", at), nullptr);
  }
  EXPECT_EQ(FindLogin(user.head(), "digest-1", kNow + rules.other_absolute), nullptr) << "absolute";
  EXPECT_TRUE(UseLogin(user, "digest-1", rules, kNow + rules.other_absolute).empty());
}

TEST(UserTest, StaffLoginsEndSooner) {
  User user = Registered();
  *user.mutable_head().add_grants() = Grant("venue_staff", "venues/v");
  const LoginRules rules;
  Apply(user, StartLogin(user, Login(1), rules, kNow), ApplyToUser);
  EXPECT_EQ(ExpiryOf(user.head().logins(0)), kNow + rules.staff_idle);
  EXPECT_EQ(absl::FromUnixMicros(user.head().logins(0).expire_us()), kNow + rules.staff_absolute);
}

TEST(UserTest, UseIsWrittenDownOnlyNowAndThen) {
  User user = Registered();
  const LoginRules rules;
  Apply(user, StartLogin(user, Login(1), rules, kNow), ApplyToUser);
  EXPECT_TRUE(UseLogin(user, "digest-1", rules, kNow + absl::Minutes(5)).empty());
  EXPECT_EQ(UseLogin(user, "digest-1", rules, kNow + rules.other_idle / 4).size(), 1u);
  EXPECT_TRUE(UseLogin(user, "digest-9", rules, kNow + absl::Hours(3)).empty());
}

TEST(UserTest, TheOldestLoginGivesWay) {
  User user = Registered();
  for (int i = 1; i <= kMaxLogins + 2; ++i) {
    Apply(user, StartLogin(user, Login(i), LoginRules(), kNow + absl::Seconds(i)), ApplyToUser);
    ASSERT_LE(user.head().logins_size(), kMaxLogins);
  }
  const absl::Time later = kNow + absl::Minutes(1);
  EXPECT_EQ(FindLogin(user.head(), "digest-2", later), nullptr);
  EXPECT_NE(FindLogin(user.head(), "digest-3", later), nullptr);
  // Those that ran out go first.
  Apply(user, StartLogin(user, Login(99), LoginRules(), kNow + absl::Hours(24)), ApplyToUser);
  EXPECT_EQ(user.head().logins_size(), 1);
}

TEST(UserTest, ANewPasswordEndsEveryLoginAndWhatWasCheckedBefore) {
  User user = Registered();
  Apply(user, StartLogin(user, Login(1), LoginRules(), kNow), ApplyToUser);
  Apply(user, ChangePassword(user, 1, "hash-2"), ApplyToUser);
  EXPECT_EQ(user.head().password_hash(), "hash-2");
  EXPECT_EQ(user.head().logins_size(), 0);
  EXPECT_EQ(ReasonOf(StartLogin(user, Login(2), LoginRules(), kNow).status()), "LOGIN_REFUSED")
      << "checked the old";
  EXPECT_EQ(ReasonOf(ChangePassword(user, 1, "hash-3").status()), "LOGIN_REFUSED");
  EXPECT_TRUE(Rehash(user, 1, "x").empty());
  EXPECT_EQ(Rehash(user, 2, "x").size(), 1u);
}

TEST(UserTest, ResetCodesWorkOnceAndInTime) {
  User user = Registered();
  EXPECT_EQ(ReasonOf(ResetPassword(user, "d", "h", kNow).status()), "RESET_REFUSED") << "none issued";
  Apply(user, IssueReset(user, kUser, "d", kNow + absl::Hours(1)), ApplyToUser);
  EXPECT_EQ(ReasonOf(ResetPassword(user, "other", "h", kNow).status()), "RESET_REFUSED");
  EXPECT_EQ(ReasonOf(ResetPassword(user, "d", "h", kNow + absl::Hours(1)).status()), "RESET_REFUSED");
  Apply(user, ResetPassword(user, "d", "h", kNow + absl::Minutes(59)), ApplyToUser);
  EXPECT_EQ(user.head().password_hash(), "h");
  EXPECT_EQ(ReasonOf(ResetPassword(user, "d", "h2", kNow).status()), "RESET_REFUSED") << "used";
  EXPECT_EQ(ReasonOf(ResetPassword(User(), "d", "h", kNow).status()), "RESET_REFUSED")
      << "nobody of that name";
}

TEST(UserTest, RolesAreGivenByOthersAndBounded) {
  User user = Registered();
  const RoleChange teacher{"users/b", kUser, Grant("teacher", "schools/one"), ""};
  Apply(user, GrantRole(user, teacher), ApplyToUser);
  EXPECT_TRUE(Holds(user.head(), "teacher", "schools/one"));
  EXPECT_TRUE(GrantRole(user, teacher)->empty()) << "twice is once";
  EXPECT_EQ(ReasonOf(GrantRole(user, {kUser, kUser, Grant("city_admin", "city"), ""}).status()),
            "SELF_GRANT");
  EXPECT_EQ(ReasonOf(RevokeRole(user, {kUser, kUser, Grant("teacher", "schools/one"), ""}).status()),
            "SELF_GRANT");
  Apply(user, RevokeRole(user, teacher), ApplyToUser);
  EXPECT_FALSE(Holds(user.head(), "teacher", "schools/one"));
  EXPECT_TRUE(RevokeRole(user, teacher)->empty());
  for (int i = 0; i < kMaxGrants; ++i) {
    Apply(user,
          GrantRole(user, {"users/b", kUser,
                           Grant("teacher", absl::StrCat("schools/", std::string(38, 'a'), i)), ""}),
          ApplyToUser);
  }
  EXPECT_EQ(ReasonOf(GrantRole(user, teacher).status()), "TOO_MANY_ROLES");
  EXPECT_EQ(GrantRole(User(), teacher).status(), refusal::NotFound(kUser));
}

TEST(UserTest, AFullUserFitsIntoAHead) {
  User user = Registered();
  record::UserRecord& head = user.mutable_head();
  head.set_sealed_user_name(std::string(160 + 40, 'x'));
  head.set_sealed_display_name(std::string(120 + 40, 'x'));
  head.set_sealed_phone(std::string(64, 'x'));
  head.set_password_hash(std::string(128, 'x'));
  for (int i = 0; i < kMaxGrants; ++i)
    *head.add_grants() = Grant("district_admin", "organizations/" + std::string(40, 'a'));
  for (int i = 0; i < kMaxLogins; ++i) {
    Apply(user,
          StartLogin(user, {std::string(17, 'l') + std::to_string(i), std::string(32, 'd'), 1}, LoginRules(),
                     kNow),
          ApplyToUser);
  }
  EXPECT_LT(user.SerializeHead().size(), 4096u);
}

TEST(UserTest, DisabledAndErased) {
  User user = Registered();
  *user.mutable_head().add_grants() = Grant("teacher", "schools/one");
  user.mutable_head().set_sealed_phone("sealed");
  Apply(user, StartLogin(user, Login(1), LoginRules(), kNow), ApplyToUser);
  EXPECT_EQ(ReasonOf(ChangeState(user, kUser, kUser, v1::User::DISABLED).status()), "SELF_GRANT");
  Apply(user, ChangeState(user, kUser, "users/b", v1::User::DISABLED), ApplyToUser);
  EXPECT_EQ(FindLogin(user.head(), "digest-1", kNow), nullptr);
  EXPECT_EQ(ReasonOf(StartLogin(user, Login(2), LoginRules(), kNow).status()), "LOGIN_REFUSED");
  Apply(user, ChangeState(user, kUser, "users/b", v1::User::ACTIVE), ApplyToUser);
  EXPECT_TRUE(Holds(user.head(), "teacher", "schools/one")) << "roles come back";
  Apply(user, ChangeState(user, kUser, kUser, v1::User::ERASED), ApplyToUser);
  EXPECT_EQ(user.head().grants_size(), 0);
  EXPECT_EQ(user.head().sealed_phone(), "");
  EXPECT_EQ(user.head().password_hash(), "");
  EXPECT_TRUE(ChangeState(user, kUser, kUser, v1::User::ERASED)->empty()) << "twice is once";
  EXPECT_EQ(ChangeState(user, kUser, "users/b", v1::User::ACTIVE).status(), refusal::NotFound(kUser));
}

TEST(UserTest, AForeignFactIsRefused) {
  User user;
  record::Fact fact;
  fact.mutable_invitation_fulfilled();
  EXPECT_EQ(ApplyToUser(user, fact).code(), absl::StatusCode::kInternal);
}

TEST(InvitationTest, TheFirstWhoComesTakesIt) {
  Invitation invitation;
  EXPECT_EQ(ReasonOf(AcceptInvitation(invitation, kUser, kNow).status()), "INVITATION_INVALID")
      << "unknown code";
  record::InvitationRecord fresh;
  fresh.set_role("teacher");
  fresh.set_on("schools/one");
  fresh.set_invited_by("users/boss");
  fresh.set_expire_us(absl::ToUnixMicros(kNow + absl::Hours(1)));
  Apply(invitation, MakeInvitation(invitation, fresh), ApplyToInvitation);
  EXPECT_EQ(ReasonOf(AcceptInvitation(invitation, "users/boss", kNow).status()), "SELF_GRANT");
  EXPECT_EQ(ReasonOf(AcceptInvitation(invitation, kUser, kNow + absl::Hours(1)).status()),
            "INVITATION_INVALID");
  EXPECT_TRUE(FulfilInvitation(invitation).empty());
  Apply(invitation, AcceptInvitation(invitation, kUser, kNow), ApplyToInvitation);
  EXPECT_TRUE(AcceptInvitation(invitation, kUser, kNow)->empty()) << "again by the same, for a retry";
  EXPECT_EQ(ReasonOf(AcceptInvitation(invitation, "users/late", kNow).status()), "INVITATION_INVALID");
  Apply(invitation, absl::StatusOr<Facts>(FulfilInvitation(invitation)), ApplyToInvitation);
  EXPECT_TRUE(FulfilInvitation(invitation).empty());
}

TEST(BootstrapTest, AClaimHoldsForAMinute) {
  Bootstrap bootstrap;
  Apply(bootstrap, ClaimBootstrap(bootstrap, "users/a", kNow), ApplyToBootstrap);
  EXPECT_TRUE(ClaimBootstrap(bootstrap, "users/a", kNow)->empty());
  EXPECT_EQ(ReasonOf(ClaimBootstrap(bootstrap, "users/b", kNow + absl::Seconds(59)).status()),
            "ALREADY_BOOTSTRAPPED");
  EXPECT_EQ(ClaimBootstrap(bootstrap, "users/b", kNow + kBootstrapPatience)->size(), 1u)
      << "the first never came";
}

TEST(InboxTest, IsARingThatNeverGrows) {
  Inbox inbox;
  for (int i = 0; i < 3 * kInboxSlots; ++i) {
    Apply(inbox, absl::StatusOr<Facts>(PostNotice(inbox, {}, kNow)), ApplyToInbox);
    if (i % 2 == 0) Apply(inbox, absl::StatusOr<Facts>(MarkRead(inbox, {i + 1})), ApplyToInbox);
  }
  EXPECT_EQ(inbox.children().size(), static_cast<size_t>(kInboxSlots));
  EXPECT_EQ(FirstSeq(inbox.head()), 2 * kInboxSlots + 1);
  EXPECT_EQ(Unread(inbox.head()), kInboxSlots / 2);
  EXPECT_LT(inbox.SerializeHead().size(), 4096u);
  Apply(inbox, absl::StatusOr<Facts>(MarkRead(inbox, {})), ApplyToInbox);
  EXPECT_EQ(Unread(inbox.head()), 0);
  EXPECT_EQ(inbox.head().read_seqs_size(), 0);
  EXPECT_TRUE(MarkRead(inbox, {}).empty()) << "nothing to mark";
  EXPECT_TRUE(MarkRead(inbox, {1, 100000}).empty()) << "gone, and not there yet";
}

TEST(InboxTest, NamesOfNotices) {
  EXPECT_EQ(NoticeName(kUser, 42), kUser + "/notices/n42");
  EXPECT_EQ(SeqOfNotice("n42"), 42);
  for (const char* bad : {"", "n", "42", "n-1", "n0", "nx", "n99999999999999999999"})
    EXPECT_EQ(SeqOfNotice(bad), 0) << bad;
}

}  // namespace
}  // namespace kepu::identity::domain
