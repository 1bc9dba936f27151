#include "services/venue/domain/assessments.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/find.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using refusal::kNo;
using v1::Title;
using v1::YearlyAssessment;

constexpr absl::string_view kAssessments = "/assessments/";

int YearOfDay(absl::Time now) { return static_cast<int>(calendar::DayOf(now).year()); }

absl::Status NotInState(const YearlyAssessment& assessment, absl::string_view needed) {
  return refusal::Refuse(kNo, "ASSESSMENT_STATE",
                         {{"name", assessment.name()},
                          {"state", YearlyAssessment::State_Name(assessment.state())},
                          {"needed", std::string(needed)}});
}

// The title that is assessed, while it is in force; commendations are not.
absl::StatusOr<const Title*> Assessed(const TitlesState& state, const AssessmentId& id) {
  auto title = FindTitle(state, id.title);
  if (!title.ok()) return title.status();
  if ((*title)->kind() == Title::COMMENDATION)
    return refusal::Refuse(kNo, "TITLE_NOT_ASSESSED", {{"name", (*title)->name()}});
  if (!IsInForce((*title)->state())) return WrongState(**title, "NAMED, RECTIFYING, RECTIFICATION_OVERDUE");
  return title;
}

void Figure(YearlyAssessment& assessment, YearlyAssessment::Figure::Code code, int64_t value,
            bool self_reported) {
  YearlyAssessment::Figure& figure = *assessment.add_figures();
  figure.set_code(code);
  figure.set_value(value);
  figure.set_self_reported(self_reported);
}

void FillFigures(const v1::DeclaredFigures& declared, const v1::TitleDuties& counted,
                 YearlyAssessment& assessment) {
  using Of = YearlyAssessment::Figure;
  int in_campaigns = 0;
  bool any_campaign = false;
  for (const v1::Duty& duty : counted.duties()) {
    if (duty.code() == "OPEN_DAYS") {
      Figure(assessment, Of::OPEN_DAYS, duty.reached(), false);
      Figure(assessment, Of::OPEN_DAYS_PLANNED, duty.planned(), false);
    } else if (duty.code() == "YOUTH_FREE_DAYS") {
      Figure(assessment, Of::YOUTH_FREE_DAYS, duty.reached(), false);
      Figure(assessment, Of::YOUTH_FREE_DAYS_PLANNED, duty.planned(), false);
    } else {
      any_campaign = true;
      in_campaigns += duty.reached();
    }
  }
  if (any_campaign) Figure(assessment, Of::CAMPAIGN_FREE_DAYS, in_campaigns, false);
  Figure(assessment, Of::VISITORS, declared.visitors(), true);
  Figure(assessment, Of::ACTIVITIES, declared.activities(), true);
  Figure(assessment, Of::FULL_TIME_STAFF, declared.full_time_staff(), true);
  Figure(assessment, Of::STAFF_WITH_DEGREE, declared.staff_with_degree(), true);
  Figure(assessment, Of::BUDGET_YUAN, declared.budget_yuan(), true);
  *assessment.mutable_duties() = counted.duties();
}

TitleFacts Set(YearlyAssessment assessment) {
  TitleFacts facts;
  *facts.emplace_back().mutable_assessment_set() = std::move(assessment);
  return facts;
}

// `rectify_by` of a result that sets one; a day that a base can still keep.
absl::Status CheckRectifyBy(v1::AssessmentResult result, const google::type::Date& date,
                            absl::CivilDay after) {
  if (result != v1::ASSESSMENT_RESULT_RECTIFY) return absl::OkStatus();
  auto day = ToDay("rectify_by_date", date);
  if (!day.ok()) return day.status();
  if (*day <= after || *day > after + kMaxRectifyDays)
    return refusal::BadField("rectify_by_date", absl::StrCat("must be after ", calendar::FormatDate(after),
                                                             ", within ", kMaxRectifyDays, " days"));
  return absl::OkStatus();
}

absl::Status CheckExcellent(v1::AssessmentResult result, const Title& title) {
  if (result != v1::ASSESSMENT_RESULT_EXCELLENT || title.level() == v1::TITLE_LEVEL_NATIONAL)
    return absl::OkStatus();
  return refusal::BadField("result", "EXCELLENT is a result of national bases; others are QUALIFIED");
}

