// Who may call what of titles and assessments: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/title_desk.h"

namespace kepu::venue {
namespace {

class TitleAccessTest : public TitleServiceTest {
 protected:
  auth::AccessScene Scene() {
    v1::UpdateVenueRequest update;
    update.mutable_venue()->set_name("venues/cqstm");
    update.mutable_venue()->set_operator_("organizations/operator");
    update.mutable_update_mask()->add_paths("operator");
    update.mutable_venue()->set_base_category(v1::BASE_CATEGORY_VENUE);
    update.mutable_update_mask()->add_paths("base_category");
    EXPECT_TRUE(Change<v1::Venue>("UpdateVenue", update, venue::kCity).ok());
    const TitleScene scene = Titles();
    const auto* titles = v1::GetTitleRequest::descriptor()->file();
    const auto* assessments = v1::GetOpenDayCountRequest::descriptor()->file();
    executor_.RunFor(absl::Seconds(1));
    return {.rpc = service_->rpc(),
            .executor = executor_,
            .services = {titles->FindServiceByName("TitleService"),
                         assessments->FindServiceByName("AssessmentService")},
            .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
            .subjects = {{"title.holder", {"venues/cqstm", "venues/absent"}},
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
                         {"venues/*", {"venues/cqstm", "venues/absent"}}},
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

TEST_F(TitleAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
