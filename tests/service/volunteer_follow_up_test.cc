// What follows for people when places open, shifts move or something runs out: offers in the same decision,
// requests that move along, and each told once, whatever process does it.
#include "kepu/volunteer/v1/duty.pb.h"
#include "kepu/volunteer/v1/people.pb.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "tests/service/volunteer_neighbours.h"
#include "tests/service/volunteer_ways.h"

namespace kepu::volunteer::follow_up_test {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class FollowUpServiceTest : public VolunteerWaysTest {
 protected:
  FollowUpServiceTest() {
    desk.event_log = &others.events;
    desk.identity = &inbox;
    others.PutSession("s", At(120), At(122));
    desk.Restart();
    Follow();
    for (const char* user : {"li", "wang", "zhao", "sun"}) desk.Register(user);
  }
  static absl::Time At(double hours) { return kDeskStart + absl::Hours(1) * hours; }
  void Follow() { desk.executor.RunFor(absl::Seconds(8)); }
  v1::Shift MakeOfSession(v1::SignUpMode mode, int needed = 1, int per_heads = 0) {
    auto request = desk.ShiftRequest(At(120), absl::Hours(2), needed);
    request.mutable_shift()->set_session("events/e/sessions/s");
    request.mutable_shift()->set_sign_up_mode(mode);
    request.mutable_shift()->set_per_heads(per_heads);
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    Follow();
    return shift.ok() ? *shift : v1::Shift();
  }
  v1::WaitEntry::State StateOf(const v1::WaitEntry& entry, const std::string& user) {
    auto now = Entry(entry.name(), User(user));
    return now.ok() ? now->state() : v1::WaitEntry::LEFT;
  }
  // A process that ends before anybody was told, and the next.
  void Crash() {
    desk.Restart();
    inbox.down = false;
    Follow();
  }

  VolunteerNeighbours others{desk.executor, desk.clock};
  FakeInbox inbox{desk.executor};
};

TEST_F(FollowUpServiceTest, MorePlacesAreOfferedToWhoWaitsAndTheyAreTold) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok());
  const auto wang = Join(shift.name(), "wang"), zhao = Join(shift.name(), "zhao");
  ASSERT_TRUE(wang.ok() && zhao.ok()) << wang.status();
  inbox.down = true;
  v1::UpdateShiftRequest update;
  update.set_request_id(desk.NextRequestId());
  update.mutable_shift()->set_name(shift.name());
  update.mutable_shift()->set_needed(2);
  update.mutable_update_mask()->add_paths("needed");
  auto raised = Ask<v1::Shift>("NeedService", "UpdateShift", update, Staff());
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_EQ(raised->offered(), 1) << "in the same decision";
  EXPECT_EQ(StateOf(*wang, "wang"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(StateOf(*zhao, "zhao"), v1::WaitEntry::WAITING);
  Follow();
  EXPECT_THAT(inbox.Told(), IsEmpty());
  Crash();
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/wang SHIFT_OFFERED"));
  EXPECT_FALSE(inbox.Param("SHIFT_OFFERED", "answer_by").empty());
  Crash();
  EXPECT_EQ(inbox.notices.size(), 1u) << "once";
  EXPECT_TRUE(Take(wang->name(), "wang").ok());
}

TEST_F(FollowUpServiceTest, MoreBookingsOpenPlacesForWhoWaits) {
  const v1::Shift shift = MakeOfSession(v1::FIRST_COME, 1, 20);
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok());
  const auto wang = Join(shift.name(), "wang");
  ASSERT_TRUE(wang.ok()) << wang.status();
  others.Book("s", 25);
  Follow();
  EXPECT_EQ(desk.Look(shift.name()).needed(), 2);
  EXPECT_EQ(StateOf(*wang, "wang"), v1::WaitEntry::OFFERED);
}

TEST_F(FollowUpServiceTest, WhatAMoveFreesIsOfferedToWhoWaits) {
  const v1::Shift shift = MakeOfSession(v1::FIRST_COME);
  const v1::Shift other = Make(v1::FIRST_COME, 1, 144, 2, "venues/far");
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok() && desk.SignUp(other.name(), "li").ok());
  const auto wang = Join(shift.name(), "wang");
  ASSERT_TRUE(wang.ok()) << wang.status();
  others.Reschedule("s", At(144), At(146), "停电");
  Follow();
  EXPECT_EQ(StateOf(*wang, "wang"), v1::WaitEntry::OFFERED);
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_RELEASED", "users/wang SHIFT_OFFERED"));
}

