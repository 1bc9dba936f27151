// Courses, dates, the rush for their places, qualifications and the coverage that is counted, through the
// service.
#include "tests/service/volunteer_training.h"

namespace kepu::volunteer::training_service_test {
namespace {

TEST_F(VolunteerTrainingTest, CoursesSayWhatTheyAreFor) {
  ASSERT_TRUE(MakeCourse("basic").ok());
  const auto guide = MakeCourse("guide", [](v1::Course& c) { c.add_prerequisites("courses/basic"); });
  ASSERT_TRUE(guide.ok()) << guide.status();
  EXPECT_EQ(MakeCourse("basic").status().code(), absl::StatusCode::kAlreadyExists);
  const std::function<void(v1::Course&)> wrong[] = {
      [](auto& c) { c.set_level(4); }, [](auto& c) { c.clear_audience(); },
      [](auto& c) { c.mutable_title()->clear_zh(); }, [](auto& c) { c.add_prerequisites("courses/x"); },
      [](auto& c) { c.set_hours(0); }};
  for (const auto& change : wrong)
    EXPECT_EQ(MakeCourse("other", change).status().code(), absl::StatusCode::kInvalidArgument);
  v1::UpdateCourseRequest update;
  update.set_request_id(desk.NextRequestId());
  update.mutable_course()->set_name("courses/basic");
  update.mutable_course()->add_prerequisites("courses/guide");
  EXPECT_EQ(Ask<v1::Course>("UpdateCourse", update, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "they would wait for each other";
  v1::ListCoursesRequest list;
  EXPECT_EQ(Ask<v1::ListCoursesResponse>("ListCourses", list, rpc::Principal())->courses_size(), 2);
  list.set_post(v1::KEY_TUTOR);
  EXPECT_EQ(Ask<v1::ListCoursesResponse>("ListCourses", list, rpc::Principal())->courses_size(), 0);
  update.mutable_course()->clear_prerequisites();
  update.mutable_course()->set_retired(true);
  update.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(Ask<v1::Course>("UpdateCourse", update, Staff()).ok());
  EXPECT_EQ(
      Reason(Ask<v1::TrainingSession>("CreateTrainingSession", SessionRequest("basic", 5), Staff()).status()),
      "COURSE_RETIRED");
  EXPECT_EQ(
      Ask<v1::TrainingSession>("CreateTrainingSession", SessionRequest("none", 5), Staff()).status().code(),
      absl::StatusCode::kNotFound);
}

TEST_F(VolunteerTrainingTest, InARushThePlacesGoOnceEach) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string session = MakeSession("guide", 5);
  for (int i = 0; i < 20; ++i) desk.Register(absl::StrCat("u", i));
  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 0; i < 20; ++i) {
    const auto request = JoinRequest(session);
    // Some ask twice at once, as impatient people do.
    for (int copies = 0; copies < 1 + i % 2; ++copies) {
      rpc::Context context;
      context.principal = User(absl::StrCat("u", i));
      context.repeat = copies > 0;
      answers.push_back(desk.Send("JoinTraining", request, std::move(context), "TrainingService"));
    }
  }
  desk.executor.RunFor(absl::Seconds(10));
  std::set<std::string> in;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->finished);
    v1::TrainingParticipant participant;
    if (answer->status.ok() && participant.ParseFromString(answer->bytes)) in.insert(participant.name());
    if (!answer->status.ok()) {
      EXPECT_EQ(Reason(answer->status), "TRAINING_FULL");
    }
  }
  EXPECT_THAT(in, SizeIs(5));
  EXPECT_EQ(Look(session).registered(), 5);
  EXPECT_EQ(Look(session).free(), 0);
  v1::ListParticipantsRequest list;
  list.set_parent(session);
  EXPECT_EQ(Ask<v1::ListParticipantsResponse>("ListParticipants", list, Staff())->participants_size(), 5);
}

