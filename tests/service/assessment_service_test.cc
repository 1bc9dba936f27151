// Duties and yearly assessments through the handlers: who may do what, what is counted, and what becomes of
// the title and the venue.
#include "tests/service/title_desk.h"

namespace kepu::venue {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Title;
using v1::YearlyAssessment;

constexpr char kAssessments[] = "AssessmentService";

class AssessmentServiceTest : public TitleServiceTest {
 protected:
  AssessmentServiceTest() {
    Title title = MakeTitle(v1::TITLE_LEVEL_MUNICIPAL);
    *title.mutable_name_date() = ToDate(D("2024-01-10"));
    const auto registered = Register(title);
    EXPECT_TRUE(registered.ok()) << registered.status();
    name_ = registered->name();
  }
  absl::StatusOr<YearlyAssessment> Submit(int year, const rpc::Principal& caller = kAdmin) {
    v1::SubmitBaseReportRequest request;
    request.set_parent(name_);
    request.set_year(year);
    request.mutable_declared()->set_visitors(120000);
    request.mutable_declared()->set_full_time_staff(10);
    request.mutable_declared()->set_staff_with_degree(9);
    request.set_statement("自评");
    return Do<YearlyAssessment>("SubmitBaseReport", request, caller, kAssessments);
  }
  template <class Request>
  absl::StatusOr<YearlyAssessment> Judge(const char* method, const rpc::Principal& caller,
                                         Request request = {}, int year = 2025) {
    request.set_name(absl::StrCat(name_, "/assessments/", year));
    return Do<YearlyAssessment>(method, request, caller, kAssessments);
  }
  absl::StatusOr<YearlyAssessment> Review(const rpc::Principal& caller) {
    v1::ReviewBaseReportRequest request;
    request.set_comment("属实");
    return Judge("ReviewBaseReport", caller, request);
  }
  absl::StatusOr<YearlyAssessment> Assess(v1::AssessmentResult result, const rpc::Principal& caller = kCity,
                                          int year = 2025) {
    v1::AssessBaseRequest request;
    request.set_result(result);
    request.set_opinion("联审意见");
    if (result == v1::ASSESSMENT_RESULT_RECTIFY) *request.mutable_rectify_by_date() = ToDate(D("2026-06-30"));
    return Judge("AssessBase", caller, request, year);
  }
  absl::StatusOr<YearlyAssessment> Publish(const rpc::Principal& caller,
                                           v1::PublishAssessmentRequest request = {}) {
    return Judge("PublishAssessment", caller, request);
  }
  absl::StatusOr<YearlyAssessment> Look(const rpc::Principal& caller) {
    v1::GetAssessmentRequest request;
    request.set_name(name_ + "/assessments/2025");
    return Read<YearlyAssessment>("GetAssessment", request, caller, kAssessments);
  }
  std::string name_;
};

TEST_F(AssessmentServiceTest, DutiesAreCountedFromFacts) {
  v1::UpdateVenueRequest update;
  update.mutable_venue()->set_name("venues/cqstm");
  auto* free = update.mutable_venue()->add_free_days();
  *free->mutable_first_date() = ToDate(D("2026-05-16"));
  *free->mutable_last_date() = ToDate(D("2026-05-24"));
  free->set_audience(v1::Venue::FreeDays::ALL);
  ASSERT_TRUE(Change<v1::Venue>("UpdateVenue", update, kAdmin).ok());
  v1::UpdateHolidayCalendarRequest calendar;
  calendar.mutable_holiday_calendar()->set_name("calendars/2026");
  auto* week = calendar.mutable_holiday_calendar()->add_campaign_windows();
  week->set_code("science-week");
  *week->mutable_first_date() = ToDate(D("2026-05-16"));
  *week->mutable_last_date() = ToDate(D("2026-05-22"));
  ASSERT_TRUE(Change<v1::HolidayCalendar>("UpdateHolidayCalendar", calendar, kCity).ok());
  v1::GetDutiesRequest request;
  request.set_name(name_);
  const auto ask = [&](const rpc::Principal& caller) {
    return Read<v1::TitleDuties>("GetDuties", request, caller, kAssessments);
  };
  const auto duties = ask(kNobody);
  ASSERT_TRUE(duties.ok()) << duties.status();
  ASSERT_THAT(duties->duties(), SizeIs(3));
  EXPECT_FALSE(duties->provisional());
  EXPECT_EQ(duties->duties(0).planned(), 313);
  EXPECT_EQ(duties->duties(1).planned(), 8) << "nine days less a Monday";
  EXPECT_EQ(duties->duties(2).required(), 6);
  EXPECT_TRUE(duties->duties(2).will_be_met());
  request.set_year(2025);
  EXPECT_TRUE(ask(kNobody)->provisional());
  request.set_year(1990);
  EXPECT_EQ(ask(kNobody).status().code(), absl::StatusCode::kInvalidArgument);
  const auto applied = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT));
  request.set_name(applied->name());
  request.clear_year();
  EXPECT_EQ(ask(kVisitor).status(), refusal::NotFound(applied->name()));
  EXPECT_THAT(ask(kAdmin)->duties(), IsEmpty());
}

