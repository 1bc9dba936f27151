// What happens at the door and afterwards: attendance, hours, and shifts that are cancelled.
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::attendance_test {
namespace {

TEST_F(VolunteerServiceTest, HoursFollowAttendance) {
  const v1::Shift shift = desk.MakeShift(2);
  const std::string me = desk.Register("li").name();
  auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok());
  EXPECT_EQ(Reason(CheckIn(signup->name()).status()), "TOO_EARLY_TO_CHECK_IN");
  EXPECT_EQ(Reason(CheckOut(signup->name()).status()), "NOT_CHECKED_IN");
  desk.Advance(absl::Hours(71.9));
  EXPECT_EQ(Door<v1::CheckInRequest>("CheckIn", signup->name(), User("li")).status().code(),
            absl::StatusCode::kPermissionDenied)
      << "nobody checks themselves in";
  EXPECT_EQ(Door<v1::CheckInRequest>("CheckIn", signup->name(), Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(CheckIn(signup->name())->state(), v1::Signup::CHECKED_IN);
  desk.Advance(absl::Hours(3));
  auto out = CheckOut(signup->name());
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->minutes(), 180);
  EXPECT_EQ(desk.Look(shift.name()).served_minutes(), 180);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 0) << "the place has not approved";
  RecordHours(signup->name());
  desk.executor.RunFor(absl::Seconds(6));
  v1::ListHourRecordsRequest request;
  request.set_parent("volunteers/me");
  auto hours = desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("li"));
  ASSERT_TRUE(hours.ok()) << hours.status();
  ASSERT_EQ(hours->hour_records_size(), 1);
  EXPECT_EQ(hours->hour_records(0).shift(), shift.name());
  EXPECT_EQ(hours->hour_records(0).minutes(), 180);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 180);
  request.set_parent(me);
  EXPECT_EQ(desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("wang")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, Staff()).ok());
}

TEST_F(VolunteerServiceTest, HoursReachTheLedgerAlsoThroughACrash) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  desk.Advance(absl::Hours(72));
  ASSERT_TRUE(CheckIn(signup->name()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(signup->name()).ok());
  RecordHours(signup->name());
  desk.Restart();  // before anything was posted
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 0);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 120);
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 120);
}

TEST_F(VolunteerServiceTest, AbsenceIsMarkedByStaffWithAReason) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  auto mark = desk.Named<v1::MarkNoShowRequest>(signup->name());
  EXPECT_EQ(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument);
  mark.set_reason("did not come");
  EXPECT_EQ(Reason(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff()).status()), "SHIFT_NOT_STARTED");
  desk.Advance(absl::Hours(72.5));
  mark.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Signup>("MarkNoShow", mark, Staff())->state(), v1::Signup::NO_SHOW);
  EXPECT_EQ(desk.Look(shift.name()).no_shows(), 1);
  EXPECT_EQ(Reason(desk.Withdraw(signup->name(), "li", "x").status()), "ALREADY_ATTENDED");
}

TEST_F(VolunteerServiceTest, ACancelledShiftFreesEverybody) {
  const int people = 60;
  const v1::Shift shift = desk.MakeShift(people);
  const v1::Shift instead = desk.MakeShift(people, 73, 2, "venues/b");
  std::string last;
  for (int i = 0; i < people; ++i) {
    desk.Register(absl::StrCat("u", i));
    auto signup = desk.SignUp(shift.name(), absl::StrCat("u", i));
    ASSERT_TRUE(signup.ok()) << signup.status();
    last = signup->name();
  }
  auto cancel = desk.Named<v1::CancelShiftRequest>(shift.name());
  cancel.set_reason("storm");
  EXPECT_EQ(desk.Ask<v1::Shift>("CancelShift", cancel, User("u1")).status().code(),
            absl::StatusCode::kPermissionDenied);
  cancel.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Shift>("CancelShift", cancel, Staff())->state(), v1::Shift::CANCELLED);
  EXPECT_EQ(GetSignup(last, Staff())->state(), v1::Signup::SHIFT_CANCELLED) << "at once";
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 0);
  EXPECT_EQ(ListSignups(shift.name(), Staff())->signups(0).state(), v1::Signup::SHIFT_CANCELLED);
  for (const char* user : {"u0", "u30", "u59"}) EXPECT_TRUE(desk.SignUp(instead.name(), user).ok()) << user;
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "u1").status()), "SHIFT_CANCELLED");
}

}  // namespace
}  // namespace kepu::volunteer::attendance_test
