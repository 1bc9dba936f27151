// Who may call what of the fleet: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/fleet_desk.h"

namespace kepu::venue {
namespace {

class FleetAccessTest : public FleetServiceTest {
 protected:
  auth::AccessScene Scene() {
    const v1::StopRequest request = Ask();
    auto tour = Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-10", 10))}));
    v1::CreateMaintenanceRequest maintain;
    maintain.set_parent("caravans/a");
    maintain.mutable_maintenance()->set_kind(v1::Maintenance::SERVICE);
    *maintain.mutable_maintenance()->mutable_start_time() = ToTimestamp(T("2026-03-20", 8));
    *maintain.mutable_maintenance()->mutable_end_time() = ToTimestamp(T("2026-03-21", 8));
    auto maintenance = ChangeFleet<v1::Maintenance>("CreateMaintenance", maintain, kOwnerStaff);
    EXPECT_TRUE(tour.ok() && maintenance.ok()) << tour.status() << maintenance.status();
    executor_.RunFor(absl::Seconds(1));
    const std::vector<std::string> of_request = {"schools/x", "districts/jiangbei", "city"};
    const std::vector<std::string> of_school = {"schools/x", "city"};
    const std::vector<std::string> of_district = {"districts/jiangbei", "city"};
    return {.rpc = service_->rpc(),
            .executor = executor_,
            .services = {v1::GetCaravanRequest::descriptor()->file()->FindServiceByName("FleetService")},
            .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
            .subjects = {{"caravan.district", {"districts/jiangbei"}},
                         {"stop_request.requester", {"schools/x"}},
                         {"within", {"schools/x"}},
                         {"district", {"districts/jiangbei"}},
                         {"caravans/*", {"caravans/a", "caravans/absent"}},
                         {"caravans/*/tours/*", {tour->name(), Absent(tour->name())}},
                         {"caravans/*/tours/*/stops/*",
                          {tour->name() + "/stops/s1", Absent(tour->name()) + "/stops/s1"}},
                         {"caravans/*/maintenances/*", {maintenance->name(), Absent(maintenance->name())}},
                         {"stopRequests/*", {request.name(), "stopRequests/absent"}}},
            .own = {{"", {"caravans/a", "districts/jiangbei", "organizations/kexie", "city"}},
                    {"CreateCaravan", of_district},
                    {"PlanTours", of_district},
                    {"AdoptTours", of_district},
                    {"CreateStopRequest", of_school},
                    {"ListStopRequests", of_school},
                    {"GetStopRequest", of_request},
                    {"UpdateStopRequest", of_request},
                    {"WithdrawStopRequest", of_request},
                    {"AnswerStopRequest", of_request}},
            .foreign = "caravans/b",
            .owner = ""};
  }
  static std::string Absent(std::string name) { return name.replace(9, 1, "n"); }
};

TEST_F(FleetAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(FleetAccessTest, PlantedFaultsAreFound) {
  const auth::AccessScene scene = Scene();
  for (const char* method : {"CreateCaravan", "CreateTour", "ReportStop", "AnswerStopRequest"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