TEST_F(AssessmentServiceTest, FromTheReportToTheResult) {
  EXPECT_EQ(Submit(2025, kStaff).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Submit(2023).status().code(), absl::StatusCode::kInvalidArgument);
  const auto submitted = Submit(2025);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->duties_size(), 2) << "no campaign is known of that year";
  EXPECT_EQ(Look(kVisitor).status(), refusal::NotFound(submitted->name()));
  EXPECT_EQ(Look(kOtherDistrict).status(), refusal::NotFound(submitted->name()));
  EXPECT_EQ(Look(kAdmin)->statement(), "自评");
  EXPECT_EQ(Review(kOtherDistrict).status(), refusal::NotFound(submitted->name()));
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_QUALIFIED).status()), "ASSESSMENT_STATE");
  ASSERT_TRUE(Review(kDistrict).ok());
  EXPECT_EQ(Reason(Submit(2025).status()), "ASSESSMENT_STATE");
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_RECTIFY, kDistrict).status().code(),
            absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_RECTIFY).ok());
  v1::ObjectToAssessmentRequest object;
  object.set_text("数据有误");
  ASSERT_TRUE(Judge("ObjectToAssessment", kAdmin, object).ok());
  EXPECT_EQ(Reason(Judge("ObjectToAssessment", kAdmin, object).status()), "ASSESSMENT_OBJECTED");
  EXPECT_EQ(Reason(Publish(kCity).status()), "ASSESSMENT_COMMENTS_OPEN");
  Wait(absl::Hours(24 * 7));
  EXPECT_EQ(Publish(kCity).status().code(), absl::StatusCode::kInvalidArgument);
  v1::PublishAssessmentRequest publish;
  publish.set_answer("维持");
  const auto published = Publish(kCity, publish);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->objection(), "数据有误");
  const auto seen = Look(kVisitor);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->result(), v1::ASSESSMENT_RESULT_RECTIFY);
  EXPECT_EQ(seen->objection() + seen->statement() + seen->answer(), "") << "papers stay inside";
  EXPECT_EQ(Get(name_)->state(), Title::RECTIFYING);
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_MUNICIPAL) << "still in force";
  Wait(absl::Hours(24 * 115));
  EXPECT_EQ(Get(name_)->state(), Title::RECTIFICATION_OVERDUE) << "by itself";
  v1::ConfirmRectificationRequest confirm;
  confirm.set_comment("已整改");
  EXPECT_EQ(Step("ConfirmRectification", name_, kDistrict, confirm).status().code(),
            absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Step("ConfirmRectification", name_, kCity, confirm).ok());
  EXPECT_EQ(Reason(Step("ConfirmRectification", name_, kCity, confirm).status()), "TITLE_STATE");
  EXPECT_EQ(Get(name_)->state(), Title::NAMED);
}

