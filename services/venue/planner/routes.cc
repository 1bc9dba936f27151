#include "services/venue/planner/routes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "libs/calendar/dates.h"

namespace kepu::venue {
namespace {

// Schools and offices: nobody is there earlier or later.
constexpr int kFirstService = 9 * 60;
constexpr int kLastService = 18 * 60;
// The crew rises no earlier for it.
constexpr int kLeaves = 6 * 60;
constexpr absl::Duration kStep = absl::Minutes(5);

// A place and the day of the route on which it is served.
using Call = std::pair<size_t, int>;

class Grower {
 public:
  Grower(const travel::Place& home, const Task& task, const RouteLimits& limits)
      : home_(home), task_(task), limits_(limits) {
    FindNeighbours();
  }

  std::vector<Route> Run() {
    std::vector<Grown> length;
    for (size_t i = 0; i < task_.stops.size(); ++i) {
      if (task_.stops[i].days == 0) continue;
      auto grown = Grow({{i, 0}}, false);
      if (!grown) grown = Grow({{i, 0}}, true);
      if (grown) length.push_back(*std::move(grown));
    }
    std::vector<Route> routes;
    for (size_t size = 1; !length.empty(); ++size) {
      Keep(length);
      std::vector<Grown> next;
      if (size < limits_.stops_max)
        for (const Grown& grown : length) Extend(grown, next);
      for (Grown& grown : length) routes.push_back(std::move(grown.route));
      length = std::move(next);
    }
    return routes;
  }

 private:
  struct Grown {
    std::vector<Call> calls;
    bool away = false;  // the crew sleeps there
    Route route;
  };

  void FindNeighbours() {
    for (const TaskStop& stop : task_.stops) {
      std::vector<std::pair<double, size_t>> near;
      for (size_t j = 0; j < task_.stops.size(); ++j)
        if (&task_.stops[j] != &stop && task_.stops[j].days != 0)
          near.emplace_back(travel::GreatCircleKm(stop.place, task_.stops[j].place), j);
      std::sort(near.begin(), near.end());
      if (near.size() > limits_.neighbours) near.resize(limits_.neighbours);
      auto& list = neighbours_.emplace_back();
      for (const auto& [km, j] : near) list.push_back(j);
    }
  }

  void Extend(const Grown& grown, std::vector<Grown>& next) const {
    for (const size_t stop : neighbours_[grown.calls.back().first]) {
      if (std::any_of(grown.calls.begin(), grown.calls.end(), [&](const Call& c) { return c.first == stop; }))
        continue;
      std::vector<Call> calls = grown.calls;
      calls.emplace_back(stop, calls.back().second);
      auto longer = Grow(calls, grown.away);
      if (!longer && grown.away && calls.back().second + 1 < limits_.service_days_max) {
        ++calls.back().second;
        longer = Grow(calls, true);
      }
      if (longer) next.push_back(*std::move(longer));
    }
  }

  // With the crew back home in the evening of the last stop, or else on the day after it.
  std::optional<Grown> Grow(const std::vector<Call>& calls, bool away) const {
    auto grown = Try(calls, away, false);
    return !grown && away ? Try(calls, away, true) : grown;
  }

  // The earliest times at which the calls can be made; nothing when the crew cannot do it.
  std::optional<Grown> Try(const std::vector<Call>& calls, bool away, bool stays) const {
    Grown grown{calls, away, {}};
    Route& route = grown.route;
    route.starts = (Days{1} << task_.days) - 1;
    for (const auto& [stop, day] : calls) {
      route.starts &= task_.stops[stop].days >> day;
      route.stops.push_back(stop);
      route.value += kWeightValue * task_.stops[stop].weight;
    }
    if (route.starts == 0 || !Times(calls, away, stays, route)) return std::nullopt;
    Problems problems;
    const Itinerary itinerary = WorkOut(v1::Caravan::CARAVAN, home_, route.visits, known_, problems);
    if (!problems.empty()) return std::nullopt;
    const absl::CivilDay reference = ReferenceDay();
    route.first_day = static_cast<int>(calendar::DayOf(itinerary.taken.start) - reference);
    route.last_day =
        static_cast<int>(calendar::DayOf(itinerary.taken.end - absl::Nanoseconds(1)) - reference);
    // Who had to sleep there may go on from there.
    grown.away = away || route.last_day > route.first_day;
    route.km = itinerary.km;
    route.value -= itinerary.km;
    route.starts = StartsIn(route, ~Days{0}, task_.days);
    if (route.starts == 0 || route.value <= 0) return std::nullopt;
    return grown;
  }

