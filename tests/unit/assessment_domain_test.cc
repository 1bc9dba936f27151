// The decisions of a yearly assessment, from the report to what its result does to the title; and what a
// title demands of its venue.
#include "services/venue/domain/assessments.h"

#include <random>

#include "services/venue/domain/duties.h"
#include "tests/unit/title_desk.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Title;
using v1::YearlyAssessment;

class Assessments : public ::testing::Test {
 protected:
  Assessments() { Enter("t", v1::TITLE_LEVEL_MUNICIPAL); }
  ~Assessments() override { desk_.Fold(); }

  void Enter(const std::string& id, v1::TitleLevel level, Title::Kind kind = Title::SCIENCE_BASE) {
    Title title;
    title.set_holder("venues/cqstm");
    title.set_kind(kind);
    title.set_level(level);
    title.set_district("districts/jiangbei");
    title.set_category(v1::BASE_CATEGORY_VENUE);
    title.mutable_display_name()->set_zh("称号");
    *title.mutable_name_date() = ToDate(D("2025-06-01"));
    EXPECT_TRUE(desk_
                    .Do([&](const TitlesState& state) {
                      return DecideRegister(state, id, title, v1::BASE_CATEGORY_UNSPECIFIED, Office::kCity,
                                            now_);
                    })
                    .ok());
  }
  absl::Status Submit(int year = 2025, int degrees = 3, const std::string& title = "t") {
    v1::SubmitBaseReportRequest request;
    request.mutable_declared()->set_full_time_staff(5);
    request.mutable_declared()->set_staff_with_degree(degrees);
    request.mutable_declared()->set_visitors(80000);
    v1::TitleDuties counted;
    auto* duty = counted.add_duties();
    duty->set_code("OPEN_DAYS");
    duty->set_reached(260);
    return desk_.Do([&](const TitlesState& state) {
      return DecideSubmit(state, {title, year}, request, counted, now_);
    });
  }
  absl::Status Review(int year = 2025) {
    return desk_.Do([&](const TitlesState& state) {
      return DecideReviewReport(state, {"t", year}, {}, now_);
    });
  }
  absl::Status Assess(v1::AssessmentResult result, absl::string_view rectify_by = "", int year = 2025,
                      Office office = Office::kCity, absl::string_view comments = "") {
    v1::AssessBaseRequest request;
    request.set_result(result);
    request.set_opinion("意见");
    if (!rectify_by.empty()) *request.mutable_rectify_by_date() = ToDate(D(rectify_by));
    if (!comments.empty()) *request.mutable_comment_last_date() = ToDate(D(comments));
    return desk_.Do([&](const TitlesState& state) {
      return DecideAssess(state, {"t", year}, request, office, now_);
    });
  }
  absl::Status Object(const std::string& text = "有异议") {
    v1::ObjectToAssessmentRequest request;
    request.set_text(text);
    return desk_.Do([&](const TitlesState& state) {
      return DecideObjectToAssessment(state, {"t", 2025}, request, now_);
    });
  }
  absl::Status Publish(v1::PublishAssessmentRequest request = {}, Office office = Office::kCity,
                       int year = 2025) {
    return desk_.Do([&](const TitlesState& state) {
      return DecidePublish(state, {"t", year}, request, office, now_);
    });
  }
  const YearlyAssessment& Get(int year = 2025) { return **FindAssessment(desk_.state(), {"t", year}); }
  Title::State TitleState() { return (*FindTitle(desk_.state(), "t"))->state(); }
  void Reviewed() {
    ASSERT_TRUE(Submit().ok());
    ASSERT_TRUE(Review().ok());
  }

  absl::Time now_ = T("2026-03-02", 8);
  TitleDesk desk_;
};

