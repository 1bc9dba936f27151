// Hours follow the session that really ran, as the event service's log tells it: once, whatever failed in
// between, and never over what somebody has decided.
#include "tests/service/volunteer_hours_fixture.h"
#include "tests/service/volunteer_neighbours.h"

namespace kepu::volunteer::session_ran_test {
namespace {

using ::testing::IsEmpty;

class SessionRanServiceTest : public VolunteerHoursTest {
 protected:
  SessionRanServiceTest() {
    desk.event_log = &others.events;
    others.PutSession("s", At(24), At(26));
    desk.Restart();
    desk.executor.RunFor(absl::Seconds(2));
  }
  static absl::Time At(double hours) { return kDeskStart + absl::Hours(1) * hours; }
  void Follow() { desk.executor.RunFor(absl::Seconds(8)); }
  // Around the session: half an hour before and after it.
  v1::Shift MakeShiftOfSession() {
    auto request = desk.ShiftRequest(At(23.5), absl::Hours(3), 5);
    request.mutable_shift()->set_session("events/e/sessions/s");
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    Follow();
    return shift.ok() ? *shift : v1::Shift();
  }
  // All of them were there from the beginning of the shift to its end.
  std::vector<std::string> Serve(const v1::Shift& shift, const std::vector<std::string>& users) {
    std::vector<std::string> names;
    for (const std::string& user : users) {
      desk.Register(user);
      auto signup = desk.SignUp(shift.name(), user);
      EXPECT_TRUE(signup.ok()) << signup.status();
      names.push_back(signup.ok() ? signup->name() : "");
    }
    desk.Advance(At(23.5) - desk.clock.Now());
    for (const std::string& name : names) EXPECT_TRUE(CheckIn(name).ok());
    desk.Advance(absl::Hours(3));
    for (const std::string& name : names) EXPECT_TRUE(CheckOut(name).ok());
    return names;
  }
  // Of the whole log.
  size_t Entries() {
    size_t entries = 0;
    for (uint32_t partition = 0; partition < 64; ++partition)
      entries += desk.data.ReadLog(partition, 0, 100000).size();
    return entries;
  }
  v1::Signup Of(const std::string& name) { return *GetSignup(name, Staff()); }
  static std::vector<int> FlagsOf(const v1::Signup& signup) {
    return {signup.hours_flags().begin(), signup.hours_flags().end()};
  }

  VolunteerNeighbours others{desk.executor, desk.clock};
};

TEST_F(SessionRanServiceTest, WhatWaitsIsCountedAnewAndWhatIsDecidedIsListed) {
  const v1::Shift shift = MakeShiftOfSession();
  const auto names = Serve(shift, {"li", "wang"});
  ASSERT_TRUE(Approve(names[0]).ok());
  Follow();
  EXPECT_EQ(Of(names[0]).recorded_minutes(), 180);
  EXPECT_THAT(Pending(), SizeIs(1)) << "wang";
  EXPECT_FALSE(desk.Look(shift.name()).has_actual_start_time()) << "nobody has said when it ran";
  // An hour shorter than planned.
  others.ReportTimes("s", At(24), At(25));
  Follow();
  const v1::Shift ran = desk.Look(shift.name());
  EXPECT_EQ(ran.actual_start_time().seconds(), absl::ToUnixSeconds(At(23.5)));
  EXPECT_EQ(ran.actual_end_time().seconds(), absl::ToUnixSeconds(At(25.5)));
  EXPECT_EQ(ran.start_time().seconds(), absl::ToUnixSeconds(At(23.5))) << "the plan stays";
  EXPECT_EQ(Of(names[1]).minutes(), 120);
  EXPECT_THAT(FlagsOf(Of(names[1])), IsEmpty());
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(Of(names[0]).minutes(), 180) << "as it was approved";
    EXPECT_EQ(Of(names[0]).recorded_minutes(), 180);
    EXPECT_THAT(FlagsOf(Of(names[0])), ElementsAre(v1::Signup::RAN_OTHERWISE));
    EXPECT_EQ(Of(names[0]).ran_minutes(), 120);
    EXPECT_THAT(Pending(), SizeIs(2)) << "listed for a correction";
    EXPECT_EQ(Rows(User("li")).hour_records_size(), 1);
    desk.Restart();
    Follow();
  }
  // The place asks for it and the volunteer agrees, as for any other correction.
  ASSERT_TRUE(Correct(names[0], 120, Staff()).ok());
  ASSERT_TRUE(DecideCorrection(names[0], true, User("li")).ok());
  Follow();
  EXPECT_EQ(Of(names[0]).recorded_minutes(), 120);
  EXPECT_THAT(FlagsOf(Of(names[0])), IsEmpty());
  ASSERT_TRUE(Approve(names[1]).ok());
  Follow();
  EXPECT_THAT(Pending(), IsEmpty());
  EXPECT_EQ(Rows(User("li")).hour_records_size(), 2);
  EXPECT_TRUE(Verify(User("li")).intact());
}

TEST_F(SessionRanServiceTest, WhatWasReportedWhileNobodyListenedIsFollowedOnce) {
  const v1::Shift shift = MakeShiftOfSession();
  const auto names = Serve(shift, {"li"});
  desk.service.reset();
  others.ReportTimes("s", At(24), At(25.5));
  // Later than anybody looks at shifts that are over for other reasons.
  desk.Advance(absl::Hours(24 * 10));
  desk.Restart();
  Follow();
  EXPECT_EQ(Of(names[0]).minutes(), 150);
  const size_t entries = Entries();
  Follow();
  desk.Restart();
  Follow();
  EXPECT_EQ(Entries(), entries) << "once";
  // Corrected: it ran as long as was planned.
  others.ReportTimes("s", At(24), At(26));
  Follow();
  EXPECT_EQ(Of(names[0]).minutes(), 180);
}

TEST_F(SessionRanServiceTest, WhoClearsUpIsCountedWhenTheyAreDone) {
  const v1::Shift shift = MakeShiftOfSession();
  desk.Register("li");
  auto li = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(li.ok()) << li.status();
  desk.Advance(At(23.5) - desk.clock.Now());
  ASSERT_TRUE(CheckIn(li->name()).ok());
  desk.Advance(At(26) - desk.clock.Now());
  others.ReportTimes("s", At(24.5), At(26));
  Follow();
  EXPECT_FALSE(desk.Look(shift.name()).has_actual_end_time()) << "until half past";
  desk.executor.RunFor(absl::Minutes(31));
  EXPECT_TRUE(desk.Look(shift.name()).has_actual_end_time());
  ASSERT_TRUE(CheckOut(li->name()).ok());
  EXPECT_EQ(Of(li->name()).minutes(), 150) << "from a quarter before the later beginning, in half hours";
}

TEST_F(SessionRanServiceTest, WhatIsFarFromThePlanFollowsNothingAndNothingWaits) {
  const v1::Shift shift = MakeShiftOfSession();
  const auto names = Serve(shift, {"li"});
  desk.Advance(absl::Hours(24));
  others.ReportTimes("s", At(24), At(39.5));
  Follow();
  EXPECT_FALSE(desk.Look(shift.name()).has_actual_start_time());
  EXPECT_EQ(Of(names[0]).minutes(), 180);
  EXPECT_EQ(desk.service->pending(), 0u);
}

}  // namespace
}  // namespace kepu::volunteer::session_ran_test