  bool Times(const std::vector<Call>& calls, bool away, bool stays, Route& route) const {
    const travel::Place* at = &home_;
    absl::Time free;
    for (size_t i = 0; i < calls.size(); ++i) {
      const TaskStop& stop = task_.stops[calls[i].first];
      const absl::CivilDay day = ReferenceDay() + calls[i].second;
      const absl::Duration way = travel::TravelTime(*at, stop.place, known_);
      const bool new_day = i == 0 || calls[i].second != calls[i - 1].second;
      absl::Time start = calendar::At(day, kFirstService);
      // Who comes from far away has driven on the day before.
      const bool before = i == 0 && RoadKm(home_, stop.place) > kOvernightKm;
      if (new_day && !before) start = std::max(start, calendar::At(day, kLeaves) + way + kSetUp);
      if (!new_day) start = std::max(start, free + way + kSetUp);
      start = absl::UnixEpoch() + absl::Ceil(start - absl::UnixEpoch(), kStep);
      const absl::Time end = start + stop.service;
      if (end > calendar::At(day, kLastService)) return false;
      const bool sleeps = i + 1 < calls.size() ? calls[i + 1].second != calls[i].second : stays;
      route.visits.push_back({stop.place, {start, end}, stop.assemblies, stop.classes, away && sleeps});
      at = &stop.place;
      free = end + kTakeDown;
    }
    return true;
  }

  // One of each set of places and days, the shortest; the best for the days they take, when they are many.
  void Keep(std::vector<Grown>& grown) const {
    std::map<std::vector<Call>, size_t> best;
    for (size_t i = 0; i < grown.size(); ++i) {
      std::vector<Call> key = grown[i].calls;
      std::sort(key.begin(), key.end());
      auto [it, inserted] = best.try_emplace(std::move(key), i);
      if (!inserted && grown[i].route.km < grown[it->second].route.km) it->second = i;
    }
    std::vector<Grown> kept;
    for (const auto& [key, i] : best) kept.push_back(std::move(grown[i]));
    std::stable_sort(kept.begin(), kept.end(), [](const Grown& a, const Grown& b) {
      return a.route.value * (b.route.last_day - b.route.first_day + 1) >
             b.route.value * (a.route.last_day - a.route.first_day + 1);
    });
    if (kept.size() > limits_.per_length) kept.resize(limits_.per_length);
    grown = std::move(kept);
  }

  const travel::Place& home_;
  const Task& task_;
  const RouteLimits& limits_;
  const travel::KnownTimes known_;
  std::vector<std::vector<size_t>> neighbours_;
};

}  // namespace

absl::CivilDay ReferenceDay() { return absl::CivilDay(2026, 1, 5); }

std::vector<Route> RoutesFrom(const travel::Place& home, const Task& task, const RouteLimits& limits) {
  return Grower(home, task, limits).Run();
}

Days StartsIn(const Route& route, Days free, int days) {
  const Days period = (Days{1} << days) - 1;
  Days starts = route.starts;
  for (int offset = route.first_day; offset <= route.last_day; ++offset)
    starts &= offset >= 0 ? (free & period) >> offset : (free & period) << -offset;
  return starts;
}

Days TakenFrom(const Route& route, int start) {
  const int length = route.last_day - route.first_day + 1;
  return ((Days{1} << length) - 1) << (start + route.first_day);
}

}  // namespace kepu::venue
