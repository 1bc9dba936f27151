// Who may call what of the volunteer service: the handlers against the annotations, all of them.
#include "kepu/volunteer/v1/signup.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer {
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
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }

  VolunteerDesk desk;
};

TEST_F(VolunteerAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(VolunteerAccessTest, PlantedFaultsAreFound) {
  auth::AccessScene scene = Scene();
  scene.services.resize(1);
  for (const char* method : {"CreateShift", "CancelShift", "ListVolunteers", "GetVolunteer", "MarkNoShow"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer
