// How long it takes from one place to another: a table of known times first, then a rule of thumb over the
// great circle. The one function for plans, clash checks and rest times, so that they agree. Pure values;
// thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::travel {

// The city's defaults, made of its roads: bends, speeds in and out of the main urban area (region MU), and
// the way to the door and back to the road.
inline constexpr double kDetour = 1.5;
inline constexpr double kUrbanKmh = 30;
inline constexpr double kRuralKmh = 45;
inline constexpr absl::Duration kDoorToDoor = absl::Minutes(10);
// Points of one name that lie closer are one place; a school may have grounds elsewhere.
inline constexpr double kOnePlaceKm = 0.5;

struct Place {
  std::string name;     // resource name; what the table of known times is keyed by
  double latitude = 0;  // both zero: not known
  double longitude = 0;
  bool main_urban = false;  // inside region MU
};

// Known times. A time in one direction also serves the other one unless that has its own.
class KnownTimes {
 public:
  void Set(absl::string_view from, absl::string_view to, absl::Duration time);
  // Null when not known.
  const absl::Duration* Find(absl::string_view from, absl::string_view to) const;

 private:
  absl::flat_hash_map<std::pair<std::string, std::string>, absl::Duration> times_;
};

double GreatCircleKm(const Place& a, const Place& b);

// Rounded up to whole minutes. Zero within one place, and within one name of which a point is not known. The
// urban speed holds when both ends lie in region MU.
absl::Duration TravelTime(const Place& from, const Place& to, const KnownTimes& known);

}  // namespace kepu::travel