TEST_F(Assessments, ReportsAreCountedAndMarked) {
  EXPECT_EQ(Submit(2024).code(), absl::StatusCode::kInvalidArgument) << "before it was given";
  EXPECT_EQ(Submit(2027).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Submit(2025, 6).code(), absl::StatusCode::kInvalidArgument) << "more degrees than staff";
  ASSERT_TRUE(Submit().ok());
  std::map<YearlyAssessment::Figure::Code, std::pair<int64_t, bool>> figures;
  for (const auto& figure : Get().figures())
    figures[figure.code()] = {figure.value(), figure.self_reported()};
  EXPECT_EQ(figures[YearlyAssessment::Figure::OPEN_DAYS], std::pair(int64_t{260}, false));
  EXPECT_EQ(figures[YearlyAssessment::Figure::VISITORS], std::pair(int64_t{80000}, true));
  EXPECT_EQ(figures[YearlyAssessment::Figure::STAFF_WITH_DEGREE], std::pair(int64_t{3}, true));
  ASSERT_TRUE(Submit(2025, 4).ok()) << "replaced while nobody has looked at it";
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Reason(Submit()), "ASSESSMENT_STATE");
  EXPECT_EQ(Reason(Review()), "ASSESSMENT_STATE");
  EXPECT_EQ(Review(2026).code(), absl::StatusCode::kNotFound);
  Enter("w", v1::TITLE_LEVEL_MUNICIPAL, Title::COMMENDATION);
  EXPECT_EQ(Reason(Submit(2025, 1, "w")), "TITLE_NOT_ASSESSED");
  EXPECT_EQ(Submit(2025, 1, "absent").code(), absl::StatusCode::kNotFound);
}

TEST_F(Assessments, QualifiedChangesNothing) {
  ASSERT_TRUE(Submit().ok());
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_QUALIFIED)), "ASSESSMENT_STATE") << "the district first";
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_QUALIFIED, "", 2025, Office::kDistrict).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_EXCELLENT).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_QUALIFIED, "", 2025, Office::kCity, "2026-03-07").code(),
            absl::StatusCode::kInvalidArgument)
      << "six days";
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_QUALIFIED).ok());
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_QUALIFIED)), "ASSESSMENT_STATE");
  const absl::Status early = Publish();
  EXPECT_EQ(Reason(early), "ASSESSMENT_COMMENTS_OPEN");
  EXPECT_EQ(Param(early, "until"), "2026-03-08");
  now_ = T("2026-03-09");
  EXPECT_EQ(Reason(Object()), "ASSESSMENT_COMMENTS_CLOSED");
  EXPECT_EQ(Publish({}, Office::kDistrict).code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(Reason(Publish()), "ASSESSMENT_STATE");
  EXPECT_EQ(Reason(Object()), "ASSESSMENT_STATE");
  EXPECT_EQ(TitleState(), Title::NAMED);
}

TEST_F(Assessments, RectifyThenOverdueThenLost) {
  Reviewed();
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_RECTIFY).code(), absl::StatusCode::kInvalidArgument) << "until when";
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_RECTIFY, "2026-03-08").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Assess(v1::ASSESSMENT_RESULT_RECTIFY, "2027-12-30").code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_RECTIFY, "2026-12-30").ok());
  EXPECT_EQ(TitleState(), Title::NAMED) << "not before it is published";
  now_ = T("2027-01-05");
  EXPECT_EQ(Publish().code(), absl::StatusCode::kInvalidArgument) << "the day has passed meanwhile";
  now_ = T("2026-03-09");
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(TitleState(), Title::RECTIFYING);
  EXPECT_EQ(NextDue(desk_.state()), T("2026-12-31"));
  now_ = T("2026-12-31");
  EXPECT_EQ(desk_.RunDue(now_), 1);
  EXPECT_EQ(TitleState(), Title::RECTIFICATION_OVERDUE);
  v1::RevokeTitleRequest revoke;
  ASSERT_TRUE(
      desk_
          .Do([&](const TitlesState& state) { return DecideRevoke(state, "t", revoke, Office::kCity, now_); })
          .ok());
  EXPECT_EQ(Reason(Submit(2026)), "TITLE_STATE");
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_QUALIFIED, "", 2026)), "TITLE_STATE");
}

TEST_F(Assessments, AnObjectionIsAnsweredAndMayChangeTheResult) {
  Reviewed();
  EXPECT_EQ(Reason(Object()), "ASSESSMENT_STATE");
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_REVOKE).ok());
  ASSERT_TRUE(Object().ok());
  EXPECT_EQ(Reason(Object()), "ASSESSMENT_OBJECTED");
  now_ = T("2026-03-09");
  EXPECT_EQ(Publish().code(), absl::StatusCode::kInvalidArgument) << "it needs an answer";
  v1::PublishAssessmentRequest request;
  request.set_answer("采纳，限期整改");
  request.set_result(v1::ASSESSMENT_RESULT_RECTIFY);
  EXPECT_EQ(Publish(request).code(), absl::StatusCode::kInvalidArgument) << "until when";
  *request.mutable_rectify_by_date() = ToDate(D("2026-09-30"));
  ASSERT_TRUE(Publish(request).ok());
  EXPECT_EQ(Get().result(), v1::ASSESSMENT_RESULT_RECTIFY);
  EXPECT_EQ(TitleState(), Title::RECTIFYING);
}

