// Who may call what of the volunteer service: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_desk.h"

namespace kepu::volunteer {
namespace {

class VolunteerAccessTest : public ::testing::Test {
 protected:
  auth::AccessScene Scene() {
    const auto* file = v1::Shift::descriptor()->file();
    const std::string volunteer = desk.Register("li").name();
    const std::string shift = desk.MakeShift().name();
    const auto signup = desk.SignUp(shift, "li");
    EXPECT_TRUE(signup.ok()) << signup.status();
    desk.executor.RunFor(absl::Seconds(1));
    return {.rpc = desk.service->rpc(),
            .executor = desk.executor,
            .services = {file->FindServiceByName("VolunteerService"),
                         file->FindServiceByName("ParticipantService")},
            .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
            .subjects = {{"shift.place", {"venues/cqstm"}},
                         {"volunteers/*", {volunteer, Absent(volunteer)}},
                         {"shifts/*", {shift, Absent(shift)}},
                         {"shifts/*/signups/*", {signup->name(), Absent(signup->name())}},
                         // The caller's own, in whatever shift.
                         {"ListSignups", {shift, Absent(shift), "", "shifts/-"}}},
            .own = {{"", {"venues/cqstm", "city"}}},
            .foreign = "venues/other",
            .owner = "users/li"};
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
