#include "services/venue/planner/tour_planner.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "services/venue/planner/packing.h"
#include "services/venue/planner/routes.h"

namespace kepu::venue {
namespace {

// As many columns are looked at all at once; more are priced, so that only the promising ones are.
constexpr size_t kAllColumns = 6000;
// Of each caravan and day, in each round of pricing.
constexpr size_t kPricedPerSlot = 2;
// Less than this is no gain: a kilometre is worth one.
constexpr double kGain = 0.5;

// A route of a caravan, from a day on.
struct Pick {
  size_t caravan = 0;
  const Route* route = nullptr;
  int start = 0;
};

class Planner {
 public:
  Planner(const Task& task, const PlannerOptions& options) : task_(task), options_(options) {
    for (size_t v = 0; v < task.caravans.size(); ++v) {
      const travel::Place& home = task.caravans[v].home;
      const auto key = std::make_tuple(home.latitude, home.longitude, home.main_urban);
      auto [it, inserted] = homes_.try_emplace(key, routes_.size());
      if (inserted) routes_.push_back(RoutesFrom(home, task));
      home_of_.push_back(it->second);
    }
  }

  std::vector<Pick> Greedy() const {
    std::vector<Pick> picks;
    Fill(picks);
    return picks;
  }

  TourPlan Best() {
    const std::vector<Pick> greedy = Greedy();
    std::vector<Pick> best = Improve(greedy);
    Fill(best);
    TourPlan plan = Finished(ValueOf(best) >= ValueOf(greedy) ? best : greedy);
    plan.greedy_value = ValueOf(greedy);
    plan.bound = std::max(plan.value, static_cast<int64_t>(bound_));
    return plan;
  }

  TourPlan Finished(std::vector<Pick> picks) const {
    std::sort(picks.begin(), picks.end(), [](const Pick& a, const Pick& b) {
      return std::pair(a.start, a.caravan) < std::pair(b.start, b.caravan);
    });
    TourPlan plan;
    plan.value = ValueOf(picks);
    for (const Pick& pick : picks) plan.tours.push_back(TourOf(pick));
    TellLeftOut(picks, plan);
    return plan;
  }

 private:
  struct Used {
    std::vector<bool> stops;
    std::vector<Days> free;
    std::vector<int> km_left;
  };

  static int64_t ValueOf(const std::vector<Pick>& picks) {
    int64_t value = 0;
    for (const Pick& pick : picks) value += pick.route->value;
    return value;
  }

  Used UsedBy(const std::vector<Pick>& picks) const {
    Used used;
    used.stops.resize(task_.stops.size());
    for (const TaskCaravan& caravan : task_.caravans) {
      used.free.push_back(caravan.free);
      used.km_left.push_back(caravan.km_left);
    }
    for (const Pick& pick : picks) Use(pick, used);
    return used;
  }
  static void Use(const Pick& pick, Used& used) {
    for (const size_t stop : pick.route->stops) used.stops[stop] = true;
    used.free[pick.caravan] &= ~TakenFrom(*pick.route, pick.start);
    used.km_left[pick.caravan] -= pick.route->km;
  }

  // Whatever still fits, the best for the days it takes first, each on the first day that is free.
  void Fill(std::vector<Pick>& picks) const {
    std::vector<const Route*> order;
    for (const auto& routes : routes_)
      for (const Route& route : routes) order.push_back(&route);
    std::stable_sort(order.begin(), order.end(), [](const Route* a, const Route* b) {
      return a->value * (b->last_day - b->first_day + 1) > b->value * (a->last_day - a->first_day + 1);
    });
    Used used = UsedBy(picks);
    for (const Route* route : order) {
      if (std::any_of(route->stops.begin(), route->stops.end(), [&](size_t s) { return used.stops[s]; }))
        continue;
      Pick pick{0, nullptr, std::numeric_limits<int>::max()};
      for (size_t v = 0; v < task_.caravans.size(); ++v) {
        const std::vector<Route>& own = routes_[home_of_[v]];
        if (route < own.data() || route >= own.data() + own.size() || route->km > used.km_left[v]) continue;
        const Days starts = StartsIn(*route, used.free[v], task_.days);
        if (starts != 0 && __builtin_ctzll(starts) < pick.start) pick = {v, route, __builtin_ctzll(starts)};
      }
      if (pick.route == nullptr) continue;
      Use(pick, used);
      picks.push_back(pick);
    }
  }

