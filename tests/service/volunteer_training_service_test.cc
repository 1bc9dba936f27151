// Courses, dates, the rush for their places, qualifications and the coverage that is counted, through the
// service.
#include <random>
#include <set>

#include "kepu/volunteer/v1/training.pb.h"
#include "services/identity/domain/roles.h"
#include "services/volunteer/store/coverage_book.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::training_service_test {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class VolunteerTrainingTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), "TrainingService");
  }
  absl::StatusOr<v1::Course> MakeCourse(const std::string& id,
                                        const std::function<void(v1::Course&)>& change = {}) {
    v1::CreateCourseRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_course_id(id);
    v1::Course& course = *request.mutable_course();
    course.mutable_title()->set_zh("讲解培训");
    course.set_level(1);
    course.add_audience(v1::SCIENCE_TEACHER);
    course.set_hours(8);
    course.set_validity_months(1);
    if (change) change(course);
    return Ask<v1::Course>("CreateCourse", request, Staff());
  }
  v1::CreateTrainingSessionRequest SessionRequest(const std::string& course, int capacity,
                                                  double from_hours = 24) {
    v1::CreateTrainingSessionRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(absl::StrCat("courses/", course));
    v1::TrainingSession& session = *request.mutable_training_session();
    session.set_place("venues/cqstm");
    const absl::Time start = desk.clock.Now() + absl::Hours(1) * from_hours;
    session.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
    session.mutable_end_time()->set_seconds(absl::ToUnixSeconds(start + absl::Hours(8)));
    session.set_capacity(capacity);
    return request;
  }
  std::string MakeSession(const std::string& course = "guide", int capacity = 5, double from_hours = 24) {
    auto session = Ask<v1::TrainingSession>("CreateTrainingSession",
                                            SessionRequest(course, capacity, from_hours), Staff());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? session->name() : "";
  }
  v1::JoinTrainingRequest JoinRequest(const std::string& session, v1::Profession post = v1::SCIENCE_TEACHER) {
    auto request = desk.Named<v1::JoinTrainingRequest>(session);
    request.set_post(post);
    return request;
  }
  absl::StatusOr<v1::TrainingParticipant> Join(const std::string& session, absl::string_view user,
                                               v1::Profession post = v1::SCIENCE_TEACHER) {
    return Ask<v1::TrainingParticipant>("JoinTraining", JoinRequest(session, post), User(user));
  }
  absl::StatusOr<v1::TrainingParticipant> Leave(const std::string& session, absl::string_view user) {
    return Ask<v1::TrainingParticipant>("LeaveTraining", desk.Named<v1::LeaveTrainingRequest>(session),
                                        User(user));
  }
  absl::StatusOr<v1::TrainingParticipant> Mark(const std::string& participant,
                                               v1::TrainingParticipant::State state,
                                               const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::MarkParticipantRequest>(participant);
    request.set_state(state);
    return Ask<v1::TrainingParticipant>("MarkParticipant", request, caller);
  }
  v1::TrainingSession Look(const std::string& name) {
    v1::GetTrainingSessionRequest request;
    request.set_name(name);
    auto session = Ask<v1::TrainingSession>("GetTrainingSession", request, rpc::Principal());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *session : v1::TrainingSession();
  }
  absl::StatusOr<v1::ListQualificationsResponse> List(const std::string& parent,
                                                      const rpc::Principal& caller) {
    v1::ListQualificationsRequest request;
    request.set_parent(parent);
    return Ask<v1::ListQualificationsResponse>("ListQualifications", request, caller);
  }
  // The only line of somebody's qualifications.
  v1::Qualification Only(absl::string_view user) {
    auto all = List("volunteers/me", User(user));
    EXPECT_TRUE(all.ok()) << all.status();
    EXPECT_EQ(all.ok() ? all->qualifications_size() : -1, 1);
    return all.ok() && all->qualifications_size() == 1 ? all->qualifications(0) : v1::Qualification();
  }
  v1::RecordQualificationRequest RecordRequest(const std::string& volunteer) {
    v1::RecordQualificationRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_parent(volunteer);
    request.set_course("courses/guide");
    request.set_document_number("渝科辅 2026-0042");
    request.mutable_issuer()->set_zh("市科协");
    request.set_award_date("2026-11-01");
    return request;
  }
  absl::StatusOr<v1::Qualification> Record(const v1::RecordQualificationRequest& request,
                                           const rpc::Principal& caller = Staff()) {
    return Ask<v1::Qualification>("RecordQualification", request, caller);
  }
  absl::StatusOr<v1::Qualification> Revoke(const std::string& name, const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::RevokeQualificationRequest>(name);
    request.set_reason("forged by a cousin");
    return Ask<v1::Qualification>("RevokeQualification", request, caller);
  }
  std::vector<std::string> Coverage(v1::Profession post = v1::PROFESSION_UNSPECIFIED) {
    v1::GetTrainingCoverageRequest request;
    request.set_post(post);
    auto coverage = Ask<v1::TrainingCoverage>("GetTrainingCoverage", request, Staff());
    EXPECT_TRUE(coverage.ok()) << coverage.status();
    std::vector<std::string> rows;
    for (const auto& row : coverage->rows())
      rows.push_back(absl::StrCat(row.district(), " ", v1::Profession_Name(row.post()), " ", row.people(),
                                  " ", row.trained(), " ", row.expiring()));
    return rows;
  }
};

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

TEST_F(VolunteerTrainingTest, CertificatesOfOthersAreRecordedAndRevoked) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string li = desk.Register("li").name();
  auto request = RecordRequest(li);
  request.set_expire_date("2027-06-30");
  const auto recorded = Record(request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->document_number(), "渝科辅 2026-0042");
  EXPECT_EQ(recorded->expire_time().seconds(), absl::ToUnixSeconds(calendar::At(absl::CivilDay(2027, 7, 1))));
  EXPECT_EQ(Record(request)->name(), recorded->name()) << "the same call again";
  const rpc::Principal self{"users/li", "", {{"coordinator", "venues/cqstm"}}};
  EXPECT_EQ(Reason(Record(RecordRequest(li), self).status()), "NOT_FOR_ONESELF");
  const std::function<void(v1::RecordQualificationRequest&)> wrong[] = {
      [](auto& r) { r.set_course("courses/none"); },   [](auto& r) { r.set_award_date("2026-11-31"); },
      [](auto& r) { r.set_award_date("2026-11-17"); }, [](auto& r) { r.set_expire_date("2026-10-31"); },
      [](auto& r) { r.mutable_issuer()->clear_zh(); }, [](auto& r) { r.clear_document_number(); },
      [](auto& r) { r.set_parent("people/x"); }};
  for (const auto& change : wrong) {
    auto other = RecordRequest(li);
    change(other);
    EXPECT_EQ(Record(other).status().code(), absl::StatusCode::kInvalidArgument) << other.DebugString();
  }
  auto nobody = RecordRequest("volunteers/" + std::string(22, 'a'));
  EXPECT_EQ(Record(nobody).status().code(), absl::StatusCode::kNotFound);
  const auto revoked = Revoke(recorded->name());
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), v1::Qualification::REVOKED);
  EXPECT_EQ(revoked->revoke_reason(), "forged by a cousin");
  EXPECT_EQ(Revoke(li + "/qualifications/other").status().code(), absl::StatusCode::kNotFound);
  // Nothing of it stands in clear.
  std::string all;
  for (uint32_t partition = 0; partition < 64; ++partition) {
    for (const std::string& key : desk.data.Roots(partition)) {
      const store::Loaded loaded = desk.data.Load(partition, {key, {}, true});
      all += loaded.head.head;
      for (const auto& [field, bytes] : loaded.children) all += bytes ? *bytes : "";
    }
    for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000))
      for (const std::string& group : entry.groups) all += group;
  }
  ASSERT_THAT(all, HasSubstr("市科协")) << "the dump shows what is there in clear";
  EXPECT_THAT(all, Not(HasSubstr("2026-0042")));
  EXPECT_THAT(all, Not(HasSubstr("cousin")));
  desk.Restart();
  EXPECT_EQ(Only("li").revoke_reason(), "forged by a cousin");
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  EXPECT_EQ(Only("li").document_number(), "") << "gone with the key of the person";
}

