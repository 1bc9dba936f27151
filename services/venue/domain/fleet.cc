#include "services/venue/domain/fleet.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/venue/domain/find.h"

namespace kepu::venue {
namespace {

using Child = log::v1::FleetChild;

// The first `count` segments.
absl::string_view Head(absl::string_view name, int count) {
  size_t at = 0;
  for (; count > 0 && at != absl::string_view::npos; --count) at = name.find('/', at == 0 ? 0 : at + 1);
  return name.substr(0, at);
}

}  // namespace

std::string CaravanField(absl::string_view caravan) { return absl::StrCat("c/", caravan); }
std::string TourField(absl::string_view caravan, absl::string_view tour) {
  return absl::StrCat("t/", caravan, "/", tour);
}
std::string MaintenanceField(absl::string_view caravan, absl::string_view maintenance) {
  return absl::StrCat("w/", caravan, "/", maintenance);
}
std::string FleetMonthField(absl::string_view caravan, absl::CivilMonth month) {
  return absl::StrCat("m/", caravan, "/", absl::StrFormat("%04d%02d", month.year(), month.month()));
}
std::string StopRequestField(absl::string_view request) { return absl::StrCat("r/", request); }
std::string ExpiringField(int day, int bucket) { return absl::StrCat("d/", day, "/", bucket); }

std::string CaravanName(absl::string_view caravan) { return absl::StrCat("caravans/", caravan); }
std::string TourName(absl::string_view caravan, absl::string_view tour) {
  return absl::StrCat("caravans/", caravan, "/tours/", tour);
}
std::string StopName(absl::string_view tour_name, int index) {
  return absl::StrCat(tour_name, "/stops/s", index + 1);
}
std::string MaintenanceName(absl::string_view caravan, absl::string_view maintenance) {
  return absl::StrCat("caravans/", caravan, "/maintenances/", maintenance);
}
std::string StopRequestName(absl::string_view request) { return absl::StrCat("stopRequests/", request); }
absl::string_view CaravanOf(absl::string_view name) { return Head(name, 2); }
absl::string_view TourOf(absl::string_view stop_name) { return Head(stop_name, 4); }

absl::StatusOr<const v1::Caravan*> FindCaravan(const FleetState& state, absl::string_view caravan) {
  return FindIn(state, CaravanField(caravan), CaravanName(caravan), &Child::has_caravan, &Child::caravan);
}
absl::StatusOr<const log::v1::TourPlanned*> FindTour(const FleetState& state, absl::string_view caravan,
                                                     absl::string_view tour) {
  return FindIn(state, TourField(caravan, tour), TourName(caravan, tour), &Child::has_tour, &Child::tour);
}
absl::StatusOr<const v1::Maintenance*> FindMaintenance(const FleetState& state, absl::string_view caravan,
                                                       absl::string_view maintenance) {
  return FindIn(state, MaintenanceField(caravan, maintenance), MaintenanceName(caravan, maintenance),
                &Child::has_maintenance, &Child::maintenance);
}
absl::StatusOr<const v1::StopRequest*> FindStopRequest(const FleetState& state, absl::string_view request) {
  return FindIn(state, StopRequestField(request), StopRequestName(request), &Child::has_request,
                &Child::request);
}

absl::StatusOr<std::vector<Taking>> TakingsOf(const FleetState& state, absl::string_view caravan,
                                              const calendar::Interval& range) {
  std::vector<Taking> found;
  absl::Status missing;
  for (const absl::CivilMonth month : MonthsOf(range)) {
    auto child = state.Find(FleetMonthField(caravan, month));
    if (!child.ok()) {
      missing = child.status();
      continue;
    }
    if (*child == nullptr) continue;
    for (const Taking& taking : (*child)->month().taken()) {
      // What reaches over several months stands in each of them.
      const bool seen = std::any_of(found.begin(), found.end(),
                                    [&](const Taking& other) { return other.name() == taking.name(); });
      if (!seen && IntervalOf(taking).Overlaps(range)) found.push_back(taking);
    }
  }
  if (!missing.ok()) return missing;
  std::sort(found.begin(), found.end(),
            [](const Taking& a, const Taking& b) { return a.start_us() < b.start_us(); });
  return found;
}

travel::Place HomeOf(const v1::Caravan& caravan) {
  return PlaceOf(caravan.name(), caravan.district(), caravan.home());
}

int DayNumberOf(absl::CivilDay day) { return static_cast<int>(day - absl::CivilDay(1970, 1, 1)); }

}  // namespace kepu::venue
