// Qualifications from elsewhere, the coverage that is counted, and who may do what, through the service.
#include "tests/service/volunteer_training.h"

namespace kepu::volunteer::training_service_test {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

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
