// Trainee places at the desk: shown to who lacks a course and nothing else, taken beside the others, given
// back, and counted as hours.
#include "kepu/volunteer/v1/find.pb.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "tests/service/volunteer_hours_fixture.h"

namespace kepu::volunteer::trainee_service_test {
namespace {

class TraineeServiceTest : public VolunteerHoursTest {
 protected:
  TraineeServiceTest() {
    v1::CreateCourseRequest request;
    request.set_request_id("course");
    request.set_course_id("guide");
    request.mutable_course()->mutable_title()->set_zh("讲解培训");
    request.mutable_course()->set_level(1);
    request.mutable_course()->add_audience(v1::DOCENT);
    request.mutable_course()->set_hours(8);
    EXPECT_TRUE(Call<v1::Course>("TrainingService", "CreateCourse", request, Staff()).ok());
    for (const char* user : {"li", "wang", "zhao"}) ids_[user] = desk.Register(user).name();
  }
  v1::Shift MakeGuided(int trainee_places, v1::SignUpMode mode = v1::FIRST_COME, double from_hours = 72) {
    auto request = desk.ShiftRequest(kDeskStart + absl::Hours(1) * from_hours, absl::Hours(4), 1);
    request.mutable_shift()->mutable_requirements()->add_courses("courses/guide");
    request.mutable_shift()->set_trainee_places(trainee_places);
    request.mutable_shift()->set_sign_up_mode(mode);
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    return shift.ok() ? *shift : v1::Shift();
  }
  void Train(const std::string& user) {
    v1::RecordQualificationRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(ids_.at(user));
    request.set_course("courses/guide");
    request.set_document_number("渝 1");
    request.mutable_issuer()->set_zh("市科协");
    request.set_award_date("2026-11-01");
    auto recorded = Call<v1::Qualification>("TrainingService", "RecordQualification", request, Staff());
    EXPECT_TRUE(recorded.ok()) << recorded.status();
  }
  absl::StatusOr<v1::Signup> Learn(const std::string& shift, const std::string& user,
                                   const std::string& request_id = "") {
    v1::SignUpRequest request;
    request.set_shift(shift);
    request.set_trainee(true);
    request.set_request_id(request_id.empty() ? desk.NextRequestId() : request_id);
    return desk.Ask<v1::Signup>("SignUp", request, User(user));
  }
  // The shifts that are shown; those to learn in with a star.
  std::vector<std::string> Found(const std::string& user) {
    auto found =
        Call<v1::FindShiftsResponse>("FindService", "FindShifts", v1::FindShiftsRequest(), User(user));
    EXPECT_TRUE(found.ok()) << found.status();
    std::vector<std::string> names;
    if (!found.ok()) return names;
    for (const v1::FoundShift& one : found->shifts())
      names.push_back(absl::StrCat(one.shift().name(), one.as_trainee() ? "*" : ""));
    return names;
  }
  std::map<std::string, std::string> ids_;
};

TEST_F(TraineeServiceTest, WhoLacksOnlyTheCourseIsShownThePlaceAndTakesIt) {
  Train("zhao");
  const v1::Shift shift = MakeGuided(1), without = MakeGuided(0, v1::FIRST_COME, 96);
  EXPECT_EQ(shift.free_trainee_places(), 1);
  EXPECT_THAT(Found("li"), ElementsAre(shift.name() + "*"));
  EXPECT_THAT(Found("zhao"), ElementsAre(shift.name(), without.name()));
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li").status()), "COURSE_NEEDED");
  EXPECT_EQ(Reason(Learn(shift.name(), "zhao").status()), "NOT_A_TRAINEE");
  EXPECT_EQ(Reason(Learn(without.name(), "li").status()), "TRAINEE_PLACES_TAKEN");
  auto li = Learn(shift.name(), "li", "once");
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_TRUE(li->trainee());
  EXPECT_EQ(li->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(Learn(shift.name(), "li", "once")->name(), li->name());
  EXPECT_EQ(Reason(Learn(shift.name(), "wang").status()), "TRAINEE_PLACES_TAKEN");
  desk.executor.RunFor(absl::Seconds(1));
  EXPECT_THAT(Found("wang"), ::testing::IsEmpty());
  ASSERT_TRUE(desk.SignUp(shift.name(), "zhao").ok()) << "theirs is another place";
  for (int restarts = 0; restarts < 2; ++restarts) {
    const v1::Shift now = desk.Look(shift.name());
    EXPECT_EQ(now.trainees(), 1);
    EXPECT_EQ(now.free_trainee_places(), 0);
    EXPECT_EQ(now.signed_up(), 1);
    EXPECT_FALSE(now.trainees_alone());
    EXPECT_TRUE(GetSignup(li->name(), User("li"))->trainee());
    desk.Restart();
  }
  EXPECT_EQ(Reason(Learn(MakeGuided(1).name(), "li").status()), "OVERLAPS") << "their time is taken";
  ASSERT_TRUE(desk.Withdraw(li->name(), "li").ok());
  EXPECT_EQ(desk.Look(shift.name()).trainees(), 0);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  EXPECT_TRUE(Learn(shift.name(), "wang").ok());
}

TEST_F(TraineeServiceTest, TheirHoursCountAndTheyAreShownAlone) {
  const v1::Shift shift = MakeGuided(1, v1::FIRST_COME, 24);
  auto li = Learn(shift.name(), "li");
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_TRUE(desk.Look(shift.name()).trainees_alone());
  desk.Advance(absl::Hours(24));
  ASSERT_TRUE(CheckIn(li->name()).ok());
  desk.Advance(absl::Hours(4));
  ASSERT_TRUE(CheckOut(li->name()).ok());
  ASSERT_TRUE(Approve(li->name()).ok());
  desk.executor.RunFor(absl::Seconds(8));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 240);
  EXPECT_EQ(desk.Look(shift.name()).recorded_minutes(), 240);
  EXPECT_TRUE(GetSignup(li->name(), Staff())->trainee());
}

TEST_F(TraineeServiceTest, WhereStaffApproveTheyApproveTraineesToo) {
  const v1::Shift shift = MakeGuided(1, v1::APPROVAL, 24 * 5);
  auto li = Learn(shift.name(), "li");
  ASSERT_TRUE(li.ok()) << li.status();
  EXPECT_EQ(li->state(), v1::Signup::REQUESTED);
  EXPECT_TRUE(li->trainee());
  EXPECT_EQ(desk.Look(shift.name()).free_trainee_places(), 0) << "held";
  auto approve = desk.Named<v1::ApproveSignupRequest>(li->name());
  auto approved = Call<v1::Signup>("SignupService", "ApproveSignup", approve, Staff());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_TRUE(approved->trainee());
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 0);
  auto cancel = desk.Named<v1::CancelShiftRequest>(shift.name());
  cancel.set_reason("rain");
  ASSERT_TRUE(desk.Ask<v1::Shift>("CancelShift", cancel, Staff()).ok());
  desk.executor.RunFor(absl::Seconds(5));
  EXPECT_EQ(GetSignup(li->name(), User("li"))->state(), v1::Signup::SHIFT_CANCELLED);
  EXPECT_EQ(desk.Look(shift.name()).trainees(), 0);
}

}  // namespace
}  // namespace kepu::volunteer::trainee_service_test
