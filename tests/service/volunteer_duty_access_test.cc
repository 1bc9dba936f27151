// Who may call what about duties and call-outs: the handlers against the annotations, all of them.
#include "kepu/volunteer/v1/call_out.pb.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::duty_access_test {
namespace {

class DutyAccessTest : public VolunteerServiceTest {
 protected:
  auth::AccessScene Scene() {
    const std::string volunteer = desk.Register("li").name();
    const v1::Shift shift = desk.MakeShift();
    const auto signup = desk.SignUp(shift.name(), "li");
    EXPECT_TRUE(signup.ok()) << signup.status();
    const auto guiding = Guide(volunteer, 30, 2);
    EXPECT_TRUE(AsPeer<reservation::v1::TryResponse>("Try", guiding).ok());
    EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(guiding)).ok());
    v1::CreateCallOutRequest request;
    request.set_request_id("call-out");
    request.mutable_call_out()->mutable_title()->set_zh("召集");
    v1::CallOut::Need& need = *request.mutable_call_out()->add_needs();
    need.set_place("venues/cqstm");
    need.mutable_start_time()->set_seconds(shift.start_time().seconds());
    need.mutable_end_time()->set_seconds(shift.end_time().seconds());
    need.set_needed(1);
    need.mutable_role()->set_zh("宣讲");
    rpc::Context context;
    context.principal = Staff();
    const auto call_out =
        desk.Ask<v1::CallOut>("CreateCallOut", request, std::move(context), "CallOutService");
    EXPECT_TRUE(call_out.ok()) << call_out.status();
    desk.executor.RunFor(absl::Seconds(8));
    const std::string duty = volunteer + "/duties/c" + guiding.request_id();
    return {.rpc = desk.service->rpc(),
            .executor = desk.executor,
            .services = {v1::DutyEntry::descriptor()->file()->FindServiceByName("DutyService"),
                         v1::CallOut::descriptor()->file()->FindServiceByName("CallOutService")},
            .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
            .subjects = {{"volunteers/*", {volunteer, Absent(volunteer)}},
                         {"volunteers/*/duties/*", {duty, Absent(duty)}},
                         {"shifts/*/signups/*", {signup->name(), Absent(signup->name())}},
                         {"callOuts/*", {call_out->name(), Absent(call_out->name())}}},
            .own = {{"", {"venues/cqstm", "city"}}},
            .foreign = "venues/other",
            .owner = "users/li"};
  }
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }
};

TEST_F(DutyAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(DutyAccessTest, PlantedFaultsAreFound) {
  const auth::AccessScene scene = Scene();
  for (const char* method : {"ListDuties", "ListUnavailabilities", "CreateCallOut", "CloseCallOut"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer::duty_access_test