TEST_F(AssessmentServiceTest, WhoDoesNotReportMayLoseTheTitle) {
  ASSERT_TRUE(Schedule("2026-04-01", "2026-05-20").ok());
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_REVOKE, kCity, 2026).status()), "ASSESSMENT_REPORT_MISSING");
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_REVOKE).ok());
  Wait(absl::Hours(24 * 7));
  ASSERT_TRUE(Publish(kCity).ok());
  EXPECT_EQ(Get(name_)->state(), Title::REVOKED);
  EXPECT_EQ(Venue()->base_level(), v1::BASE_LEVEL_REVOKED);
  v1::GetTitleLossesRequest losses;
  losses.set_name(name_);
  EXPECT_EQ(Read<v1::TitleLosses>("GetTitleLosses", losses, kAdmin)->hit_count(), 1);
  v1::UpdateVenueRequest update;
  update.mutable_venue()->set_name("venues/cqstm");
  update.mutable_venue()->set_daily_capacity(9000);
  EXPECT_EQ(Change<v1::Venue>("UpdateVenue", update, kAdmin)->base_level(), v1::BASE_LEVEL_REVOKED)
      << "answers of changes show it too";
}

TEST_F(AssessmentServiceTest, ListsShowWhatTheCallerMaySee) {
  ASSERT_TRUE(Submit(2025).ok());
  ASSERT_TRUE(Submit(0).ok()) << "this year";
  v1::ListAssessmentsRequest list;
  list.set_parent(name_);
  const auto count = [&](const rpc::Principal& caller) {
    return Read<v1::ListAssessmentsResponse>("ListAssessments", list, caller, kAssessments)
        ->assessments_size();
  };
  EXPECT_EQ(count(kAdmin), 2);
  EXPECT_EQ(count(kDistrict), 2);
  EXPECT_EQ(count(kNobody), 0);
  ASSERT_TRUE(Review(kDistrict).ok());
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_QUALIFIED).ok());
  Wait(absl::Hours(24 * 7));
  ASSERT_TRUE(Publish(kCity).ok());
  EXPECT_EQ(count(kNobody), 1);
  list.set_page_size(1);
  const auto first = Read<v1::ListAssessmentsResponse>("ListAssessments", list, kAdmin, kAssessments);
  EXPECT_EQ(first->assessments(0).year(), 2026) << "the newest first";
  list.set_page_token(first->next_page_token());
  const auto second = Read<v1::ListAssessmentsResponse>("ListAssessments", list, kAdmin, kAssessments);
  EXPECT_EQ(second->assessments(0).year(), 2025);
  EXPECT_EQ(second->next_page_token(), "");
  v1::ListAssessmentsRequest all;
  all.set_parent("titles/-");
  const auto everywhere = [&](const rpc::Principal& caller) {
    return Read<v1::ListAssessmentsResponse>("ListAssessments", all, caller, kAssessments)
        ->assessments_size();
  };
  EXPECT_EQ(everywhere(kNobody), 1);
  EXPECT_EQ(everywhere(kDistrict), 2);
  EXPECT_EQ(everywhere(kOtherDistrict), 1);
  all.set_state(YearlyAssessment::SUBMITTED);
  EXPECT_EQ(everywhere(kDistrict), 1) << "what is to be done";
  all.add_districts("districts/yubei");
  EXPECT_EQ(everywhere(kDistrict), 0);
  all.clear_districts();
  all.clear_state();
  all.set_result(v1::ASSESSMENT_RESULT_QUALIFIED);
  all.set_year(2025);
  EXPECT_EQ(everywhere(kCity), 1);
  v1::CountAssessmentsRequest results;
  const auto counted = Read<v1::CountAssessmentsResponse>("CountAssessments", results, kNobody, kAssessments);
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_EQ(counted->year(), 2025);
  ASSERT_THAT(counted->rows(), SizeIs(1));
  EXPECT_EQ(counted->rows(0).count(), 1);
  results.set_year(2026);
  EXPECT_EQ(Read<v1::CountAssessmentsResponse>("CountAssessments", results, kNobody, kAssessments)->total(),
            0)
      << "only what is published";
  list.set_parent("titles/absent");
  EXPECT_EQ(Read<v1::ListAssessmentsResponse>("ListAssessments", list, kCity, kAssessments).status(),
            refusal::NotFound("titles/absent"));
  Restart();
  list.Clear();
  list.set_parent(name_);
  EXPECT_EQ(count(kNobody), 1) << "as before the restart";
}

}  // namespace
}  // namespace kepu::venue