TEST_F(Assessments, WhoDoesNotReportIsAssessedWhenTheYearIsOver) {
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_REVOKE, "", 2026)), "ASSESSMENT_REPORT_MISSING");
  EXPECT_EQ(Reason(Assess(v1::ASSESSMENT_RESULT_REVOKE, "", 2024)), "ASSESSMENT_REPORT_MISSING")
      << "it had no title then";
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_REVOKE).ok());
  EXPECT_TRUE(Get().report_missing());
  EXPECT_EQ(Reason(Submit()), "ASSESSMENT_STATE") << "too late";
  now_ = T("2026-03-09");
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(TitleState(), Title::REVOKED);
  EXPECT_EQ((*FindTitle(desk_.state(), "t"))->end_date().day(), 9);
  EXPECT_THAT(desk_.state().head().live(), IsEmpty());
}

TEST_F(Assessments, APublishedResultOfALostTitleChangesNothingMore) {
  Reviewed();
  ASSERT_TRUE(Assess(v1::ASSESSMENT_RESULT_RECTIFY, "2026-12-30").ok());
  v1::RevokeTitleRequest revoke;
  ASSERT_TRUE(
      desk_
          .Do([&](const TitlesState& state) { return DecideRevoke(state, "t", revoke, Office::kCity, now_); })
          .ok());
  now_ = T("2026-03-09");
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(TitleState(), Title::REVOKED);
}

TEST(AssessmentNames, AreATitleAndAYear) {
  const auto id = ParseAssessment("name", "titles/abc/assessments/2026");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->title, "abc");
  EXPECT_EQ(id->year, 2026);
  EXPECT_EQ(AssessmentName(id->title, id->year), "titles/abc/assessments/2026");
  for (const char* bad : {"titles/abc", "titles/abc/assessments/", "titles/abc/assessments/26",
                          "titles/abc/assessments/20266", "titles/ABC/assessments/2026", "assessments/2026",
                          "titles/abc/assessments/+026", "titles/abc/assessments/1900"})
    EXPECT_EQ(ParseAssessment("name", bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
}

class Duties : public VenueDomain {
 protected:
  v1::TitleDuties Of(v1::TitleLevel level, v1::BaseCategory category, absl::string_view today,
                     int year = 2026) {
    Title title;
    title.set_name("titles/t");
    title.set_kind(Title::SCIENCE_BASE);
    title.set_level(level);
    title.set_category(category);
    const auto days = DaysOfYear(desk_.state(), kVenue, holidays_, year);
    return DutiesOf(title, **FindVenue(desk_.state(), kVenue), *days, campaigns_, year, D(today));
  }
  void Free(absl::string_view first, absl::string_view last) {
    v1::Venue update = **FindVenue(desk_.state(), kVenue);
    update.clear_etag();
    auto* free = update.add_free_days();
    *free->mutable_first_date() = ToDate(D(first));
    *free->mutable_last_date() = ToDate(D(last));
    free->set_audience(v1::Venue::FreeDays::YOUTH);
    ASSERT_TRUE(
        desk_.Do([&](const VenueState& state) { return UpdateVenue(state, update, {"free_days"}, now_); })
            .ok());
  }
  std::vector<Campaign> campaigns_{{"science-week", D("2026-05-18"), D("2026-05-24")},
                                   {"science-day", D("2026-09-19"), D("2026-09-19")}};
};

TEST_F(Duties, BindMunicipalVenueBasesSinceTheMeasures) {
  EXPECT_THAT(Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, "2026-03-02").duties(), SizeIs(4));
  EXPECT_THAT(Of(v1::TITLE_LEVEL_DISTRICT, v1::BASE_CATEGORY_VENUE, "2026-03-02").duties(), IsEmpty());
  EXPECT_THAT(Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_MEDIA, "2026-03-02").duties(), IsEmpty());
  EXPECT_THAT(Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, "2014-03-02", 2014).duties(), IsEmpty());
}

