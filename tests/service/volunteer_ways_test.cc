// Requests, invitations, assigning against the rules, and the wait list, through the service: who may, who
// may not, what is refused, and what survives a restart.
#include "tests/service/volunteer_ways.h"

namespace kepu::volunteer::ways_test {
namespace {

constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;
// Of who has no role anywhere; who has it elsewhere is not told that there is such a thing.
constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;

TEST_F(VolunteerWaysTest, RequestsAreApprovedOrDeclinedByStaffOfThePlace) {
  const v1::Shift shift = Make(v1::APPROVAL, 2);
  desk.Register("li");
  desk.Register("wang");
  auto asked = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), v1::Signup::REQUESTED);
  // A day before the start is sooner than in a week.
  EXPECT_EQ(asked->expire_time().seconds(), shift.start_time().seconds() - 24 * 3600);
  EXPECT_EQ(desk.Look(shift.name()).requested(), 1);
  EXPECT_EQ(desk.Look(shift.name()).held(), 1);
  EXPECT_EQ(Approve(asked->name(), User("li")).status().code(), kDenied);
  EXPECT_EQ(Approve(asked->name(), Staff("venues/other")).status().code(), kNotFound);
  auto approved = Approve(asked->name());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::Signup::SIGNED_UP);
  EXPECT_FALSE(approved->has_expire_time());
  auto other = desk.SignUp(shift.name(), "wang");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(Decline(other->name(), Staff()).status().code(), absl::StatusCode::kInvalidArgument);
  auto declined = Decline(other->name(), Staff(), "enough of you");
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->state(), v1::Signup::DECLINED);
  EXPECT_EQ(GetSignup(other->name(), User("wang"))->reason(), "enough of you");
  EXPECT_EQ(Reason(Approve(other->name()).status()), "NOT_REQUESTED");
  Settle();
  // The time is free again.
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(1, 120).name(), "wang").ok());
  desk.Restart();
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).state(), v1::Signup::SIGNED_UP);
}

TEST_F(VolunteerWaysTest, ARequestThatNobodyDecidesGivesItsPlaceToWhoWaits) {
  const v1::Shift shift = Make(v1::APPROVAL, 1);
  desk.Register("li");
  desk.Register("wang");
  auto asked = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(asked.ok());
  auto entry = Join(shift.name(), "wang");
  ASSERT_TRUE(entry.ok()) << entry.status();
  desk.Restart();
  Pass(absl::Hours(96));
  EXPECT_EQ(GetSignup(asked->name(), User("li"))->state(), v1::Signup::EXPIRED);
  EXPECT_EQ(Entry(entry->name(), User("wang"))->state(), v1::WaitEntry::OFFERED);
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li").status()), "REQUEST_TOO_LATE");
  // So late nobody can decide any more, whoever comes.
  EXPECT_EQ(Reason(Take(entry->name(), "wang").status()), "REQUEST_TOO_LATE");
}