TEST_F(VolunteerTrainingTest, PeopleComeAndGo) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string session = MakeSession("guide", 1);
  desk.Register("li");
  desk.Register("wang");
  EXPECT_EQ(Reason(Join(session, "nobody").status()), "NOT_REGISTERED");
  EXPECT_EQ(Reason(Join(session, "li", v1::DOCENT).status()), "NOT_FOR_POST");
  const auto place = Join(session, "li");
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_EQ(Reason(Join(session, "li").status()), "ALREADY_REGISTERED");
  EXPECT_EQ(Reason(Join(session, "wang").status()), "TRAINING_FULL");
  EXPECT_EQ(Leave(session, "wang").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Leave(session, "li")->state(), v1::TrainingParticipant::LEFT);
  EXPECT_TRUE(Join(session, "wang").ok());
  v1::ListParticipantsRequest own;
  own.set_parent("courses/-/sessions/-");
  const auto mine = Ask<v1::ListParticipantsResponse>("ListParticipants", own, User("li"));
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_EQ(mine->participants_size(), 1);
  EXPECT_EQ(mine->participants(0).state(), v1::TrainingParticipant::LEFT);
  own.set_parent(session);
  EXPECT_EQ(Ask<v1::ListParticipantsResponse>("ListParticipants", own, User("li")).status().code(),
            absl::StatusCode::kNotFound);
  // The name of a date is that of its course.
  std::string other = session;
  other.replace(other.find("guide"), 5, "other");
  EXPECT_EQ(Join(other, "li").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VolunteerTrainingTest, DatesMoveAndAreCancelled) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string session = MakeSession("guide", 2);
  desk.Register("li");
  desk.Register("wang");
  ASSERT_TRUE(Join(session, "li").ok() && Join(session, "wang").ok());
  v1::UpdateTrainingSessionRequest update;
  update.mutable_training_session()->set_name(session);
  const auto change = [&](const rpc::Principal& caller = Staff()) {
    update.set_request_id(desk.NextRequestId());
    return Ask<v1::TrainingSession>("UpdateTrainingSession", update, caller);
  };
  update.mutable_training_session()->set_capacity(1);
  EXPECT_EQ(Reason(change().status()), "FEWER_THAN_TAKEN");
  EXPECT_EQ(change(Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  update.mutable_training_session()->set_capacity(3);
  const int64_t later = Look(session).start_time().seconds() + 3600;
  update.mutable_training_session()->mutable_start_time()->set_seconds(later);
  const auto moved = change();
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->free(), 1);
  v1::ListParticipantsRequest list;
  list.set_parent("courses/-/sessions/-");
  EXPECT_EQ(Ask<v1::ListParticipantsResponse>("ListParticipants", list, User("li"))
                ->participants(0)
                .start_time()
                .seconds(),
            later);
  update.mutable_training_session()->set_etag("0");
  EXPECT_EQ(Reason(change().status()), "ETAG_MISMATCH");
  auto cancel = desk.Named<v1::CancelTrainingSessionRequest>(session);
  cancel.set_reason("停电");
  EXPECT_EQ(Ask<v1::TrainingSession>("CancelTrainingSession", cancel, Staff())->state(),
            v1::TrainingSession::CANCELLED);
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(Look(session).cancel_reason(), "停电");
    EXPECT_EQ(
        Ask<v1::ListParticipantsResponse>("ListParticipants", list, User("li"))->participants(0).state(),
        v1::TrainingParticipant::SESSION_CANCELLED);
    EXPECT_EQ(Reason(Join(session, "li").status()), "TRAINING_CANCELLED");
    desk.Restart();
  }
}

TEST_F(VolunteerTrainingTest, WhoPassedIsQualifiedWhateverStopsInBetween) {
  ASSERT_TRUE(MakeCourse("guide", [](v1::Course& c) { c.set_level(2); }).ok());
  const std::string session = MakeSession();
  const std::string li = desk.Register("li").name();
  desk.Register("wang");
  const auto place = Join(session, "li");
  const auto other = Join(session, "wang");
  EXPECT_EQ(Reason(Mark(place->name(), v1::TrainingParticipant::PASSED).status()), "TRAINING_NOT_STARTED");
  desk.Advance(absl::Hours(33));
  EXPECT_EQ(Mark(place->name(), v1::TrainingParticipant::PASSED, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  const rpc::Principal self{"users/li", "", {{"coordinator", "venues/cqstm"}}};
  EXPECT_EQ(Reason(Mark(place->name(), v1::TrainingParticipant::PASSED, self).status()), "NOT_FOR_ONESELF");
  EXPECT_EQ(Mark(place->name(), v1::TrainingParticipant::PASSED, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(Mark(place->name(), v1::TrainingParticipant::PASSED).ok());
  ASSERT_TRUE(Mark(other->name(), v1::TrainingParticipant::FAILED).ok());
  // The process ends before the person's line is written; the next one finds what is to be done.
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(desk.service->pending(), 0u);
  const v1::Qualification qualified = Only("li");
  EXPECT_EQ(qualified.state(), v1::Qualification::VALID);
  EXPECT_EQ(qualified.level(), 2);
  EXPECT_EQ(qualified.session(), session);
  EXPECT_EQ(List("volunteers/me", User("wang"))->qualifications_size(), 0);
  EXPECT_EQ(List(li, Staff())->qualifications_size(), 1);
  EXPECT_EQ(List(li, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Mark(place->name(), v1::TrainingParticipant::FAILED).status()), "ALREADY_PASSED");
  desk.Advance(absl::Hours(24 * 31));
  EXPECT_EQ(Only("li").state(), v1::Qualification::EXPIRED);
}

TEST_F(VolunteerTrainingTest, OneCourseComesAfterAnother) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  ASSERT_TRUE(MakeCourse("senior", [](v1::Course& c) {
                c.set_level(2);
                c.add_prerequisites("courses/guide");
              }).ok());
  const std::string session = MakeSession("senior");
  const std::string li = desk.Register("li").name();
  EXPECT_EQ(refusal::ParamOf(Join(session, "li").status(), "course"), "courses/guide");
  ASSERT_TRUE(Record(RecordRequest(li)).ok());
  EXPECT_TRUE(Join(session, "li").ok());
  // One month after the first of November it is not valid any more.
  const std::string late = MakeSession("senior", 5, 24 * 20);
  EXPECT_EQ(Reason(Join(late, "li").status()), "PREREQUISITE_NEEDED");
}

TEST_F(VolunteerTrainingTest, WhoIsOfAPostByTheirCategoryCountsUntrained) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const auto join = [&](const std::string& user, v1::Category category) {
    v1::RegisterVolunteerRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_volunteer()->set_birth_year_band(1990);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    request.mutable_volunteer()->set_category(category);
    auto registered = desk.Ask<v1::Volunteer>("RegisterVolunteer", request, User(user));
    EXPECT_TRUE(registered.ok()) << registered.status();
    return registered.ok() ? registered->name() : "";
  };
  const std::string teacher = join("teacher", v1::SCHOOL_TEACHER);
  join("colleague", v1::SCHOOL_TEACHER);
  join("reporter", v1::MEDIA_WORKER);
  join("professor", v1::UNIVERSITY_MEMBER);
  auto request = RecordRequest(teacher);
  request.set_expire_date("2028-06-30");
  ASSERT_TRUE(Record(request).ok()) << desk.last->status;
  desk.executor.RunFor(absl::Seconds(2));
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_THAT(Coverage(), ElementsAre("districts/yuzhong SCIENCE_TEACHER 2 1 0",
                                        "districts/yuzhong SCIENCE_JOURNALIST 1 0 0"));
    desk.Restart();
  }
}

}  // namespace
}  // namespace kepu::volunteer::training_service_test