TEST_F(VolunteerTrainingTest, QualificationsComePageByPage) {
  const std::string li = desk.Register("li").name();
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(MakeCourse(id).ok());
    auto request = RecordRequest(li);
    request.set_course(absl::StrCat("courses/", id));
    ASSERT_TRUE(Record(request).ok());
  }
  v1::ListQualificationsRequest request;
  request.set_parent("volunteers/me");
  request.set_page_size(2);
  auto page = Ask<v1::ListQualificationsResponse>("ListQualifications", request, User("li"));
  ASSERT_EQ(page->qualifications_size(), 2);
  request.set_page_token(page->next_page_token());
  page = Ask<v1::ListQualificationsResponse>("ListQualifications", request, User("li"));
  ASSERT_EQ(page->qualifications_size(), 1);
  EXPECT_EQ(page->qualifications(0).course(), "courses/c");
  EXPECT_EQ(page->next_page_token(), "");
}

TEST_F(VolunteerTrainingTest, CoverageIsCountedByDistrictAndPost) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string session = MakeSession();
  const std::string li = desk.Register("li").name();
  desk.Register("wang");
  const auto place = Join(session, "li");
  ASSERT_TRUE(Join(session, "wang").ok());
  EXPECT_THAT(Coverage(), ElementsAre("districts/yuzhong SCIENCE_TEACHER 2 0 0"));
  desk.Advance(absl::Hours(33));
  ASSERT_TRUE(Mark(place->name(), v1::TrainingParticipant::PASSED).ok());
  desk.executor.RunFor(absl::Seconds(10));
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_THAT(Coverage(), ElementsAre("districts/yuzhong SCIENCE_TEACHER 2 1 1")) << "ends in a month";
    EXPECT_THAT(Coverage(v1::KEY_TUTOR), IsEmpty());
    desk.Restart();
  }
  desk.Advance(absl::Hours(24 * 40));
  EXPECT_THAT(Coverage(), ElementsAre("districts/yuzhong SCIENCE_TEACHER 2 0 0"));
  // A course that is for others from now on covers them.
  v1::UpdateCourseRequest update;
  update.set_request_id(desk.NextRequestId());
  update.mutable_course()->set_name("courses/guide");
  update.mutable_course()->add_audience(v1::DOCENT);
  ASSERT_TRUE(Ask<v1::Course>("UpdateCourse", update, Staff()).ok());
  ASSERT_TRUE(Record(RecordRequest(li)).ok());
  EXPECT_THAT(Coverage(), ElementsAre("districts/yuzhong SCIENCE_TEACHER 2 0 0"));
}

// A book, and the plain facts that it counts along.
class Recount {
 public:
  explicit Recount(uint32_t seed) : random_(seed) {}

  void Step() {
    const std::string id = absl::StrCat("p", Below(12)), course = absl::StrCat("courses/c", Below(4));
    switch (Below(4)) {
      case 0:
        return ChangeCourse(course);
      case 1: {
        const int post = 1 + Below(6);
        int& times = people_[id].posts[post];
        const int change = times > 0 && Below(2) == 0 ? -1 : 1;
        times += change;
        return book_.Count(id, static_cast<v1::Profession>(post), change);
      }
      default:
        return ChangePerson(id, course);
    }
  }
  void Compare() {
    const absl::Time now = Day(Below(150));
    const int64_t now_us = absl::ToUnixMicros(now), soon_us = absl::ToUnixMicros(now + absl::Hours(24 * 60));
    Rows expected, counted;
    for (const auto& [name, one] : people_) {
      for (const auto& [post, times] : one.posts) {
        if (times == 0 || one.district.empty()) continue;
        auto& row = expected[{one.district, post}];
        ++row[0];
        int64_t best = -1;
        for (const auto& [of, until] : one.held)
          if (courses_[of].count(post) > 0) best = std::max(best, until == 0 ? INT64_MAX : until);
        if (best > now_us) ++row[1];
        if (best > now_us && best <= soon_us) ++row[2];
      }
    }
    for (const auto& row : book_.Rows("", v1::PROFESSION_UNSPECIFIED, now))
      counted[{row.district(), row.post()}] = {row.people(), row.trained(), row.expiring()};
    EXPECT_EQ(counted, expected);
  }