TEST_F(VolunteerWaysTest, InvitationsAreForWhoIsInvited) {
  const v1::Shift shift = Make(v1::INVITATION, 1);
  const std::string li = desk.Register("li").name(), wang = desk.Register("wang").name();
  Settle();
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li").status()), "INVITATION_ONLY");
  EXPECT_EQ(Invite(shift.name(), li, User("wang")).status().code(), kDenied);
  EXPECT_EQ(Invite(shift.name(), li, Staff("venues/b")).status().code(), kNotFound);
  EXPECT_EQ(Invite(shift.name(), "volunteers/aaaaaaaaaaaaaaaaaaaaaa").status().code(), kNotFound);
  EXPECT_EQ(Invite(shift.name(), li, Staff(), 500).status().code(), absl::StatusCode::kInvalidArgument);
  auto invited = Invite(shift.name(), li, Staff(), 20);
  ASSERT_TRUE(invited.ok()) << invited.status();
  EXPECT_EQ(invited->state(), v1::Signup::INVITED);
  EXPECT_EQ(Reason(Invite(shift.name(), wang).status()), "SHIFT_HELD");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang").status()), "INVITATION_ONLY");
  EXPECT_EQ(Decline(invited->name(), User("wang")).status().code(), kNotFound);
  ASSERT_TRUE(Decline(invited->name(), User("li")).ok());
  auto again = Invite(shift.name(), li);
  ASSERT_TRUE(again.ok()) << again.status();
  auto came = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(came.ok()) << came.status();
  EXPECT_EQ(came->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(desk.Look(shift.name()).invited(), 0);
  EXPECT_EQ(Reason(Decline(came->name(), User("li")).status()), "NOT_INVITED");
  // An invitation that is over.
  ASSERT_TRUE(desk.Withdraw(came->name(), "li").ok());
  ASSERT_TRUE(Invite(shift.name(), wang, Staff(), 5).ok());
  Pass(absl::Hours(6));
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang").status()), "INVITATION_ONLY");
  EXPECT_EQ(desk.Look(shift.name()).free(), 1);
}

TEST_F(VolunteerWaysTest, OverridesAreTypedAndStayVisible) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  const std::string li = desk.Register("li").name(), wang = desk.Register("wang").name();
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok());
  Settle();
  EXPECT_EQ(Assign(shift.name(), wang, true, false, User("wang")).status().code(), kDenied);
  EXPECT_EQ(Assign(shift.name(), wang, true, false, Staff("venues/b")).status().code(), kNotFound);
  EXPECT_EQ(Assign(shift.name(), "volunteers/aaaaaaaaaaaaaaaaaaaaaa", true).status().code(), kNotFound);
  EXPECT_EQ(Reason(Assign(shift.name(), wang).status()), "SHIFT_FULL");
  auto over = Assign(shift.name(), wang, true, true);
  ASSERT_TRUE(over.ok()) << over.status();
  EXPECT_TRUE(over->override().over_needed());
  EXPECT_FALSE(over->override().over_limits()) << "no limit was in the way";
  EXPECT_EQ(over->override().overridden_by(), "users/staff");
  EXPECT_EQ(over->override().reason(), "no one else");
  EXPECT_EQ(desk.Look(shift.name()).surplus(), 1);
  EXPECT_EQ(desk.Look(shift.name()).free(), 0);
  // Eight hours a day, and half an hour between.
  const v1::Shift more = Make(v1::FIRST_COME, 2, 124, 6);
  EXPECT_EQ(Reason(Assign(more.name(), wang, true, false).status()), "OVERLAPS");
  auto limits = Assign(more.name(), wang, false, true);
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_TRUE(limits->override().over_limits());
  EXPECT_FALSE(limits->override().over_needed());
  const v1::Shift meets = Make(v1::FIRST_COME, 2, 126, 2);
  EXPECT_EQ(Reason(Assign(meets.name(), wang, true, true).status()), "OVERLAPS") << "never a real one";
  ASSERT_TRUE(desk.Withdraw(over->name(), "wang").ok());
  for (const bool restarted : {false, true}) {
    if (restarted) desk.Restart();
    Settle();
    v1::ListOverridesRequest request;
    request.set_parent("venues/cqstm");
    auto page = Ask<v1::ListOverridesResponse>("SignupService", "ListOverrides", request, Staff());
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->overrides_size(), 2) << "also of who withdrew";
    EXPECT_EQ(page->overrides(0).signup(), over->name());
    EXPECT_TRUE(page->overrides(0).override().over_needed());
    EXPECT_EQ(page->overrides(1).override().reason(), "no one else");
    EXPECT_FALSE(
        Ask<v1::ListOverridesResponse>("SignupService", "ListOverrides", request, Staff("venues/b")).ok());
    EXPECT_FALSE(Ask<v1::ListOverridesResponse>("SignupService", "ListOverrides", request, User("li")).ok());
  }
}

TEST_F(VolunteerWaysTest, AFreedPlaceGoesToWhoWaitedLongest) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  for (const char* user : {"li", "wang", "zhao", "qian"}) desk.Register(user);
  EXPECT_EQ(Reason(Join(shift.name(), "wang").status()), "NOT_FULL");
  auto first = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Reason(Join(shift.name(), "li").status()), "ALREADY_SIGNED_UP");
  EXPECT_EQ(Reason(Join(shift.name(), "stranger").status()), "NOT_REGISTERED");
  EXPECT_EQ(Join("shifts/aaaaaaaaaaaaaaaaaaaaaa", "li").status().code(), kNotFound);
  auto wang = Join(shift.name(), "wang"), zhao = Join(shift.name(), "zhao");
  ASSERT_TRUE(wang.ok() && zhao.ok());
  EXPECT_EQ(wang->position(), 1);
  EXPECT_EQ(zhao->position(), 2);
  EXPECT_EQ(Entry(wang->name(), User("zhao")).status().code(), kNotFound);
  EXPECT_EQ(Entry(wang->name(), Staff("venues/b")).status().code(), kNotFound);
  EXPECT_EQ(Leave(wang->name(), User("zhao")).status().code(), kNotFound);
  EXPECT_EQ(Reason(Take(wang->name(), "wang").status()), "NO_OFFER");
  EXPECT_EQ(Take(wang->name(), "zhao").status().code(), kNotFound);
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "qian").status()), "SHIFT_HELD");
  auto offered = Entry(wang->name(), User("wang"));
  EXPECT_EQ(offered->state(), v1::WaitEntry::OFFERED);
  EXPECT_EQ(offered->expire_time().seconds() - absl::ToUnixSeconds(desk.clock.Now()), 24 * 3600);
  desk.Restart();
  auto own = Entries("shifts/-", User("zhao"));
  ASSERT_EQ(own->wait_entries_size(), 1);
  EXPECT_EQ(own->wait_entries(0).position(), 1);
  auto all = Entries(shift.name(), Staff(), "", 1);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->wait_entries(0).state(), v1::WaitEntry::OFFERED);
  auto rest = Entries(shift.name(), Staff(), all->next_page_token(), 1);
  ASSERT_EQ(rest->wait_entries_size(), 1);
  EXPECT_EQ(rest->wait_entries(0).name(), zhao->name());
  EXPECT_EQ(Entries(shift.name(), User("li")).status().code(), kNotFound);
  auto took = Take(wang->name(), "wang");
  ASSERT_TRUE(took.ok()) << took.status();
  EXPECT_EQ(took->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(Entry(wang->name(), User("wang")).status().code(), kNotFound);
  EXPECT_EQ(Leave(zhao->name(), User("zhao"))->state(), v1::WaitEntry::LEFT);
  EXPECT_EQ(desk.Look(shift.name()).waiting(), 0);
}