  // Rows: each place once, each day of each caravan once, each caravan's kilometres.
  int SlotRow(size_t caravan, int day) const {
    return static_cast<int>(task_.stops.size() + caravan * static_cast<size_t>(task_.days)) + day;
  }
  int KmRow(size_t caravan) const { return SlotRow(task_.caravans.size(), 0) + static_cast<int>(caravan); }
  std::vector<double> Rows() const {
    std::vector<double> rows(static_cast<size_t>(KmRow(0)), 1.0);
    for (const TaskCaravan& caravan : task_.caravans) rows.push_back(std::max(caravan.km_left, 0));
    return rows;
  }
  Column ColumnOf(const Pick& pick) const {
    Column column{static_cast<double>(pick.route->value), {}};
    for (const size_t stop : pick.route->stops) column.uses.emplace_back(static_cast<int>(stop), 1.0);
    for (int day = pick.route->first_day; day <= pick.route->last_day; ++day)
      column.uses.emplace_back(SlotRow(pick.caravan, pick.start + day), 1.0);
    column.uses.emplace_back(KmRow(pick.caravan), pick.route->km);
    return column;
  }

  // Calls `see` with each route of each caravan on each day that it can begin on.
  template <class See>
  void ForEachPick(See see) const {
    for (size_t v = 0; v < task_.caravans.size(); ++v)
      for (const Route& route : routes_[home_of_[v]])
        for (Days starts = StartsIn(route, task_.caravans[v].free, task_.days); starts != 0;
             starts &= starts - 1)
          if (route.km <= task_.caravans[v].km_left) see(Pick{v, &route, __builtin_ctzll(starts)});
  }

  std::vector<Pick> Improve(const std::vector<Pick>& greedy) {
    Packing packing(Rows());
    std::vector<Pick> picks;
    auto add = [&](const std::vector<Pick>& more) {
      std::vector<Column> columns;
      for (const Pick& pick : more) columns.push_back(ColumnOf(pick));
      packing.Add(columns);
      picks.insert(picks.end(), more.begin(), more.end());
    };
    add(greedy);
    std::vector<Pick> all;
    ForEachPick([&](const Pick& pick) {
      if (all.size() <= kAllColumns) all.push_back(pick);
    });
    if (all.size() <= kAllColumns) {
      add(all);
      bound_ = packing.Relax();
    } else {
      Price(packing, add);
    }
    std::vector<bool> start(greedy.size(), true);
    const std::vector<bool> chosen = packing.Choose(start, options_.time_max, options_.gap);
    std::vector<Pick> best;
    for (size_t i = 0; i < picks.size(); ++i)
      if (chosen[i]) best.push_back(picks[i]);
    return best;
  }

  template <class Add>
  void Price(Packing& packing, Add add) {
    bound_ = std::numeric_limits<double>::max();
    for (int round = 0; round < options_.rounds; ++round) {
      const double worth = packing.Relax();
      double slack = 0;
      const std::vector<Pick> better = BetterThan(packing.prices(), slack);
      // One route at most begins on each day of each caravan, and gains no more than the best of them.
      bound_ = std::min(bound_, worth + slack);
      if (better.empty()) return;
      add(better);
    }
    bound_ = std::min(bound_, std::numeric_limits<double>::max());
    packing.Relax();
  }