// The assessment to judge: what the district has reviewed, or nothing at all once the year is over.
absl::StatusOr<YearlyAssessment> ToJudge(const TitlesState& state, const AssessmentId& id, const Title& title,
                                         absl::Time now) {
  auto child = state.Find(AssessmentField(id.title, id.year));
  if (!child.ok()) return child.status();
  if (*child != nullptr) {
    const YearlyAssessment& assessment = (*child)->assessment();
    if (assessment.state() != YearlyAssessment::DISTRICT_REVIEWED)
      return NotInState(assessment, "DISTRICT_REVIEWED");
    return assessment;
  }
  if (id.year >= YearOfDay(now) || id.year < title.name_date().year())
    return refusal::Refuse(
        kNo, "ASSESSMENT_REPORT_MISSING",
        {{"name", AssessmentName(id.title, id.year)}, {"date", absl::StrCat(id.year + 1, "-01-01")}});
  YearlyAssessment missing;
  missing.set_name(AssessmentName(id.title, id.year));
  missing.set_year(id.year);
  missing.set_report_missing(true);
  return missing;
}

// What the result does to a title that is still held.
void AddEffect(const YearlyAssessment& assessment, const Title& title, absl::Time now, TitleFacts& facts) {
  const bool revoke = assessment.result() == v1::ASSESSMENT_RESULT_REVOKE;
  const bool rectify = assessment.result() == v1::ASSESSMENT_RESULT_RECTIFY;
  if (!IsInForce(title.state()) || (!revoke && !rectify)) return;
  log::v1::TitleStepped& step = *facts.emplace_back().mutable_title_stepped();
  step.set_id(title.name().substr(title.name().rfind('/') + 1));
  step.set_state(revoke ? Title::REVOKED : Title::RECTIFYING);
  step.set_comment(assessment.opinion());
  step.set_time_us(absl::ToUnixMicros(now));
  if (rectify) *step.mutable_rectify_by_date() = assessment.rectify_by_date();
  if (revoke) *step.mutable_end_date() = ToDate(calendar::DayOf(now));
}

}  // namespace

std::string AssessmentField(absl::string_view title, int year) {
  return absl::StrCat("y/", title, "/", year);
}
std::string AssessmentName(absl::string_view title, int year) {
  return absl::StrCat(TitleName(title), kAssessments, year);
}

absl::StatusOr<AssessmentId> ParseAssessment(absl::string_view field, absl::string_view name) {
  AssessmentId id;
  const size_t at = name.find(kAssessments);
  const absl::string_view year = at == absl::string_view::npos ? "" : name.substr(at + kAssessments.size());
  auto title = names::Parse(field, "titles/*", name.substr(0, at));
  if (!title.ok() || year.size() != 4 || !absl::SimpleAtoi(year, &id.year) || id.year < 1950)
    return refusal::BadField(field, "must be a name of the form titles/{title}/assessments/2026");
  id.title = (*title)[0];
  return id;
}

absl::StatusOr<const YearlyAssessment*> FindAssessment(const TitlesState& state, const AssessmentId& id) {
  return FindIn(state, AssessmentField(id.title, id.year), AssessmentName(id.title, id.year),
                &log::v1::TitleChild::has_assessment, &log::v1::TitleChild::assessment);
}

absl::StatusOr<TitleFacts> DecideSubmit(const TitlesState& state, const AssessmentId& id,
                                        const v1::SubmitBaseReportRequest& request,
                                        const v1::TitleDuties& counted, absl::Time now) {
  auto title = Assessed(state, id);
  if (!title.ok()) return title.status();
  const int year = YearOfDay(now);
  refusal::FieldErrors errors;
  if (id.year > year || id.year < year - 1 || id.year < (*title)->name_date().year())
    errors.Add("year", "must be this year or the last one, and not before the title was given");
  if (request.declared().staff_with_degree() > request.declared().full_time_staff())
    errors.Add("declared.staff_with_degree", "must not be more than full_time_staff");
  if (!errors.empty()) return errors.ToStatus();
  auto child = state.Find(AssessmentField(id.title, id.year));
  if (!child.ok()) return child.status();
  if (*child != nullptr && (*child)->assessment().state() != YearlyAssessment::SUBMITTED)
    return NotInState((*child)->assessment(), "SUBMITTED");
  YearlyAssessment assessment;
  assessment.set_name(AssessmentName(id.title, id.year));
  assessment.set_year(id.year);
  assessment.set_state(YearlyAssessment::SUBMITTED);
  assessment.set_statement(request.statement());
  *assessment.mutable_submit_time() = ToTimestamp(now);
  FillFigures(request.declared(), counted, assessment);
  return Set(std::move(assessment));
}

absl::StatusOr<TitleFacts> DecideReviewReport(const TitlesState& state, const AssessmentId& id,
                                              const v1::ReviewBaseReportRequest& request, absl::Time now) {
  auto found = FindAssessment(state, id);
  if (!found.ok()) return found.status();
  if ((*found)->state() != YearlyAssessment::SUBMITTED) return NotInState(**found, "SUBMITTED");
  YearlyAssessment assessment = **found;
  assessment.set_state(YearlyAssessment::DISTRICT_REVIEWED);
  assessment.set_district_comment(request.comment());
  *assessment.mutable_district_time() = ToTimestamp(now);
  return Set(std::move(assessment));
}

