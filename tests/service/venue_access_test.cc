// Who may call what of the venue service: the handlers against the annotations, all of them.
#include "kepu/venue/v1/coverage.pb.h"
#include "kepu/venue/v1/route.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

class VenueAccessTest : public VenueServiceTest {
 protected:
  auth::AccessScene Scene() {
    const auto* file = v1::GetVenueRequest::descriptor()->file();
    v1::UpdateVenueRequest update;
    update.mutable_venue()->set_name("venues/cqstm");
    update.mutable_venue()->set_operator_("organizations/operator");
    update.mutable_update_mask()->add_paths("operator");
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
    MakeRoute();
    executor_.RunFor(absl::Seconds(1));
    return {
        .rpc = service_->rpc(),
        .executor = executor_,
        .services = {file->FindServiceByName("VenueService"), file->FindServiceByName("ParticipantService"),
                     v1::Route::descriptor()->file()->FindServiceByName("RouteService"),
                     v1::CoverageRow::descriptor()->file()->FindServiceByName("CoverageService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"venue.district", {"districts/jiangbei"}},
                     {"route.district", {"districts/jiangbei"}},
                     {"routes/*", {"routes/walk", "routes/nowhere"}},
                     {"venues/*", {"venues/cqstm", "venues/absent"}},
                     {"venues/*/spaces/*", {"venues/cqstm/spaces/hall", "venues/absent/spaces/hall"}},
                     {"venues/*/spaces/*/allocations/*", {allocation->name(), Absent(allocation->name())}},
                     {"venues/*/exhibitions/*", {exhibition->name(), Absent(exhibition->name())}},
                     {"venues/*/closures/*", {closure->name(), Absent(closure->name())}},
                     {"calendars/*", {"calendars/2026"}}},
        .own = {{"", {"venues/cqstm", "districts/jiangbei", "organizations/operator", "city"}},
                {"CreateVenue", {"districts/jiangbei", "city"}},
                {"CreateRoute", {"districts/jiangbei", "city"}},
                {"UpdateRoute", {"routes/walk", "districts/jiangbei", "organizations/operator", "city"}},
                {"PublishRoute", {"routes/walk", "districts/jiangbei", "organizations/operator", "city"}},
                {"RetireRoute", {"routes/walk", "districts/jiangbei", "organizations/operator", "city"}}},
        .foreign = "venues/other",
        .owner = ""};
  }
  void MakeRoute() {
    v1::CreateRouteRequest request;
    request.set_request_id("route");
    request.set_route_id("walk");
    v1::Route& route = *request.mutable_route();
    route.mutable_display_name()->set_zh("线路");
    route.set_category(v1::Route::TOURISM);
    route.set_district("districts/jiangbei");
    route.set_operator_("organizations/operator");
    for (const char* id : {"cqstm", "second"}) {
      v1::CreateVenueRequest venue = MakeVenue("second");
      v1::UpdateVenueRequest place;
      place.mutable_venue()->set_name(absl::StrCat("venues/", id));
      place.mutable_venue()->mutable_location()->set_latitude(29.5);
      if (id == std::string("second")) {
        EXPECT_TRUE(Change<v1::Venue>("CreateVenue", venue, venue::kCity).ok());
      }
      EXPECT_TRUE(Change<v1::Venue>("UpdateVenue", place, venue::kCity).ok());
      route.add_stops()->set_venue(absl::StrCat("venues/", id));
      route.mutable_stops(route.stops_size() - 1)->mutable_stay_duration()->set_seconds(3600);
    }
    EXPECT_TRUE(Call<v1::Route>("RouteService", "CreateRoute", request, venue::kCity).ok());
    v1::PublishRouteRequest publish;
    publish.set_request_id("publish");
    publish.set_name("routes/walk");
    EXPECT_TRUE(Call<v1::Route>("RouteService", "PublishRoute", publish, venue::kCity).ok());
  }
  static std::string Absent(std::string name) { return name.replace(7, 5, "absen"); }
};

TEST_F(VenueAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
  // Streams whose reader takes nothing come to their end.
  executor_.RunFor(absl::Seconds(6));
}

TEST_F(VenueAccessTest, PlantedFaultsAreFound) {
  auth::AccessScene scene = Scene();
  scene.services.resize(1);
  for (const char* method : {"CreateVenue", "UpdateVenue", "CreateClosure", "ReleaseAllocation"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
