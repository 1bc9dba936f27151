#include "tests/bench/venue_growth.h"

#include <unistd.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "tests/bench/fill.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

constexpr uint64_t kVenues = 1'500, kDistricts = 38, kSpaces = 10'000;
// Of each space, on days in a row: a month of a district is as full as it gets.
constexpr int kDatesOfASeries = 50;
constexpr char kService[] = "/kepu.venue.v1.VenueService/";
constexpr int kInFlight = 64, kReadsInFlight = 2;
// Single reservations lie behind the series, so many an hour apart.
constexpr int kFirstFreeDay = 60, kHoursOfADay = 8;

std::string VenueOf(uint64_t space) { return absl::StrCat("v", space % kVenues); }
std::string SpaceOf(uint64_t space) {
  return absl::StrCat("venues/", VenueOf(space), "/spaces/s", space / kVenues);
}
absl::CivilDay Today() { return absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()); }

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void MakeHouses(Rig& rig) {
  // The venue service asks identity whether a district is there.
  Fill(rig.address("identity"), "/kepu.identity.v1.DirectoryService/CreateDistrict", kDistricts,
       [](uint64_t number) {
         identity::v1::CreateDistrictRequest request;
         request.set_district_id(absl::StrCat("growth-", number));
         request.set_request_id(absl::StrCat("growth-district-", number));
         request.mutable_district()->mutable_display_name()->set_zh("区");
         request.mutable_district()->set_kind(identity::v1::District::DISTRICT);
         request.mutable_district()->set_region(identity::v1::District::MU);
         return Request{kStaff, request.SerializeAsString()};
       });
  const std::string address = rig.address("venue");
  Fill(address, absl::StrCat(kService, "CreateVenue"), kVenues, [](uint64_t number) {
    venue::v1::CreateVenueRequest request;
    request.set_venue_id(VenueOf(number));
    request.set_request_id(absl::StrCat("growth-venue-", number));
    request.mutable_venue()->mutable_display_name()->set_zh("科技馆");
    request.mutable_venue()->set_kind(venue::v1::Venue::MUSEUM);
    request.mutable_venue()->set_district(absl::StrCat("districts/growth-", number % kDistricts));
    return Request{kStaff, request.SerializeAsString()};
  });
  Fill(address, absl::StrCat(kService, "CreateSpace"), kSpaces, [](uint64_t number) {
    venue::v1::CreateSpaceRequest request;
    request.set_parent(absl::StrCat("venues/", VenueOf(number)));
    request.set_space_id(absl::StrCat("s", number / kVenues));
    request.set_request_id(absl::StrCat("growth-space-", number));
    request.mutable_space()->mutable_display_name()->set_zh("展厅");
    request.mutable_space()->set_kind(venue::v1::Space::HALL);
    return Request{kStaff, request.SerializeAsString()};
  });
}

void MakeSeries(const std::string& address) {
  Fill(address, absl::StrCat(kService, "CreateSeries"), kSpaces, [today = Today()](uint64_t number) {
    venue::v1::CreateSeriesRequest request;
    request.set_parent(SpaceOf(number));
    request.set_request_id(absl::StrCat("growth-series-", number));
    venue::v1::Series& series = *request.mutable_series();
    series.set_purpose(venue::v1::Allocation::OTHER);
    series.mutable_recurrence()->set_frequency(venue::v1::Series::Recurrence::DAILY);
    SetDate(today + 2, series.mutable_recurrence()->mutable_start_date());
    series.mutable_recurrence()->set_count(kDatesOfASeries);
    series.mutable_start_time()->set_hours(9);
    series.mutable_end_time()->set_hours(11);
    return Request{kStaff, request.SerializeAsString()};
  });
}

std::unique_ptr<Load> Allocations(const std::string& address, std::atomic<uint64_t>& made) {
  const absl::Time first = absl::FromCivil(Today() + kFirstFreeDay, absl::UTCTimeZone());
  return MakeGrpcLoad({address}, 4, absl::StrCat(kService, "CreateAllocation"), [&made, first](uint64_t) {
    const uint64_t number = made.fetch_add(1);
    const int64_t turn = static_cast<int64_t>(number / kSpaces);
    const absl::Time start = first + absl::Hours(24 * (turn / kHoursOfADay) + turn % kHoursOfADay);
    venue::v1::CreateAllocationRequest request;
    request.set_parent(SpaceOf(number % kSpaces));
    request.set_request_id(absl::StrCat("growth-", number));
    request.mutable_allocation()->set_purpose(venue::v1::Allocation::OTHER);
    request.mutable_allocation()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
    request.mutable_allocation()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(start) + 3600);
    return Request{kStaff, request.SerializeAsString()};
  });
}

std::unique_ptr<Load> DistrictMonths(const std::string& address) {
  return MakeGrpcLoad({address}, 2, absl::StrCat(kService, "ListOccupancy"),
                      [today = Today()](uint64_t number) {
                        venue::v1::ListOccupancyRequest request;
                        request.set_district(absl::StrCat("districts/growth-", number % kDistricts));
                        SetDate(today + 2, request.mutable_first_date());
                        SetDate(today + 32, request.mutable_last_date());
                        return Request{"users/anybody", request.SerializeAsString()};
                      });
}

}  // namespace

void MeasureVenueGrowth(Rig& rig, Report& report, double warm_seconds, double seconds) {
  const std::string address = rig.address("venue");
  const std::map<std::string, std::vector<pid_t>> processes = {{"client", {getpid()}}};
  std::atomic<uint64_t> made{0};
  MakeHouses(rig);
  auto early = Allocations(address, made);
  const double before = Measure(*early, kInFlight, warm_seconds, seconds, processes).per_second;
  report.Add("space_allocation", before, "1/s", "redis_fcall_booking");
  MakeSeries(address);
  auto late = Allocations(address, made);
  const double after = Measure(*late, kInFlight, warm_seconds, seconds, processes).per_second;
  report.Add("space_allocation_after_5e5", after, "1/s", "space_allocation");
  auto months = DistrictMonths(address);
  const Sample sample = Measure(*months, kReadsInFlight, warm_seconds, seconds, processes);
  report.Add("district_month", sample.per_second, "1/s", "grpc_echo");
  report.Add("district_month_p99_ms", sample.p99_ms, "ms");
  report.Add("venue_reservations", static_cast<double>(kSpaces * kDatesOfASeries + made), "reservations");
  report.Add("venue_memory", static_cast<double>(ResidentBytes(rig.pid("venue"))) / 1e6, "MB");
}

}  // namespace kepu::bench
