#include "services/volunteer/domain/timeline.h"

#include <algorithm>

#include "libs/calendar/dates.h"
#include "libs/travel/travel.h"

namespace kepu::volunteer::domain {
namespace {

constexpr int64_t kDayUs = 24 * 3'600'000'000;
// The city has one fixed offset (libs/calendar).
constexpr int64_t kOffsetUs = 8 * 3'600'000'000;
// 1970 began on a Thursday.
constexpr int32_t kFirstWeekday = 3;

int64_t Micros(absl::Duration duration) { return absl::ToInt64Microseconds(duration); }

travel::Place PlaceOf(const Stretch& stretch) {
  return {std::string(stretch.place), stretch.where->location().latitude(),
          stretch.where->location().longitude(), stretch.where->main_urban()};
}

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

int32_t DayNumber(int64_t time_us) { return static_cast<int32_t>(FloorDiv(time_us + kOffsetUs, kDayUs)); }

int64_t DayStart(int32_t day) { return day * kDayUs - kOffsetUs; }

int32_t MondayOf(int32_t day) {
  const int32_t weekday = ((day + kFirstWeekday) % 7 + 7) % 7;
  return day - weekday;
}

Stretch StretchOf(const record::Assignment& assignment) {
  return {assignment.start_us(), assignment.end_us(), DayNumber(assignment.start_us()), assignment.place(),
          assignment.has_whereabouts() ? &assignment.whereabouts() : nullptr};
}

absl::Duration WayBetween(const Stretch& from, const Stretch& to, const Rules& rules) {
  if (from.place == to.place || from.place.empty() || to.place.empty()) return absl::ZeroDuration();
  absl::Duration way = rules.unknown_way;
  if (const absl::Duration* known = rules.known_ways.Find(from.place, to.place)) {
    way = *known;
  } else if (from.where != nullptr && to.where != nullptr) {
    way = travel::TravelTime(PlaceOf(from), PlaceOf(to), rules.known_ways);
  }
  return std::min(way, kTravelMax);
}

Obstacle FindObstacle(std::span<const Stretch> taken, const Stretch& wanted, const Rules& rules) {
  const int64_t reach_us = Micros(rules.rest + kTravelMax);
  const int32_t monday = MondayOf(wanted.day);
  Obstacle obstacle;
  int64_t day_us = 0, week_us = 0;
  for (size_t i = 0; i < taken.size(); ++i) {
    const Stretch& other = taken[i];
    if (other.day >= monday && other.day < monday + 7) week_us += other.end_us - other.start_us;
    if (other.day == wanted.day) day_us += other.end_us - other.start_us;
    // Most lie so far apart that no way matters.
    if (wanted.start_us >= other.end_us + reach_us || other.start_us >= wanted.end_us + reach_us) continue;
    const bool first = other.start_us < wanted.start_us;
    const absl::Duration gap =
        rules.rest + (first ? WayBetween(other, wanted, rules) : WayBetween(wanted, other, rules));
    if (wanted.start_us < other.end_us + Micros(gap) && other.start_us < wanted.end_us + Micros(gap))
      return {Obstacle::kOverlaps, i, gap, absl::ZeroDuration()};
  }
  const int64_t more_us = wanted.end_us - wanted.start_us;
  if (day_us + more_us > Micros(rules.day_max))
    return {Obstacle::kDay, 0, absl::ZeroDuration(), absl::Microseconds(day_us)};
  if (week_us + more_us > Micros(rules.week_max))
    return {Obstacle::kWeek, 0, absl::ZeroDuration(), absl::Microseconds(week_us)};
  return obstacle;
}

}  // namespace kepu::volunteer::domain