  // The routes that are worth more than what they use up, the best of each caravan and day.
  std::vector<Pick> BetterThan(const std::vector<double>& prices, double& slack) const {
    std::vector<std::vector<double>> gain_of;
    for (const auto& routes : routes_) {
      auto& gains = gain_of.emplace_back();
      for (const Route& route : routes) {
        double gain = static_cast<double>(route.value);
        for (const size_t stop : route.stops) gain -= prices[stop];
        gains.push_back(gain);
      }
    }
    std::vector<Pick> better;
    for (size_t v = 0; v < task_.caravans.size(); ++v) {
      std::vector<std::vector<std::pair<double, const Route*>>> best(static_cast<size_t>(task_.days));
      const std::vector<Route>& routes = routes_[home_of_[v]];
      const double km_price = prices[static_cast<size_t>(KmRow(v))];
      for (size_t r = 0; r < routes.size(); ++r) {
        const double gain = gain_of[home_of_[v]][r] - km_price * routes[r].km;
        if (gain > kGain && routes[r].km <= task_.caravans[v].km_left)
          NoteGain(v, routes[r], gain, prices, best);
      }
      for (size_t day = 0; day < best.size(); ++day) {
        if (!best[day].empty()) slack += best[day].front().first;
        for (const auto& [gain, route] : best[day]) better.push_back({v, route, static_cast<int>(day)});
      }
    }
    return better;
  }

  void NoteGain(size_t caravan, const Route& route, double gain, const std::vector<double>& prices,
                std::vector<std::vector<std::pair<double, const Route*>>>& best) const {
    for (Days starts = StartsIn(route, task_.caravans[caravan].free, task_.days); starts != 0;
         starts &= starts - 1) {
      const int start = __builtin_ctzll(starts);
      double left = gain;
      for (int day = route.first_day; day <= route.last_day; ++day)
        left -= prices[static_cast<size_t>(SlotRow(caravan, start + day))];
      if (left <= kGain) continue;
      auto& list = best[static_cast<size_t>(start)];
      if (list.size() == kPricedPerSlot && list.back().first >= left) continue;
      if (list.size() == kPricedPerSlot) list.pop_back();
      const auto at =
          std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.first < left; });
      list.insert(at, {left, &route});
    }
  }

  ProposedTour TourOf(const Pick& pick) const {
    ProposedTour tour{pick.caravan, pick.route->stops, pick.route->visits, {}, 0, pick.route->value};
    const absl::Duration later = absl::Hours(24) * (task_.first + pick.start - ReferenceDay());
    for (Visit& visit : tour.visits) {
      visit.service.start += later;
      visit.service.end += later;
    }
    Problems problems;
    const Itinerary itinerary =
        WorkOut(v1::Caravan::CARAVAN, task_.caravans[pick.caravan].home, tour.visits, {}, problems);
    tour.taken = itinerary.taken;
    tour.km = itinerary.km;
    return tour;
  }

  void TellLeftOut(const std::vector<Pick>& picks, TourPlan& plan) const {
    const Used used = UsedBy(picks);
    std::vector<bool> reachable(task_.stops.size()), free(task_.stops.size());
    for (size_t v = 0; v < task_.caravans.size(); ++v) {
      for (const Route& route : routes_[home_of_[v]]) {
        if (route.stops.size() > 1) continue;
        reachable[route.stops[0]] = true;
        if (StartsIn(route, task_.caravans[v].free, task_.days) != 0 && route.km <= task_.caravans[v].km_left)
          free[route.stops[0]] = true;
      }
    }
    for (size_t stop = 0; stop < task_.stops.size(); ++stop) {
      if (used.stops[stop]) continue;
      const char* rule = task_.stops[stop].days == 0 ? kNoWishedDay
                         : !reachable[stop]          ? kTooFar
                         : !free[stop]               ? kNoFreeCaravan
                                                     : kLowerWeight;
      plan.left_out.push_back({stop, rule});
    }
  }

  const Task& task_;
  const PlannerOptions& options_;
  std::map<std::tuple<double, double, bool>, size_t> homes_;
  std::vector<std::vector<Route>> routes_;  // of each home
  std::vector<size_t> home_of_;             // of each caravan
  double bound_ = 0;
};

}  // namespace

TourPlan PlanTours(const Task& task, const PlannerOptions& options) { return Planner(task, options).Best(); }

TourPlan PlanGreedily(const Task& task) {
  const PlannerOptions options;
  const Planner planner(task, options);
  TourPlan plan = planner.Finished(planner.Greedy());
  plan.greedy_value = plan.bound = plan.value;
  return plan;
}

}  // namespace kepu::venue
