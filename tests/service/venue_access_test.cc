// Who may call what of the venue service: the handlers against the annotations, all of them.
#include "kepu/venue/v1/collections.pb.h"
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
    v1::CreateSeriesRequest weekly;
    weekly.set_parent("venues/cqstm/spaces/hall");
    weekly.mutable_series()->set_purpose(v1::Allocation::OTHER);
    *weekly.mutable_series()->mutable_recurrence()->mutable_start_date() = ToDate(D("2026-03-20"));
    weekly.mutable_series()->mutable_recurrence()->set_count(2);
    weekly.mutable_series()->mutable_start_time()->set_hours(9);
    weekly.mutable_series()->mutable_end_time()->set_hours(10);
    const auto series = Change<v1::Series>("CreateSeries", weekly, kStaff);
    EXPECT_TRUE(series.ok()) << series.status();
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
                     {"venues/*/spaces/*/series/*", {series->name(), Absent(series->name())}},
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
  // Exhibits and alliances of the same venue.
  void AddCollections(auth::AccessScene& scene) {
    v1::CreateExhibitRequest exhibit;
    exhibit.set_exhibit_id("robot");
    exhibit.set_request_id("exhibit");
    exhibit.mutable_exhibit()->mutable_display_name()->set_zh("机器人");
    exhibit.mutable_exhibit()->set_kind(v1::Exhibit::EXHIBIT);
    exhibit.mutable_exhibit()->set_owner("venues/cqstm");
    EXPECT_TRUE(Call<v1::Exhibit>("CollectionService", "CreateExhibit", exhibit, kStaff).ok());
    v1::CreateCustodyRequest stay;
    stay.set_parent("exhibits/robot");
    stay.set_request_id("stay");
    stay.mutable_custody()->set_kind(v1::Custody::STORE);
    stay.mutable_custody()->set_place("venues/cqstm");
    *stay.mutable_custody()->mutable_start_time() = ToTimestamp(T("2026-05-05"));
    *stay.mutable_custody()->mutable_end_time() = ToTimestamp(T("2026-05-06"));
    const auto custody = Call<v1::Custody>("CollectionService", "CreateCustody", stay, kStaff);
    EXPECT_TRUE(custody.ok()) << custody.status();
    v1::CreateAllianceRequest alliance;
    alliance.set_alliance_id("west");
    alliance.set_request_id("alliance");
    alliance.mutable_alliance()->mutable_display_name()->set_zh("联盟");
    alliance.mutable_alliance()->set_lead("venues/cqstm");
    EXPECT_TRUE(Call<v1::Alliance>("CollectionService", "CreateAlliance", alliance, kAdmin).ok());
    executor_.RunFor(absl::Seconds(1));
    scene.services.push_back(v1::Exhibit::descriptor()->file()->FindServiceByName("CollectionService"));
    scene.subjects.insert({{"exhibit.owner", {"venues/cqstm", "venues/absent"}},
                           {"exhibits/*", {"exhibits/robot", "exhibits/absent"}},
                           {"exhibits/*/custodies/*", {custody->name(), "exhibits/absent/custodies/x"}},
                           {"alliance.lead", {"venues/cqstm", "venues/absent"}},
                           {"alliances/*", {"alliances/west", "alliances/absent"}}});
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
  auth::AccessScene scene = Scene();
  AddCollections(scene);
  EXPECT_THAT(auth::CheckAccess(scene), ::testing::IsEmpty());
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
