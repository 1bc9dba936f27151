// Who may call what of the volunteer service: the handlers against the annotations, all of them.
#include "kepu/volunteer/v1/people.pb.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer::access_test {
namespace {

class VolunteerAccessTest : public ::testing::Test {
 protected:
  auth::AccessScene Scene() {
    const auto* file = v1::Shift::descriptor()->file();
    const auto* ways = v1::WaitEntry::descriptor()->file();
    const std::string volunteer = desk.Register("li").name();
    const std::string shift = desk.MakeShift().name();
    const auto signup = desk.SignUp(shift, "li");
    EXPECT_TRUE(signup.ok()) << signup.status();
    const std::string waits = WaitEntry(volunteer);
    const std::string someone = absl::StrCat("volunteer: \"", volunteer, "\" reason: \"x\"");
    desk.executor.RunFor(absl::Seconds(1));
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {file->FindServiceByName("VolunteerService"),
                     file->FindServiceByName("ParticipantService"), ways->FindServiceByName("SignupService"),
                     ways->FindServiceByName("WaitListService"), ways->FindServiceByName("SwapService"),
                     ways->FindServiceByName("SignupGroupService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"shift.place", {"venues/cqstm"}},
                     {"volunteers/*", {volunteer, Absent(volunteer)}},
                     {"shifts/*", {shift, Absent(shift)}},
                     {"shifts/*/signups/*", {signup->name(), Absent(signup->name())}},
                     {"shifts/*/waitEntries/*", {waits, Absent(waits)}},
                     {"shifts/*/groups/*", {shift + "/groups/aaaaaaaaaaaaaaaaaaaaaa"}},
                     {"ListOverrides", {"venues/cqstm"}},
                     {"ListWaitEntries", {shift, Absent(shift), "", "shifts/-"}},
                     // The caller's own, in whatever shift.
                     {"ListSignups", {shift, Absent(shift), "", "shifts/-"}}},
        .own = {{"", {"venues/cqstm", "city"}}},
        .foreign = "venues/other",
        .owner = "users/li",
        // What is one's own or was given to one is for nobody else, whatever their role; and who has left the
        // list is not there any more.
        .may_miss = {"TakeOffer", "GetWaitEntry", "OfferSwap", "AcceptSwap", "DeclineSwap", "JoinSignupGroup",
                     "LeaveSignupGroup", "GetSignupGroup", "SignUpTogether"},
        .samples = {{"InviteVolunteer", someone.substr(0, someone.find(" reason"))},
                    {"AssignVolunteer", someone},
                    {"DeclineSignup", "reason: \"x\""},
                    {"OfferSwap", ""},
                    {"AcceptSwap", ""}}};
  }
  // An entry of li's in the wait list of a full shift.
  std::string WaitEntry(const std::string& volunteer) {
    const std::string full = desk.MakeShift(1, 200).name();
    desk.Register("wang");
    EXPECT_TRUE(desk.SignUp(full, "wang").ok());
    v1::JoinWaitListRequest request;
    request.set_shift(full);
    request.set_request_id(desk.NextRequestId());
    rpc::Context context;
    context.principal = User("li");
    EXPECT_TRUE(desk.Ask<v1::WaitEntry>("JoinWaitList", request, context, "WaitListService").ok());
    return full + "/waitEntries/" + volunteer.substr(volunteer.find('/') + 1);
  }
  // The record of people, whose keepers are those of their district.
  auth::AccessScene PeopleScene() {
    v1::RegisterVolunteerRequest kid;
    kid.set_request_id("kid");
    kid.mutable_volunteer()->set_district("districts/yuzhong");
    kid.mutable_volunteer()->set_birth_date("2010-03-01");
    const auto li = desk.Ask<v1::Volunteer>("RegisterVolunteer", kid, User("li"));
    EXPECT_TRUE(li.ok()) << li.status();
    rpc::Context keeper;
    keeper.principal = {"users/keeper", "", {{"coordinator", "districts/yuzhong"}}};
    v1::RecordConsentRequest paper;
    paper.set_request_id("paper");
    paper.set_parent(li->name());
    paper.mutable_consent()->set_guardian_name("王建国");
    paper.mutable_consent()->set_guardian_phone("13900000001");
    paper.mutable_consent()->set_relation(v1::PARENT);
    paper.mutable_consent()->add_scopes(v1::CONSENT_TO_SERVICE);
    paper.mutable_consent()->set_text_version("1");
    paper.mutable_consent()->mutable_expire_time()->set_seconds(
        absl::ToUnixSeconds(kDeskStart + absl::Hours(240)));
    const auto consent = desk.Ask<v1::GuardianConsent>("RecordConsent", paper, keeper, "PersonService");
    EXPECT_TRUE(consent.ok()) << consent.status();
    const auto* file = v1::GuardianConsent::descriptor()->file();
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {file->FindServiceByName("PersonService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"RegisterStaff", {"venues/cqstm"}},
                     {"venues/*", {"venues/cqstm"}},
                     {"volunteers/*", {li->name(), Absent(li->name())}},
                     {"volunteers/*/consents/*",
                      {consent->name(), absl::StrCat(Absent(li->name()), "/consents/c1")}}},
        .own = {{"", {"districts/yuzhong", "city"}},
                {"RegisterStaff", {"venues/cqstm", "city"}},
                {"ListStaff", {"venues/cqstm", "city"}}},
        .foreign = "districts/kaizhou",
        .owner = "users/li",
        .samples = {{"UpdateVolunteer", "volunteer { district: 'districts/yuzhong' }"},
                    {"RecordBackgroundCheck", "expire_time { seconds: 1795000000 }"},
                    // Born on the kid's day.
                    {"SubmitIdNumber", "id_number: '500103201003010014'"},
                    {"RecordConsent",
                     "consent { guardian_name: 'a' guardian_phone: '1' relation: PARENT text_version: '1' "
                     "scopes: CONSENT_TO_SERVICE expire_time { seconds: 1795000000 } }"}}};
  }
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }

  VolunteerDesk desk;
};

TEST_F(VolunteerAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(VolunteerAccessTest, TheRecordOfPeopleIsForWhoKeepsIt) {
  EXPECT_THAT(auth::CheckAccess(PeopleScene()), ::testing::IsEmpty());
}

TEST_F(VolunteerAccessTest, PlantedFaultsInTheRecordOfPeopleAreFound) {
  const auth::AccessScene scene = PeopleScene();
  for (const char* method : {"VerifyVolunteer", "RevealIdNumber", "ListConsents", "RegisterStaff"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

TEST_F(VolunteerAccessTest, PlantedFaultsAreFound) {
  auth::AccessScene scene = Scene();
  scene.services.resize(1);
  for (const char* method : {"CreateShift", "CancelShift", "ListVolunteers", "GetVolunteer", "MarkNoShow"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer::access_test
