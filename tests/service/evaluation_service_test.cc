// Feedback after a visit, and the record of a large event, through the handlers on a store in memory.
#include "gmock/gmock.h"
#include "kepu/event/v1/evaluation.pb.h"
#include "tests/service/reach_desk.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class FeedbackServiceTest : public ReachTest {
 protected:
  void SetUp() override {
    ReachTest::SetUp();
    session = desk.MakeSession(200, absl::Minutes(30)).name();
  }
  static v1::Feedback Says(int content, const std::string& remark = "") {
    v1::Feedback feedback;
    feedback.mutable_ratings()->set_content(content);
    feedback.set_remark(remark);
    return feedback;
  }
  absl::StatusOr<v1::Feedback> Give(const std::string& booking, const v1::Feedback& feedback,
                                    const rpc::Principal& caller) {
    v1::GiveFeedbackRequest request;
    request.set_parent(booking);
    *request.mutable_feedback() = feedback;
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Feedback>("EvaluationService/GiveFeedback", request, caller);
  }
  absl::StatusOr<v1::Feedback> Change(const v1::Feedback& feedback, const rpc::Principal& caller,
                                      const std::vector<std::string>& paths = {}) {
    v1::UpdateFeedbackRequest request;
    *request.mutable_feedback() = feedback;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Feedback>("EvaluationService/UpdateFeedback", request, caller);
  }
  absl::StatusOr<v1::Feedback> Own(const std::string& booking, const rpc::Principal& caller) {
    v1::GetFeedbackRequest request;
    request.set_name(booking + "/feedback");
    return desk.Ask<v1::Feedback>("EvaluationService/GetFeedback", request, caller);
  }
  absl::StatusOr<v1::ListFeedbackResponse> All(const rpc::Principal& caller, int size = 0,
                                               const std::string& token = "") {
    v1::ListFeedbackRequest request;
    request.set_parent(session);
    request.set_page_size(size);
    request.set_page_token(token);
    return desk.Ask<v1::ListFeedbackResponse>("EvaluationService/ListFeedback", request, caller);
  }
  v1::FeedbackSummary Summary(const std::string& of) {
    v1::GetFeedbackSummaryRequest request;
    request.set_name(of + "/feedbackSummary");
    auto summary = desk.Ask<v1::FeedbackSummary>("EvaluationService/GetFeedbackSummary", request, Nobody());
    EXPECT_TRUE(summary.ok()) << summary.status();
    return summary.ok() ? *summary : v1::FeedbackSummary();
  }
  std::string Came(const std::string& user) {
    auto booking = Book(session, user, 2);
    EXPECT_TRUE(booking.ok()) << booking.status();
    EXPECT_TRUE(Come(booking->name()).ok());
    return booking->name();
  }

  std::string session;
};

