#include "libs/travel/travel.h"

#include <algorithm>
#include <cmath>

namespace kepu::travel {
namespace {
constexpr double kEarthRadiusKm = 6371.0;
constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180;

bool HasPoint(const Place& place) { return place.latitude != 0 || place.longitude != 0; }

bool IsOnePlace(const Place& a, const Place& b) {
  if (a.name.empty() || a.name != b.name) return false;
  return !HasPoint(a) || !HasPoint(b) || GreatCircleKm(a, b) <= kOnePlaceKm;
}
}  // namespace

void KnownTimes::Set(absl::string_view from, absl::string_view to, absl::Duration time) {
  times_[{std::string(from), std::string(to)}] = time;
}

const absl::Duration* KnownTimes::Find(absl::string_view from, absl::string_view to) const {
  // A planner asks a million times, mostly with nothing known.
  if (times_.empty()) return nullptr;
  auto it = times_.find({std::string(from), std::string(to)});
  if (it == times_.end()) it = times_.find({std::string(to), std::string(from)});
  return it == times_.end() ? nullptr : &it->second;
}

double GreatCircleKm(const Place& a, const Place& b) {
  const double from = a.latitude * kRadiansPerDegree, to = b.latitude * kRadiansPerDegree;
  const double half_north = std::sin((to - from) / 2);
  const double half_east = std::sin((b.longitude - a.longitude) * kRadiansPerDegree / 2);
  const double h = half_north * half_north + std::cos(from) * std::cos(to) * half_east * half_east;
  return 2 * kEarthRadiusKm * std::asin(std::min(1.0, std::sqrt(h)));
}

absl::Duration TravelTime(const Place& from, const Place& to, const KnownTimes& known) {
  if (IsOnePlace(from, to)) return absl::ZeroDuration();
  if (const absl::Duration* time = known.Find(from.name, to.name)) return *time;
  const double speed = from.main_urban && to.main_urban ? kUrbanKmh : kRuralKmh;
  const double minutes = GreatCircleKm(from, to) * kDetour / speed * 60;
  // A hair is taken off before rounding up, so that a whole number of minutes stays what it is.
  return absl::Minutes(std::ceil(minutes - 1e-9)) + kDoorToDoor;
}

}  // namespace kepu::travel
