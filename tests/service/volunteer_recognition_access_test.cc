// Who may call what of recognition: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_recognition.h"

namespace kepu::volunteer::recognition_access_test {
namespace {

class RecognitionAccessTest : public RecognitionFixture {
 protected:
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }
  auth::AccessScene Scene() {
    const std::string volunteer = desk.Register("li").name();
    const std::string shift = ShiftOf(StayAway("li"));
    const std::string mark = absl::StrCat(volunteer, "/absences/", shift);
    const auto rules = Put(StarRules({100}));
    EXPECT_TRUE(rules.ok()) << rules.status();
    auto give = New<v1::GiveHonourRequest>();
    give.mutable_honour()->set_recipient("teams/t");
    give.mutable_honour()->set_office("venues/cqstm");
    give.mutable_honour()->mutable_title()->set_zh("优秀");
    give.mutable_honour()->mutable_regulation()->mutable_title()->set_zh("办法");
    domain::SetDate(Today(), give.mutable_honour()->mutable_day());
    const auto honour = Ask<v1::Honour>("HonourService", "GiveHonour", give, Staff());
    EXPECT_TRUE(honour.ok()) << honour.status();
    auto apply = New<v1::ApplyForCertificateRequest>();
    apply.mutable_certificate()->set_volunteer(volunteer);
    apply.mutable_certificate()->set_issuer("venues/cqstm");
    apply.mutable_certificate()->set_display_name("李");
    domain::SetDate(Today() - 9, apply.mutable_certificate()->mutable_first_day());
    domain::SetDate(Today(), apply.mutable_certificate()->mutable_last_day());
    const auto asked = Ask<v1::Certificate>("CertificateService", "ApplyForCertificate", apply, User("li"));
    EXPECT_TRUE(asked.ok()) << asked.status();
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {Service<v1::Recognition>("RecognitionService"), Service<v1::Honour>("HonourService"),
                     Service<v1::Absence>("AbsenceService"), Service<v1::Certificate>("CertificateService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"recognitionRules/*", {rules->name(), Absent(rules->name())}},
                     {"volunteers/*/recognition",
                      {volunteer + "/recognition", Absent(volunteer) + "/recognition"}},
                     {"volunteers/*", {volunteer, Absent(volunteer)}},
                     {"volunteers/*/absences/*", {mark, Absent(mark)}},
                     {"shifts/*", {"shifts/" + shift, Absent("shifts/" + shift)}},
                     {"honours/*", {honour->name(), Absent(honour->name())}},
                     {"honour.office", {"venues/cqstm"}},
                     {"awards/*", {"awards/none"}},
                     {"certificates/*", {asked->name(), Absent(asked->name())}}},
        .own = {{"", {"venues/cqstm", "city"}}},
        .foreign = "venues/other",
        .owner = "users/li",
        .may_miss = {"GetAward", "ListHonours", "ApplyForCertificate", "ListCertificates", "AppealAbsence"},
        .samples = {{"RevokeHonour", "reason { zh: '误授' }"},
                    {"IssueCertificate", "issuer_title { zh: '重庆科技馆' }"}}};
  }
  template <class Message>
  static const google::protobuf::ServiceDescriptor* Service(const char* name) {
    return Message::descriptor()->file()->FindServiceByName(name);
  }
};

TEST_F(RecognitionAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(RecognitionAccessTest, PlantedFaultsAreFound) {
  const auth::AccessScene scene = Scene();
  for (const char* method : {"CreateRecognitionRules", "RevokeHonour", "WaiveAbsences", "GetCertificate"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer::recognition_access_test