TEST_F(FeedbackServiceTest, OnlyWhoCameSaysSomethingOnce) {
  auto booked = Book(session, "a", 2);
  ASSERT_TRUE(booked.ok());
  EXPECT_EQ(Reason(Give(booked->name(), Says(5), User("a")).status()), "NOT_ATTENDED");
  ASSERT_TRUE(Come(booked->name()).ok());
  EXPECT_EQ(Give(booked->name(), Says(5), User("b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Give(booked->name(), Says(5), kStaff).status().code(), absl::StatusCode::kNotFound)
      << "staff do not speak for visitors";
  EXPECT_THAT(Give(booked->name(), v1::Feedback(), User("a")).status().message(), HasSubstr("ratings"));
  v1::Feedback wrong = Says(6);
  EXPECT_THAT(Give(booked->name(), wrong, User("a")).status().message(), HasSubstr("content"));
  auto given = Give(booked->name(), Says(5, "讲解很好"), User("a"));
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(given->name(), booked->name() + "/feedback");
  EXPECT_EQ(given->remark(), "讲解很好");
  EXPECT_EQ(given->kind(), v1::Booking::FAMILY);
  EXPECT_EQ(Reason(Give(booked->name(), Says(1), User("a")).status()), "ALREADY_EXISTS");
  EXPECT_EQ(Own(booked->name(), User("b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Own(booked->name(), User("a"))->remark(), "讲解很好");
}

TEST_F(FeedbackServiceTest, WhoWalkedInIsNobodysToSpeakFor) {
  auto admit = desk.Named<v1::AdmitRequest>(session);
  admit.mutable_party()->set_adults(2);
  auto walked_in = desk.Ask<v1::Booking>("DoorService/Admit", admit, kStaff);
  ASSERT_TRUE(walked_in.ok());
  EXPECT_EQ(Give(walked_in->name(), Says(5), kStaff).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(FeedbackServiceTest, ASchoolSpeaksByItsTeachers) {
  directory.AddSchool("hill", "yubei");
  auto visit = Class(session, "schools/hill", "3-1", 28);
  ASSERT_TRUE(visit.ok()) << visit.status();
  ASSERT_TRUE(Come(visit->name()).ok());
  const rpc::Principal colleague = {"users/colleague", "", {{"teacher", "schools/hill"}}};
  EXPECT_EQ(Give(visit->name(), Says(4), TeacherOf("schools/town")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(Give(visit->name(), Says(4), colleague).ok());
  auto changed = Change(*Own(visit->name(), TeacherOf("schools/hill")), TeacherOf("schools/hill"));
  EXPECT_TRUE(changed.ok()) << changed.status();
}

TEST_F(FeedbackServiceTest, ItIsChangedUnderItsEtagForAFortnight) {
  const std::string booking = Came("a");
  auto given = Give(booking, Says(5, "好"), User("a"));
  ASSERT_TRUE(given.ok());
  v1::Feedback change = Says(3);
  change.set_name(given->name());
  change.set_etag("9");
  EXPECT_EQ(Reason(Change(change, User("a")).status()), "ETAG_MISMATCH");
  change.set_etag(given->etag());
  EXPECT_EQ(Change(change, User("b")).status().code(), absl::StatusCode::kNotFound);
  auto changed = Change(change, User("a"), {"ratings"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->ratings().content(), 3);
  EXPECT_EQ(changed->remark(), "好") << "what was not named stays";
  change.clear_etag();
  changed = Change(change, User("a"), {"remark"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->remark(), "");
  change.clear_ratings();
  EXPECT_EQ(Change(change, User("a"), {"*"}).status().code(), absl::StatusCode::kInvalidArgument);
  change = Says(1);
  change.set_name(given->name());
  desk.Skip(absl::Hours(14 * 24));
  EXPECT_EQ(Reason(Change(change, User("a")).status()), "FEEDBACK_FINAL");
  change.set_name(booking + "x/feedback");
  EXPECT_FALSE(Change(change, User("a")).ok());
  change.set_name(booking);
  EXPECT_EQ(Change(change, User("a")).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FeedbackServiceTest, AfterAMonthItIsTooLate) {
  const std::string booking = Came("a");
  desk.Skip(absl::Hours(31 * 24));
  EXPECT_EQ(Reason(Give(booking, Says(5), User("a")).status()), "FEEDBACK_CLOSED");
}

TEST_F(FeedbackServiceTest, WordsAreForStaffOfThePlaceAndSealedInTheStore) {
  const std::string secret = "my neighbour Wang was there";
  ASSERT_TRUE(Give(Came("a"), Says(5, secret), User("a")).ok());
  ASSERT_TRUE(Give(Came("b"), Says(2), User("b")).ok());
  ASSERT_TRUE(Give(Came("c"), Says(1, "too loud"), User("c")).ok());
  auto page = All(kStaff, 2);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->feedback(), SizeIs(2));
  EXPECT_EQ(page->feedback(0).remark(), secret);
  EXPECT_EQ(page->feedback(0).name(), "") << "whose it is is nobody's business";
  page = All(kStaff, 2, page->next_page_token());
  ASSERT_THAT(page->feedback(), SizeIs(1));
  EXPECT_EQ(page->feedback(0).remark(), "too loud");
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_EQ(All(Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(All(User("a")).status().code(), absl::StatusCode::kPermissionDenied);
  // Neither the log nor the records hold it in the clear.
  for (uint32_t partition = 0; partition < 64; ++partition) {
    for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000))
      for (const std::string& group : entry.groups) EXPECT_THAT(group, Not(HasSubstr(secret)));
    for (const std::string& key : desk.data.Roots(partition)) {
      for (const auto& [field, bytes] : desk.data.Load(partition, {key, {}, true}).children)
        if (bytes) {
          EXPECT_THAT(*bytes, Not(HasSubstr(secret)));
        }
    }
  }
  // Erasing who wrote it erases what was written.
  ASSERT_EQ(vault->Destroy("users/a"), absl::OkStatus());
  page = All(kStaff);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->feedback(0).remark(), "");
  EXPECT_EQ(page->feedback(0).ratings().content(), 5);
}

TEST_F(FeedbackServiceTest, WithoutAVaultNothingIsSaidInWords) {
  const std::string booking = Came("a");
  desk.vault = nullptr;
  desk.Restart();
  EXPECT_THAT(Give(booking, Says(5, "x"), User("a")).status().message(), HasSubstr("feedback.remark"));
  EXPECT_TRUE(Give(booking, Says(5), User("a")).ok());
}

TEST_F(FeedbackServiceTest, EverybodySeesCountsAndMeansOfFiveOrMore) {
  for (const char* user : {"a", "b", "c", "d"}) ASSERT_TRUE(Give(Came(user), Says(5), User(user)).ok());
  EXPECT_EQ(Summary(session).given(), 4);
  EXPECT_EQ(Summary(session).questions(0).mean(), 0);
  ASSERT_TRUE(Give(Came("e"), Says(3), User("e")).ok());
  EXPECT_DOUBLE_EQ(Summary(session).questions(0).mean(), 4.6);
  // Another session of the event adds to the event alone.
  const std::string first = session;
  session = desk.MakeSession(10, absl::Minutes(40)).name();
  ASSERT_TRUE(Give(Came("f"), Says(1), User("f")).ok());
  EXPECT_EQ(Summary(first).given(), 5);
  EXPECT_EQ(Summary("events/night-of-stars").given(), 6);
  EXPECT_DOUBLE_EQ(Summary("events/night-of-stars").questions(0).mean(), 4);
  const std::string before = Summary("events/night-of-stars").SerializeAsString();
  desk.Restart();
  EXPECT_EQ(Summary("events/night-of-stars").SerializeAsString(), before);
  EXPECT_EQ(Summary(first).given(), 5);
  v1::GetFeedbackSummaryRequest request;
  request.set_name("events/absent/feedbackSummary");
  const char* method = "EvaluationService/GetFeedbackSummary";
  EXPECT_EQ(desk.Ask<v1::FeedbackSummary>(method, request, Nobody()).status().code(),
            absl::StatusCode::kNotFound);
  request.set_name("events/absent");
  EXPECT_EQ(desk.Ask<v1::FeedbackSummary>(method, request, Nobody()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

class EvaluationServiceTest : public ReachTest {
 protected:
  void SetUp() override {
    ReachTest::SetUp();
    v1::UpdateEventRequest request;
    request.mutable_event()->set_name("events/night-of-stars");
    request.mutable_event()->set_large(true);
    request.set_request_id(desk.NextRequestId());
    ASSERT_TRUE(desk.Ask<v1::Event>("UpdateEvent", request, kStaff).ok());
    session = desk.MakeSession(20, absl::Minutes(30)).name();
  }
  absl::StatusOr<v1::Evaluation> Create(const v1::Evaluation& evaluation,
                                        const rpc::Principal& caller = kStaff) {
    v1::CreateEvaluationRequest request;
    *request.mutable_evaluation() = evaluation;
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Evaluation>("EvaluationService/CreateEvaluation", request, caller);
  }
  static v1::Evaluation Record() {
    v1::Evaluation evaluation;
    evaluation.set_event("events/night-of-stars");
    evaluation.mutable_summary()->set_zh("顺利");
    evaluation.mutable_problems()->set_zh("雨");
    evaluation.mutable_lessons()->set_zh("备雨棚");
    return evaluation;
  }
  absl::StatusOr<v1::Evaluation> File(bool validate_only = false, const rpc::Principal& caller = kStaff) {
    auto request = desk.Named<v1::FileEvaluationRequest>("evaluations/night-of-stars");
    request.set_validate_only(validate_only);
    return desk.Ask<v1::Evaluation>("EvaluationService/FileEvaluation", request, caller);
  }
  absl::StatusOr<v1::Evaluation> Get(const rpc::Principal& caller) {
    v1::GetEvaluationRequest request;
    request.set_name("evaluations/night-of-stars");
    return desk.Ask<v1::Evaluation>("EvaluationService/GetEvaluation", request, caller);
  }
  std::vector<v1::MissingEvaluation> Missing(const rpc::Principal& caller, const std::string& district,
                                             bool awaited = false) {
    v1::ListMissingEvaluationsRequest request;
    request.set_district(district);
    request.set_show_awaited(awaited);
    auto page = desk.Ask<v1::ListMissingEvaluationsResponse>("EvaluationService/ListMissingEvaluations",
                                                             request, caller);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->evaluations().begin(), page->evaluations().end()};
  }
  v1::Event EventNow() {
    v1::GetEventRequest request;
    request.set_name("events/night-of-stars");
    return *desk.Ask<v1::Event>("GetEvent", request, Nobody());
  }
  absl::Status Retire() {
    return desk
        .Ask<v1::Event>("RetireEvent", desk.Named<v1::RetireEventRequest>("events/night-of-stars"), kStaff)
        .status();
  }

  std::string session;
};

TEST_F(EvaluationServiceTest, ALargeEventEndsWithItsRecord) {
  auto a = Book(session, "a", 3), b = Book(session, "b", 2), gone = Book(session, "c", 4);
  ASSERT_TRUE(a.ok() && b.ok() && gone.ok());
  v1::Party fewer;
  fewer.set_adults(1);
  ASSERT_TRUE(Come(a->name(), fewer).ok());
  ASSERT_TRUE(Come(b->name()).ok());
  v1::Evaluation bare;
  bare.set_event("events/night-of-stars");
  auto created = Create(bare);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), "evaluations/night-of-stars");
  EXPECT_EQ(created->state(), v1::Evaluation::DRAFT);
  EXPECT_EQ(Reason(Create(bare).status()), "ALREADY_EXISTS");
  EXPECT_EQ(Reason(File().status()), "EVENT_NOT_OVER");
  EXPECT_THAT(Missing(kCityOffice, "", true), SizeIs(0)) << "it still runs";
  desk.Skip(absl::Hours(3));
  EXPECT_EQ(Reason(File().status()), "EVALUATION_INCOMPLETE");
  EXPECT_EQ(Reason(Retire()), "EVALUATION_NEEDED");
  EXPECT_THAT(Missing(kCityOffice, ""), SizeIs(0)) << "its time is not up";
  const auto awaited = Missing(DistrictOffice("districts/yubei"), "districts/yubei", true);
  ASSERT_THAT(awaited, SizeIs(1));
  EXPECT_EQ(awaited[0].evaluation(), "evaluations/night-of-stars");
  EXPECT_FALSE(awaited[0].overdue());
  desk.Skip(absl::Hours(30 * 24));
  EXPECT_THAT(Missing(kCityOffice, ""), SizeIs(1));
  EXPECT_TRUE(Missing(kCityOffice, "")[0].overdue());

  v1::UpdateEvaluationRequest update;
  *update.mutable_evaluation() = Record();
  update.mutable_evaluation()->set_name("evaluations/night-of-stars");
  update.mutable_evaluation()->mutable_declared()->set_visits(5000);
  update.set_request_id(desk.NextRequestId());
  const char* method = "EvaluationService/UpdateEvaluation";
  EXPECT_THAT(desk.Ask<v1::Evaluation>(method, update, kStaff).status().message(),
              HasSubstr("declared.basis"));
  update.mutable_evaluation()->mutable_declared()->mutable_basis()->set_zh("估计");
  update.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Evaluation>(method, update, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(desk.Ask<v1::Evaluation>(method, update, kStaff).ok());
  auto preview = File(true);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->counted().attendance().person_visits(), 3);
  EXPECT_EQ(Get(kStaff)->state(), v1::Evaluation::DRAFT) << "only looked at";
  auto filed = File();
  ASSERT_TRUE(filed.ok()) << filed.status();
  EXPECT_EQ(filed->state(), v1::Evaluation::FILED);
  EXPECT_EQ(filed->counted().attendance().person_visits(), 3);
  EXPECT_EQ(filed->counted().attendance().bookings(), 2);
  EXPECT_EQ(filed->counted().sessions_held(), 1);
  EXPECT_EQ(filed->counted().capacity(), 20);
  EXPECT_EQ(filed->declared().visits(), 5000) << "beside it, never in it";
  EXPECT_TRUE(EventNow().has_evaluate_time());
  EXPECT_THAT(Missing(kCityOffice, "", true), SizeIs(0));
  EXPECT_EQ(Retire(), absl::OkStatus());

  // What was declared stands beside what was counted, on the day on which the event ended.
  const v1::ListAttendanceResponse rows = Attendance(v1::BY_EVENT);
  ASSERT_THAT(rows.rows(), SizeIs(1));
  EXPECT_EQ(rows.rows(0).counted().person_visits(), 3);
  EXPECT_EQ(rows.rows(0).declared().visits(), 5000);
  EXPECT_EQ(rows.total().counted().person_visits(), 3);
  const v1::ListAttendanceResponse kinds = Attendance(v1::BY_KIND);
  ASSERT_THAT(kinds.rows(), SizeIs(2));
  EXPECT_EQ(kinds.rows(0).key(), "") << "of which kind they were nobody declared";
  EXPECT_EQ(kinds.rows(0).counted().person_visits(), 0);
  EXPECT_EQ(kinds.rows(0).declared().visits(), 5000);
  EXPECT_EQ(kinds.rows(1).declared().visits(), 0);
}

TEST_F(EvaluationServiceTest, OnlyThoseConcernedSeeAndChangeIt) {
  v1::Evaluation absent = Record();
  absent.set_event("events/absent");
  EXPECT_EQ(Create(absent).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Create(Record(), Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Create(Record(), User("a")).status().code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Create(Record()).ok());
  EXPECT_EQ(File(false, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  const rpc::Principal unit = {"users/u", "", {{"department", "organizations/science-association"}}};
  EXPECT_TRUE(Get(DistrictOffice("districts/yubei")).ok());
  EXPECT_TRUE(Get(unit).ok());
  EXPECT_TRUE(Get(kCityOffice).ok());
  EXPECT_EQ(Get(DistrictOffice("districts/wanzhou")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Get(Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  const auto listed = [&](const rpc::Principal& caller, const std::string& district = "") {
    v1::ListEvaluationsRequest request;
    request.set_district(district);
    request.set_state(v1::Evaluation::DRAFT);
    return desk.Ask<v1::ListEvaluationsResponse>("EvaluationService/ListEvaluations", request, caller)
        ->evaluations_size();
  };
  EXPECT_EQ(listed(kStaff), 1);
  EXPECT_EQ(listed(DistrictOffice("districts/yubei")), 1);
  EXPECT_EQ(listed(DistrictOffice("districts/wanzhou")), 0);
  EXPECT_EQ(listed(kCityOffice, "districts/wanzhou"), 0);
  v1::ListMissingEvaluationsRequest missing;
  missing.set_district("districts/wanzhou");
  const char* method = "EvaluationService/ListMissingEvaluations";
  EXPECT_EQ(desk.Ask<v1::ListMissingEvaluationsResponse>(method, missing, DistrictOffice("districts/yubei"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

TEST_F(EvaluationServiceTest, WhatADeviceTellsLaterIsInTheNextFiling) {
  auto a = Book(session, "a", 3);
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(Create(Record()).ok());
  v1::GetEntryCodeRequest entry;
  entry.set_name(a->name() + "/entryCode");
  const std::string code = desk.Ask<v1::EntryCode>("DoorService/GetEntryCode", entry, kStaff)->code();
  const absl::Time then = desk.clock.Now() + absl::Minutes(40);
  desk.Skip(absl::Hours(3));
  EXPECT_EQ(File()->counted().attendance().person_visits(), 0);
  EXPECT_TRUE(Visits(v1::BY_EVENT).empty());
  auto merge = desk.Named<v1::MergeDoorRequest>(session);
  merge.set_device("gate");
  v1::DoorRecord* record = merge.add_records();
  record->set_id("r1");
  record->set_act(v1::DoorRecord::ARRIVED);
  record->set_code(code);
  calendar::SetMicros(absl::ToUnixMicros(then), record->mutable_time());
  auto merged = desk.Ask<v1::MergeDoorResponse>("DoorService/MergeDoor", merge, kStaff);
  ASSERT_TRUE(merged.ok()) << merged.status();
  ASSERT_EQ(merged->records(0).outcome(), v1::DoorRecord::TAKEN);
  EXPECT_EQ(Visits(v1::BY_EVENT)["events/night-of-stars"], 3);
  EXPECT_EQ(Get(kStaff)->counted().attendance().person_visits(), 0) << "frozen";
  EXPECT_EQ(File()->counted().attendance().person_visits(), 3);
}

}  // namespace
}  // namespace kepu::event