TEST_F(VolunteerWaysTest, WhoIsBusyByThenLosesTheOfferToTheNext) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1), same_time = Make(v1::FIRST_COME, 1);
  for (const char* user : {"li", "wang", "zhao"}) desk.Register(user);
  auto first = desk.SignUp(shift.name(), "li");
  auto wang = Join(shift.name(), "wang"), zhao = Join(shift.name(), "zhao");
  ASSERT_TRUE(first.ok() && wang.ok() && zhao.ok());
  // Their time is theirs while they wait.
  ASSERT_TRUE(desk.SignUp(same_time.name(), "wang").ok());
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_EQ(Reason(Take(wang->name(), "wang").status()), "OVERLAPS");
  EXPECT_EQ(Entry(wang->name(), User("wang")).status().code(), kNotFound);
  EXPECT_EQ(Entry(zhao->name(), User("zhao"))->state(), v1::WaitEntry::OFFERED);
  // An offer that nobody takes is over after a day.
  Pass(absl::Hours(24));
  EXPECT_EQ(Entry(zhao->name(), User("zhao")).status().code(), kNotFound);
  EXPECT_EQ(desk.Look(shift.name()).free(), 1);
}

TEST_F(VolunteerWaysTest, WhoStandsByIsInvitedInOrder) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  const auto stand_by = [&](const char* user, bool leave = false) {
    v1::StandByRequest request;
    request.set_shift(shift.name());
    request.set_leave(leave);
    request.set_request_id(desk.NextRequestId());
    return Ask<v1::StandByEntry>("WaitListService", "StandBy", request, User(user));
  };
  const auto call = [&](const rpc::Principal& caller) {
    return On<v1::CallStandByRequest>("WaitListService", "CallStandBy", shift.name(), caller);
  };
  for (const char* user : {"li", "wang", "zhao"}) desk.Register(user);
  EXPECT_EQ(Reason(stand_by("stranger").status()), "NOT_REGISTERED");
  EXPECT_EQ(Reason(call(Staff()).status()), "NOBODY_STANDS_BY");
  EXPECT_EQ(stand_by("li")->position(), 1);
  EXPECT_EQ(stand_by("wang")->position(), 2);
  EXPECT_EQ(stand_by("zhao")->position(), 3);
  EXPECT_EQ(stand_by("li", true)->position(), 0);
  v1::ListStandBysRequest list;
  list.set_parent(shift.name());
  list.set_page_size(1);
  auto page = Ask<v1::ListStandBysResponse>("WaitListService", "ListStandBys", list, Staff());
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->stand_bys(0).position(), 1);
  EXPECT_FALSE(page->next_page_token().empty());
  EXPECT_FALSE(Ask<v1::ListStandBysResponse>("WaitListService", "ListStandBys", list, User("li")).ok());
  EXPECT_EQ(call(User("li")).status().code(), kDenied);
  EXPECT_EQ(call(Staff("venues/b")).status().code(), kNotFound);
  auto called = call(Staff());
  ASSERT_TRUE(called.ok()) << called.status();
  EXPECT_EQ(called->volunteer(), page->stand_bys(0).volunteer());
  EXPECT_EQ(called->state(), v1::Signup::INVITED);
  EXPECT_EQ(Reason(call(Staff()).status()), "SHIFT_HELD");
  ASSERT_TRUE(desk.SignUp(shift.name(), "wang").ok());
  EXPECT_EQ(Reason(call(Staff()).status()), "SHIFT_FULL");
}

}  // namespace
}  // namespace kepu::volunteer::ways_test