TEST_F(FollowUpServiceTest, ARequestMovesWithItsShiftAndIsApprovedThere) {
  const v1::Shift shift = MakeOfSession(v1::APPROVAL, 2);
  const v1::Shift other = Make(v1::FIRST_COME, 1, 144, 2, "venues/far");
  const auto li = desk.SignUp(shift.name(), "li"), wang = desk.SignUp(shift.name(), "wang");
  ASSERT_TRUE(li.ok() && wang.ok() && desk.SignUp(other.name(), "wang").ok()) << wang.status();
  EXPECT_EQ(li->state(), v1::Signup::REQUESTED);
  others.Reschedule("s", At(144), At(146), "停电");
  Follow();
  for (int restarts = 0; restarts < 2; ++restarts) {
    const auto moved = GetSignup(li->name(), User("li"));
    EXPECT_EQ(moved->state(), v1::Signup::REQUESTED);
    EXPECT_EQ(moved->start_time().seconds(), absl::ToUnixSeconds(At(144)));
    EXPECT_TRUE(moved->has_ask_until_time());
    EXPECT_EQ(moved->expire_time().seconds(), absl::ToUnixSeconds(At(96))) << "as long as before";
    EXPECT_EQ(GetSignup(wang->name(), User("wang"))->state(), v1::Signup::RELEASED);
    EXPECT_EQ(GetSignup(wang->name(), User("wang"))->release_reason(), "OVERLAPS");
    EXPECT_EQ(desk.Look(shift.name()).requested(), 1);
    desk.Restart();
    Follow();
  }
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_MOVED", "users/wang SHIFT_RELEASED"))
      << "once, by whichever process";
  rpc::Context context;
  context.principal = User("li");
  auto confirmed = desk.Ask<v1::Signup>("ConfirmMove", desk.Named<v1::ConfirmMoveRequest>(li->name()),
                                        context, "DutyService");
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_FALSE(confirmed->has_ask_until_time());
  auto approved = Approve(li->name());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), v1::Signup::SIGNED_UP);
  // The old time is free, the new one is taken.
  EXPECT_TRUE(desk.SignUp(Make(v1::FIRST_COME, 1, 120, 2, "venues/far").name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(Make(v1::FIRST_COME, 1, 144, 2, "venues/far").name(), "li").status()),
            "OVERLAPS");
}

TEST_F(FollowUpServiceTest, InvitationsAbsencesAndHoursAreToldOnceWhateverProcessDoesIt) {
  const v1::Shift later = Make(v1::INVITATION), soon = Make(v1::FIRST_COME, 2, 2, 2);
  const auto li = desk.SignUp(soon.name(), "li"), wang = desk.SignUp(soon.name(), "wang");
  ASSERT_TRUE(li.ok() && wang.ok()) << wang.status();
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckIn(li->name()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(li->name()).ok());
  inbox.down = true;
  const std::string zhao = GetVolunteer("volunteers/me", User("zhao"))->name();
  ASSERT_TRUE(Invite(later.name(), zhao).ok()) << desk.last->status;
  auto absent = desk.Named<v1::MarkNoShowRequest>(wang->name());
  absent.set_reason("没来");
  ASSERT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", absent, Staff()).ok());
  RecordHours(li->name());
  Follow();
  EXPECT_THAT(inbox.Told(), IsEmpty());
  Crash();
  // That they were approved has become that they were recorded by then.
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li HOURS_RECORDED", "users/wang ABSENCE_MARKED",
                                                 "users/zhao SHIFT_INVITED"));
  auto ask = desk.Named<v1::RequestCorrectionRequest>(li->name());
  ask.set_minutes(90);
  ask.set_reason("早退");
  rpc::Context staff, volunteer;
  staff.principal = Staff();
  volunteer.principal = User("li");
  ASSERT_TRUE(desk.Ask<v1::Signup>("RequestCorrection", ask, staff, "HoursService").ok());
  auto agree = desk.Named<v1::DecideCorrectionRequest>(li->name());
  agree.set_agree(true);
  ASSERT_TRUE(desk.Ask<v1::Signup>("DecideCorrection", agree, volunteer, "HoursService").ok());
  Follow();
  EXPECT_THAT(inbox.Told(), Contains("users/li HOURS_CORRECTED"));
  EXPECT_EQ(inbox.Param("HOURS_CORRECTED", "minutes"), "90");
  const size_t told = inbox.notices.size();
  Crash();
  EXPECT_EQ(inbox.notices.size(), told) << "the same notices";
  desk.Advance(absl::Hours(2));
  const int calls = inbox.calls;
  desk.Restart();
  Follow();
  EXPECT_EQ(inbox.calls, calls) << "what is long ago is not told again, and the invitation is not either";
}

TEST_F(FollowUpServiceTest, WhatRunsOutIsToldAMonthBeforeOnce) {
  v1::RegisterVolunteerRequest kid;
  kid.set_request_id("kid");
  kid.mutable_volunteer()->set_birth_date("2010-03-01");
  kid.mutable_volunteer()->set_district("districts/yuzhong");
  auto registered = desk.Ask<v1::Volunteer>("RegisterVolunteer", kid, User("kid"));
  ASSERT_TRUE(registered.ok()) << registered.status();
  const rpc::Principal keeper{"users/keeper", "", {{"coordinator", "districts/yuzhong"}}};
  v1::RecordConsentRequest consent;
  consent.set_request_id("consent");
  consent.set_parent(registered->name());
  consent.mutable_consent()->set_guardian_name("王建国");
  consent.mutable_consent()->set_guardian_phone("13900000001");
  consent.mutable_consent()->set_relation(v1::PARENT);
  consent.mutable_consent()->add_scopes(v1::CONSENT_TO_SERVICE);
  consent.mutable_consent()->set_text_version("2026-1");
  consent.mutable_consent()->mutable_expire_time()->set_seconds(
      absl::ToUnixSeconds(desk.clock.Now() + absl::Hours(24 * 100)));
  ASSERT_TRUE(Ask<v1::GuardianConsent>("PersonService", "RecordConsent", consent, keeper).ok())
      << desk.last->status;
  Follow();
  desk.Advance(absl::Hours(24 * 69));
  desk.executor.RunFor(absl::Minutes(2));
  EXPECT_THAT(inbox.Told(), IsEmpty());
  inbox.down = true;
  desk.Advance(absl::Hours(24));
  desk.executor.RunFor(absl::Minutes(2));
  Crash();
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/kid CONSENT_ENDING"));
  desk.Advance(absl::Hours(24 * 5));
  desk.executor.RunFor(absl::Minutes(2));
  Crash();
  EXPECT_EQ(inbox.notices.size(), 1u);
}

}  // namespace
}  // namespace kepu::volunteer::follow_up_test