absl::StatusOr<TitleFacts> DecideAssess(const TitlesState& state, const AssessmentId& id,
                                        const v1::AssessBaseRequest& request, Office office, absl::Time now) {
  auto title = Assessed(state, id);
  if (!title.ok()) return title.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  auto judged = ToJudge(state, id, **title, now);
  if (!judged.ok()) return judged.status();
  if (absl::Status status = CheckExcellent(request.result(), **title); !status.ok()) return status;
  const absl::CivilDay today = calendar::DayOf(now);
  auto last = request.has_comment_last_date() ? ToDay("comment_last_date", request.comment_last_date())
                                              : absl::StatusOr<absl::CivilDay>(today + (kMinCommentDays - 1));
  if (!last.ok()) return last.status();
  if (*last - today + 1 < kMinCommentDays || *last - today + 1 > kMaxCommentDays)
    return refusal::BadField("comment_last_date", absl::StrCat("must leave ", kMinCommentDays, " to ",
                                                               kMaxCommentDays, " days, today included"));
  const absl::Status rectify = CheckRectifyBy(request.result(), request.rectify_by_date(), *last);
  if (!rectify.ok()) return rectify;
  YearlyAssessment assessment = *std::move(judged);
  assessment.set_state(YearlyAssessment::ASSESSED);
  assessment.set_result(request.result());
  assessment.set_opinion(request.opinion());
  if (request.result() == v1::ASSESSMENT_RESULT_RECTIFY)
    *assessment.mutable_rectify_by_date() = request.rectify_by_date();
  *assessment.mutable_comment_last_date() = ToDate(*last);
  *assessment.mutable_assess_time() = ToTimestamp(now);
  return Set(std::move(assessment));
}

absl::StatusOr<TitleFacts> DecideObjectToAssessment(const TitlesState& state, const AssessmentId& id,
                                                    const v1::ObjectToAssessmentRequest& request,
                                                    absl::Time now) {
  auto found = FindAssessment(state, id);
  if (!found.ok()) return found.status();
  if ((*found)->state() != YearlyAssessment::ASSESSED) return NotInState(**found, "ASSESSED");
  auto last = ToDay("comment_last_date", (*found)->comment_last_date());
  if (!last.ok()) return last.status();
  if (calendar::DayOf(now) > *last)
    return refusal::Refuse(kNo, "ASSESSMENT_COMMENTS_CLOSED",
                           {{"name", (*found)->name()}, {"until", calendar::FormatDate(*last)}});
  if (!(*found)->objection().empty())
    return refusal::Refuse(kNo, "ASSESSMENT_OBJECTED", {{"name", (*found)->name()}});
  YearlyAssessment assessment = **found;
  assessment.set_objection(request.text());
  return Set(std::move(assessment));
}

absl::StatusOr<TitleFacts> DecidePublish(const TitlesState& state, const AssessmentId& id,
                                         const v1::PublishAssessmentRequest& request, Office office,
                                         absl::Time now) {
  auto title = FindTitle(state, id.title);
  if (!title.ok()) return title.status();
  auto found = FindAssessment(state, id);
  if (!found.ok()) return found.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  if ((*found)->state() != YearlyAssessment::ASSESSED) return NotInState(**found, "ASSESSED");
  auto last = ToDay("comment_last_date", (*found)->comment_last_date());
  if (!last.ok()) return last.status();
  const absl::CivilDay today = calendar::DayOf(now);
  if (today <= *last)
    return refusal::Refuse(kNo, "ASSESSMENT_COMMENTS_OPEN",
                           {{"name", (*found)->name()}, {"until", calendar::FormatDate(*last)}});
  if (!(*found)->objection().empty() && request.answer().empty())
    return refusal::BadField("answer", "is required: the base objected");
  YearlyAssessment assessment = **found;
  if (request.result() != v1::ASSESSMENT_RESULT_UNSPECIFIED) assessment.set_result(request.result());
  if (request.has_rectify_by_date()) *assessment.mutable_rectify_by_date() = request.rectify_by_date();
  if (assessment.result() != v1::ASSESSMENT_RESULT_RECTIFY) assessment.clear_rectify_by_date();
  if (absl::Status status = CheckExcellent(assessment.result(), **title); !status.ok()) return status;
  const absl::Status rectify = CheckRectifyBy(assessment.result(), assessment.rectify_by_date(), today);
  if (!rectify.ok()) return rectify;
  assessment.set_answer(request.answer());
  assessment.set_state(YearlyAssessment::PUBLISHED);
  *assessment.mutable_publish_time() = ToTimestamp(now);
  TitleFacts facts = Set(assessment);
  AddEffect(assessment, **title, now, facts);
  return facts;
}

}  // namespace kepu::venue
