// The fleet as decisions see it: which child holds what, looking it up, what takes a caravan over time. Only
// Apply changes it. Values of one executor; not thread-safe. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/calendar/interval_set.h"
#include "libs/travel/travel.h"
#include "services/venue/domain/places.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

using FleetState = aggregate::Aggregate<log::v1::FleetHead, log::v1::FleetChild>;
using FleetFacts = std::vector<log::v1::FleetFact>;
using Taking = log::v1::FleetMonth::Taken;

// Who plans a year ahead plans enough; what is further away is not looked at.
inline constexpr int kFleetHorizonDays = 400;
// A crew that has not told its mileage for longer is asked by people, not by rules.
inline constexpr absl::Duration kUnreadMileage = absl::Hours(24 * 62);
// The city runs some dozens; each stands in the lists and in every plan.
inline constexpr int kMaxCaravans = 200;

std::string CaravanField(absl::string_view caravan);
std::string TourField(absl::string_view caravan, absl::string_view tour);
std::string MaintenanceField(absl::string_view caravan, absl::string_view maintenance);
std::string FleetMonthField(absl::string_view caravan, absl::CivilMonth month);
std::string StopRequestField(absl::string_view request);
std::string ExpiringField(int day, int bucket);

std::string CaravanName(absl::string_view caravan);
std::string TourName(absl::string_view caravan, absl::string_view tour);
// `index` from 0; the first stop is "s1".
std::string StopName(absl::string_view tour_name, int index);
std::string MaintenanceName(absl::string_view caravan, absl::string_view maintenance);
std::string StopRequestName(absl::string_view request);
// "caravans/a" of all that lies in it.
absl::string_view CaravanOf(absl::string_view name);
// The tour of a stop's name; empty when it is none.
absl::string_view TourOf(absl::string_view stop_name);

// NOT_FOUND when there is none; NotLoaded passes through. By id.
absl::StatusOr<const v1::Caravan*> FindCaravan(const FleetState& state, absl::string_view caravan);
absl::StatusOr<const log::v1::TourPlanned*> FindTour(const FleetState& state, absl::string_view caravan,
                                                     absl::string_view tour);
absl::StatusOr<const v1::Maintenance*> FindMaintenance(const FleetState& state, absl::string_view caravan,
                                                       absl::string_view maintenance);
absl::StatusOr<const v1::StopRequest*> FindStopRequest(const FleetState& state, absl::string_view request);

// What takes the caravan at some time in the range, by start. Asks for all months at once.
absl::StatusOr<std::vector<Taking>> TakingsOf(const FleetState& state, absl::string_view caravan,
                                              const calendar::Interval& range);

inline calendar::Interval IntervalOf(const Taking& taking) {
  return {absl::FromUnixMicros(taking.start_us()), absl::FromUnixMicros(taking.end_us())};
}
inline calendar::Interval IntervalOf(const log::v1::TourPlanned::Share& share) {
  return {absl::FromUnixMicros(share.start_us()), absl::FromUnixMicros(share.end_us())};
}

travel::Place HomeOf(const v1::Caravan& caravan);

// Days since 1970 of a local day.
int DayNumberOf(absl::CivilDay day);

}  // namespace kepu::venue