TEST_F(Duties, OpenDaysReachedPlannedAndStillPossible) {
  auto open = [&](absl::string_view today) {
    return Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, today).duties(0);
  };
  v1::Duty duty = open("2026-03-02");
  EXPECT_EQ(duty.code(), "OPEN_DAYS");
  EXPECT_EQ(duty.required(), 250);
  EXPECT_EQ(duty.reached(), 52);
  EXPECT_EQ(duty.planned(), 313);
  EXPECT_TRUE(!duty.met() && duty.will_be_met() && duty.can_be_met());
  EXPECT_TRUE(open("2026-12-31").met());
  ASSERT_TRUE(Close("k", T("2026-03-03"), T("2026-06-01")).ok());
  duty = open("2026-03-02");
  EXPECT_FALSE(duty.will_be_met());
  EXPECT_TRUE(duty.can_be_met()) << "if it opened after all";
  EXPECT_FALSE(open("2026-10-15").can_be_met());
}

TEST_F(Duties, FreeDaysCountWhereItIsOpen) {
  Free("2026-01-05", "2026-01-11");  // Monday to Sunday: shut on the Monday
  Free("2026-01-10", "2026-01-12");  // two days again, and a Monday
  Free("2026-05-18", "2026-05-22");
  Free("2026-09-19", "2026-09-19");
  const v1::TitleDuties duties = Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, "2026-05-20");
  const v1::Duty& youth = duties.duties(1);
  EXPECT_EQ(youth.reached(), 6 + 2);
  EXPECT_EQ(youth.planned(), 6 + 4 + 1);
  EXPECT_FALSE(youth.will_be_met());
  EXPECT_TRUE(youth.can_be_met());
  const v1::Duty& week = duties.duties(2);
  EXPECT_EQ(week.campaign(), "science-week");
  EXPECT_EQ(week.required(), 6) << "a Monday in it is shut";
  EXPECT_EQ(week.reached(), 2);
  EXPECT_EQ(week.planned(), 4) << "not the weekend";
  EXPECT_TRUE(!week.met() && !week.will_be_met() && week.can_be_met());
  EXPECT_TRUE(duties.duties(3).will_be_met());
  const auto later = Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, "2026-05-23");
  EXPECT_FALSE(later.duties(2).can_be_met()) << "the Saturday cost money";
  ASSERT_TRUE(Close("k", T("2026-09-19"), T("2026-09-20")).ok());
  const auto shut = Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, "2026-09-20");
  EXPECT_EQ(shut.duties(3).required(), 1);
  EXPECT_FALSE(shut.duties(3).met()) << "being shut is not being free";
  EXPECT_FALSE(shut.duties(3).can_be_met());
}

// Whatever is declared free and closed: never more reached than planned, nothing met that cannot be met, and
// what the day-by-day count says.
TEST_F(Duties, RandomYearsKeepTheirOrder) {
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 25; ++i) {
    const absl::CivilDay free = D("2026-01-01") + static_cast<int>(random() % 350);
    Free(calendar::FormatDate(free), calendar::FormatDate(free + static_cast<int>(random() % 5)));
    const absl::CivilDay shut = D("2026-03-03") + static_cast<int>(random() % 290);
    ASSERT_TRUE(Close(absl::StrCat("k", i), calendar::At(shut), calendar::At(shut + 3)).ok());
    const absl::CivilDay today = D("2026-01-01") + static_cast<int>(random() % 365);
    const auto duties = Of(v1::TITLE_LEVEL_MUNICIPAL, v1::BASE_CATEGORY_VENUE, calendar::FormatDate(today));
    const auto days = DaysOfYear(desk_.state(), kVenue, holidays_, 2026);
    int open = 0, youth = 0;
    for (const YearDay& day : *days) {
      open += day.open ? 1 : 0;
      youth += day.open && IsFreeForYouth(**FindVenue(desk_.state(), kVenue), day.date) ? 1 : 0;
    }
    EXPECT_EQ(duties.duties(0).planned(), open);
    EXPECT_EQ(duties.duties(1).planned(), youth);
    for (const v1::Duty& duty : duties.duties()) {
      EXPECT_LE(duty.reached(), duty.planned());
      EXPECT_TRUE(!duty.met() || (duty.will_be_met() && duty.can_be_met())) << duty.ShortDebugString();
      EXPECT_TRUE(!duty.will_be_met() || duty.can_be_met()) << duty.ShortDebugString();
    }
  }
}

}  // namespace
}  // namespace kepu::venue
