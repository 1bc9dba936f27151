// Who may call what of the venue service: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/title_desk.h"

namespace kepu::venue {
namespace {

class VenueAccessTest : public TitleServiceTest {
 protected:
  auth::AccessScene Scene() {
    const auto* file = v1::GetVenueRequest::descriptor()->file();
    v1::UpdateVenueRequest update;
    update.mutable_venue()->set_name("venues/cqstm");
    update.mutable_venue()->set_operator_("organizations/operator");
    update.mutable_update_mask()->add_paths("operator");
    update.mutable_venue()->set_base_category(v1::BASE_CATEGORY_VENUE);
    update.mutable_update_mask()->add_paths("base_category");
    EXPECT_TRUE(Change<v1::Venue>("UpdateVenue", update, venue::kCity).ok());
    v1::UpdateHolidayCalendarRequest calendar;
    calendar.mutable_holiday_calendar()->set_name("calendars/2026");
    calendar.mutable_holiday_calendar()->set_source("notice");
    const auto put = Change<v1::HolidayCalendar>("UpdateHolidayCalendar", calendar, venue::kCity);
    EXPECT_TRUE(put.ok()) << put.status();
    const auto allocation = Allocate(T("2026-03-10", 10), T("2026-03-10", 12));
    const auto exhibition = Schedule("2026-04-01", "2026-04-05");
    v1::CreateClosureRequest request;
    request.set_parent("venues/cqstm");
    request.mutable_closure()->mutable_reason()->set_zh("检修");
    *request.mutable_closure()->mutable_start_time() = ToTimestamp(T("2026-05-05", 9));
    *request.mutable_closure()->mutable_end_time() = ToTimestamp(T("2026-05-05", 12));
    const auto closure = Change<v1::Closure>("CreateClosure", request, kStaff);
    EXPECT_TRUE(allocation.ok() && exhibition.ok() && closure.ok())
        << allocation.status() << exhibition.status() << closure.status();
    const TitleScene scene = Titles();
    const auto* titles = v1::GetTitleRequest::descriptor()->file();
    const auto* assessments = v1::GetOpenDayCountRequest::descriptor()->file();
    executor_.RunFor(absl::Seconds(1));
    return {
        .rpc = service_->rpc(),
        .executor = executor_,
        .services = {file->FindServiceByName("VenueService"), file->FindServiceByName("ParticipantService"),
                     titles->FindServiceByName("TitleService"),
                     assessments->FindServiceByName("AssessmentService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"venue.district", {"districts/jiangbei"}},
                     {"title.holder", {"venues/cqstm", "venues/absent"}},
                     // What everybody may see, and an application that the rest is done to.
                     {"GetTitle", {scene.held}},
                     {"GetDuties", {scene.held}},
                     {"ListAssessments", {scene.held}},
                     {"SubmitBaseReport", {scene.held, Absent(scene.held)}},
                     {"GetAssessment", {scene.published}},
                     {"titles/*/assessments/*", {scene.submitted, Absent(scene.submitted)}},
                     {"ObjectToTitle", {scene.noticed}},
                     {"titles/*", {scene.applied, Absent(scene.applied)}},
                     {"titles/*/objections/*", {scene.objection, Absent(scene.objection)}},
                     {"venues/*", {"venues/cqstm", "venues/absent"}},
                     {"venues/*/spaces/*", {"venues/cqstm/spaces/hall", "venues/absent/spaces/hall"}},
                     {"venues/*/spaces/*/allocations/*", {allocation->name(), Absent(allocation->name())}},
                     {"venues/*/exhibitions/*", {exhibition->name(), Absent(exhibition->name())}},
                     {"venues/*/closures/*", {closure->name(), Absent(closure->name())}},
                     {"calendars/*", {"calendars/2026"}}},
        .own = {{"", {"venues/cqstm", "districts/jiangbei", "organizations/operator", "city"}},
                {"CreateVenue", {"districts/jiangbei", "city"}}},
        .foreign = "venues/other",
        .owner = ""};
  }
  // Titles in every state that a caller may meet, and what belongs to them.
  struct TitleScene {
    std::string held, applied, noticed, objection, submitted, published;
  };
  TitleScene Titles() {
    v1::Title base = MakeTitle(v1::TITLE_LEVEL_DISTRICT);
    *base.mutable_name_date() = ToDate(D("2024-01-10"));
    const auto held = Register(base);
    const auto applied = ApplyFor(MakeTitle(v1::TITLE_LEVEL_DISTRICT, v1::Title::TALENT_TRAINING_BASE));
    EXPECT_TRUE(held.ok() && applied.ok()) << held.status() << applied.status();
    v1::SubmitBaseReportRequest report;
    report.set_parent(held->name());
    report.mutable_declared();
    const auto submitted = Do<v1::YearlyAssessment>("SubmitBaseReport", report, kAdmin, "AssessmentService");
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    const std::string published = PublishedAssessment(held->name());
    const std::string noticed =
        Publicized(MakeTitle(v1::TITLE_LEVEL_DISTRICT, v1::Title::METHOD_TRAINING_BASE), kCity);
    const auto objection = Object(noticed, kVisitor);
    EXPECT_TRUE(objection.ok()) << objection.status();
    return {held->name(), applied->name(), noticed, objection->name(), submitted->name(), published};
  }
  // Of the last year, in which the base held its title.
  std::string PublishedAssessment(const std::string& title) {
    v1::AssessBaseRequest assess;
    assess.set_name(title + "/assessments/2025");
    assess.set_result(v1::ASSESSMENT_RESULT_QUALIFIED);
    assess.set_opinion("合格");
    const auto assessed = Do<v1::YearlyAssessment>("AssessBase", assess, kCity, "AssessmentService");
    EXPECT_TRUE(assessed.ok()) << assessed.status();
    Wait(absl::Hours(24 * 7));
    v1::PublishAssessmentRequest publish;
    publish.set_name(assess.name());
    const auto published = Do<v1::YearlyAssessment>("PublishAssessment", publish, kCity, "AssessmentService");
    EXPECT_TRUE(published.ok()) << published.status();
    return assess.name();
  }
  static std::string Absent(std::string name) { return name.replace(7, 5, "absen"); }
};

TEST_F(VenueAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(VenueAccessTest, PlantedFaultsAreFound) {
  auth::AccessScene scene = Scene();
  scene.services.resize(1);
  for (const char* method : {"CreateVenue", "UpdateVenue", "CreateClosure", "ReleaseAllocation"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
  scene.services = {v1::GetTitleRequest::descriptor()->file()->FindServiceByName("TitleService")};
  for (const char* method : {"ApplyForTitle", "RegisterTitle", "RecommendTitle", "ListTitleObjections"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
