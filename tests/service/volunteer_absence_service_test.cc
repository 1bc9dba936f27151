// Marks of absence over the service: from the door to the record, appeals, waivers and the stop.
#include "tests/service/volunteer_recognition.h"

namespace kepu::volunteer::absence_service_test {
namespace {

class AbsenceServiceTest : public RecognitionFixture {
 protected:
  absl::StatusOr<v1::ListAbsencesResponse> Absences(const std::string& parent, const rpc::Principal& caller) {
    v1::ListAbsencesRequest request;
    request.set_parent(parent);
    return Ask<v1::ListAbsencesResponse>("AbsenceService", "ListAbsences", request, caller);
  }
  v1::Absence First(const std::string& user) {
    const auto list = Absences("volunteers/me", User(user));
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() && list->absences_size() > 0 ? list->absences(0) : v1::Absence();
  }
  absl::StatusOr<v1::Absence> Appeal(const std::string& name, const rpc::Principal& caller) {
    auto request = desk.Named<v1::AppealAbsenceRequest>(name);
    request.set_reason("地铁停运");
    return Ask<v1::Absence>("AbsenceService", "AppealAbsence", request, caller);
  }
  absl::StatusOr<v1::Absence> Decide(const std::string& name, bool granted,
                                     const rpc::Principal& caller = Second()) {
    auto request = desk.Named<v1::DecideAppealRequest>(name);
    request.set_granted(granted);
    request.set_reason("已核实");
    return Ask<v1::Absence>("AbsenceService", "DecideAppeal", request, caller);
  }
  absl::StatusOr<v1::WaiveAbsencesResponse> Waive(const std::string& shift,
                                                  const rpc::Principal& caller = Staff()) {
    auto request = New<v1::WaiveAbsencesRequest>();
    request.set_shift("shifts/" + shift);
    request.set_ground(v1::WEATHER);
    return Ask<v1::WaiveAbsencesResponse>("AbsenceService", "WaiveAbsences", request, caller);
  }
  absl::Status SignUpNow(const std::string& user) {
    const auto shift = desk.Ask<v1::Shift>(
        "CreateShift", desk.ShiftRequest(Now() + absl::Hours(48), absl::Hours(2), 5), Staff());
    return desk.SignUp(shift->name(), user).status();
  }
};

TEST_F(AbsenceServiceTest, AMarkReachesTheRecordWithItsReason) {
  const std::string li = desk.Register("li").name();
  StayAway("li");
  const v1::Absence mark = First("li");
  EXPECT_EQ(mark.kind(), v1::Absence::NO_SHOW);
  EXPECT_EQ(mark.state(), v1::Absence::MARKED);
  EXPECT_EQ(mark.reason(), "没有来");
  EXPECT_EQ(mark.expire_time().seconds() - mark.mark_time().seconds(), 180 * 86'400);
  const auto standing = Recognition(li, User("li"))->standing();
  EXPECT_EQ(standing.half_marks(), 2);
  EXPECT_EQ(standing.half_marks_max(), 6);
  EXPECT_FALSE(standing.next_stops());
  EXPECT_EQ(standing.absences(0), mark.name());
  EXPECT_EQ(Absences(li, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Absences(li, Staff())->absences_size(), 1);
  desk.Restart();
  EXPECT_EQ(First("li").SerializeAsString(), mark.SerializeAsString());
}

TEST_F(AbsenceServiceTest, WhatTheShiftSaidIsPostedAfterARestart) {
  desk.Register("li");
  const std::string signup = SignedUp("li");
  desk.Advance(absl::Minutes(31));
  auto request = desk.Named<v1::MarkNoShowRequest>(signup);
  request.set_reason("没有来");
  ASSERT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", request, Staff()).ok());
  desk.Restart();
  Settle();
  EXPECT_EQ(First("li").state(), v1::Absence::MARKED);
  // Comes after all, and serves.
  ASSERT_TRUE(CheckIn(signup).ok());
  Settle();
  EXPECT_EQ(First("li").state(), v1::Absence::LIFTED);
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->standing().half_marks(), 0);
  desk.Advance(absl::Hours(4));
  ASSERT_TRUE(CheckOut(signup).ok());
  RecordHours(signup);
  Settle();
  EXPECT_GT(Recognition("volunteers/me", User("li"))->total_minutes(), 0);
}

TEST_F(AbsenceServiceTest, ThreeMarksStopAndAnAppealLiftsIt) {
  const std::string li = desk.Register("li").name();
  Serve("li");
  StayAway("li");
  StayAway("li");
  EXPECT_TRUE(Recognition(li, User("li"))->standing().next_stops());
  StayAway("li");
  EXPECT_EQ(Reason(SignUpNow("li")), "VOLUNTEER_STOPPED");
  EXPECT_TRUE(Recognition(li, User("li"))->standing().has_stopped_until_time());
  EXPECT_EQ(GetVolunteer(li, User("li"))->state(), v1::Volunteer::STOPPED);
  EXPECT_EQ(GetVolunteer(li, User("li"))->total_minutes(), 240) << "hours never shrink";
  const std::string mark = First("li").name();
  EXPECT_EQ(Appeal(mark, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Decide(mark, true).status()), "ABSENCE_SETTLED");
  ASSERT_TRUE(Appeal(mark, User("li")).ok());
  EXPECT_EQ(Reason(Appeal(mark, User("li")).status()), "ABSENCE_SETTLED") << "once";
  ASSERT_EQ(Absences("volunteers/-", Second())->absences_size(), 1);
  EXPECT_EQ(Absences("volunteers/-", Second())->absences(0).appeal_reason(), "地铁停运");
  EXPECT_EQ(Absences("volunteers/-", Staff("venues/other"))->absences_size(), 0);
  EXPECT_EQ(Reason(Decide(mark, true, Staff()).status()), "OWN_CASE") << "who made the mark";
  EXPECT_EQ(Decide(mark, true, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  const auto decided = Decide(mark, true);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), v1::Absence::LIFTED);
  EXPECT_EQ(decided->decision_reason(), "已核实");
  EXPECT_TRUE(SignUpNow("li").ok());
  EXPECT_EQ(Absences("volunteers/-", Second())->absences_size(), 0);
  EXPECT_EQ(GetVolunteer(li, User("li"))->state(), v1::Volunteer::ACTIVE);
}

TEST_F(AbsenceServiceTest, AStopEndsByItself) {
  desk.Register("li");
  for (int i = 0; i < 3; ++i) StayAway("li");
  EXPECT_EQ(Reason(SignUpNow("li")), "VOLUNTEER_STOPPED");
  EXPECT_EQ(Reason(Appeal(First("li").name(), User("li")).status()), "") << "in time";
  desk.Advance(absl::Hours(24) * 60);
  EXPECT_TRUE(SignUpNow("li").ok());
  Settle();
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->state(), v1::Volunteer::ACTIVE);
}

TEST_F(AbsenceServiceTest, AppealsComeInTime) {
  desk.Register("li");
  StayAway("li");
  desk.Advance(absl::Hours(24) * 7);
  EXPECT_EQ(Reason(Appeal(First("li").name(), User("li")).status()), "APPEAL_TOO_LATE");
  EXPECT_EQ(Appeal("volunteers/me/absences/nothing", User("li")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(AbsenceServiceTest, AWaiverTakesTheMarksOfAShift) {
  desk.Register("li");
  const std::string shift = ShiftOf(StayAway("li"));
  EXPECT_EQ(Waive(shift, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Waive(shift).ok());
  Settle();
  EXPECT_EQ(First("li").state(), v1::Absence::WAIVED);
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->standing().half_marks(), 0);
  EXPECT_EQ(Waive(shift)->ground(), v1::WEATHER) << "twice is once";
  EXPECT_EQ(Reason(Appeal(First("li").name(), User("li")).status()), "ABSENCE_SETTLED");
}

TEST_F(AbsenceServiceTest, ALateWithdrawalCountsHalf) {
  desk.Register("li");
  const std::string signup = SignedUp("li");
  ASSERT_TRUE(desk.Withdraw(signup, "li", "发烧").ok());
  Settle();
  EXPECT_EQ(First("li").kind(), v1::Absence::LATE_WITHDRAWAL);
  EXPECT_EQ(First("li").reason(), "发烧");
  EXPECT_EQ(Recognition("volunteers/me", User("li"))->standing().half_marks(), 1);
}

TEST_F(AbsenceServiceTest, ReasonsGoWithThePerson) {
  desk.Register("li");
  StayAway("li");
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  EXPECT_EQ(First("li").reason(), "");
  // An appeal can still be made; nothing of its words is kept.
  ASSERT_TRUE(Appeal(First("li").name(), User("li")).ok());
  EXPECT_EQ(First("li").appeal_reason(), "");
}

}  // namespace
}  // namespace kepu::volunteer::absence_service_test