 private:
  using Rows = std::map<std::pair<std::string, int>, std::array<int, 3>>;
  struct Person {
    std::string district;
    std::map<int, int> posts;
    std::map<std::string, int64_t> held;
  };
  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  static absl::Time Day(int number) { return kDeskStart + absl::Hours(24) * number; }
  void ChangeCourse(const std::string& name) {
    v1::Course course;
    course.set_name(name);
    courses_[name].clear();
    for (int post = 1; post <= 6; ++post)
      if (Below(2) == 0) course.add_audience(static_cast<v1::Profession>(post)), courses_[name].insert(post);
    book_.See(course);
  }
  void ChangePerson(const std::string& id, const std::string& course) {
    Person& person = people_[id];
    person.district = absl::StrCat("districts/d", Below(3));
    if (Below(3) == 0) person.held.erase(course);
    if (Below(3) != 0) person.held[course] = Below(4) == 0 ? 0 : absl::ToUnixMicros(Day(Below(200)));
    log::v1::PersonHead head;
    head.set_id(id);
    head.set_district(person.district);
    for (const auto& [name, until] : person.held) {
      auto& one = *head.add_qualifications();
      one.set_course(name);
      one.set_valid_until_us(until);
    }
    book_.See(head);
  }

  std::mt19937 random_;
  CoverageBook book_;
  std::map<std::string, Person> people_;
  std::map<std::string, std::set<int>> courses_;
};

// What is counted along is what a recount finds.
TEST(CoverageBookTest, AgreesWithARecount) {
  for (uint32_t seed = 0; seed < 20 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Recount recount(seed);
    for (int step = 0; step < 400; ++step) {
      recount.Step();
      if (step % 10 == 0) recount.Compare();
    }
  }
}

TEST_F(VolunteerTrainingTest, TheHandlersDoWhatTheAnnotationsSay) {
  ASSERT_TRUE(MakeCourse("guide").ok());
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(Record(RecordRequest(li)).ok());
  const std::string session = MakeSession();
  const auto place = Join(session, "li");
  desk.executor.RunFor(absl::Seconds(1));
  const auto absent = [](std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  };
  const auto* file = v1::Course::descriptor()->file();
  auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {file->FindServiceByName("TrainingService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"training_session.place", {"venues/cqstm"}},
                   {"courses/*", {"courses/guide", "courses/none"}},
                   {"ListParticipants", {session, absent(session), "", "courses/-/sessions/-"}},
                   {"courses/*/sessions/*", {session, absent(session)}},
                   {"courses/*/sessions/*/participants/*", {place->name(), absent(place->name())}},
                   {"volunteers/*", {li, absent(li)}},
                   {"volunteers/*/qualifications/*",
                    {li + "/qualifications/guide", absent(li) + "/qualifications/guide"}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/li",
      .may_miss = {"LeaveTraining", "JoinTraining"},
      .samples = {{"CreateCourse", "course { title { zh: 'x' } level: 1 hours: 1 audience: DOCENT }"},
                  {"UpdateCourse", "course { retired: true }"},
                  {"CreateTrainingSession",
                   "training_session { start_time { seconds: 1795500000 } end_time { "
                   "seconds: 1795510000 } capacity: 3 }"},
                  {"UpdateTrainingSession", "training_session { capacity: 9 }"},
                  {"MarkParticipant", "state: PASSED"},
                  {"JoinTraining", "post: SCIENCE_TEACHER"},
                  {"RecordQualification",
                   "course: 'courses/guide' document_number: 'x' issuer { zh: 'x' } award_date: "
                   "'2026-11-01'"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
  for (const char* method :
       {"CreateCourse", "CreateTrainingSession", "UpdateTrainingSession", "MarkParticipant",
        "RecordQualification", "RevokeQualification", "ListQualifications"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), IsEmpty()) << method;
}

}  // namespace
}  // namespace kepu::volunteer::training_service_test
