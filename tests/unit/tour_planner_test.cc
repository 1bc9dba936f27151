// The planner against all plans there are where they are few, against the greedy plan where they are many,
// and every proposal against the rules of tours.
#include "services/venue/planner/tour_planner.h"

#include <chrono>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/executor/random.h"
#include "services/venue/planner/packing.h"
#include "services/venue/planner/visit_weight.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;

const travel::KnownTimes kNothingKnown;

struct Shape {
  int caravans = 2;
  int days = 3;
  int stops = 7;
  double spread = 0.4;  // degrees around the middle
  int km_left = 100'000;
};

Task MakeTask(uint64_t seed, const Shape& shape) {
  executor::SeededRandom random(seed);
  auto near = [&](double spread) {
    return (static_cast<double>(random.Below(2001)) / 1000.0 - 1.0) * spread;
  };
  Task task;
  task.first = absl::CivilDay(2026, 4, 1);
  task.days = shape.days;
  const Days all = (Days{1} << shape.days) - 1;
  for (int i = 0; i < shape.caravans; ++i) {
    const int depot = i % 3;
    TaskCaravan caravan{absl::StrCat("caravans/c", i),
                        {absl::StrCat("home", depot), 29.5 + 0.3 * depot, 106.5 + 0.5 * depot, false},
                        all,
                        shape.km_left};
    if (random.Below(3) == 0) caravan.free &= ~(Days{1} << random.Below(static_cast<uint64_t>(shape.days)));
    task.caravans.push_back(caravan);
  }
  for (int i = 0; i < shape.stops; ++i) {
    TaskStop stop;
    stop.name = absl::StrCat("stopRequests/r", i);
    stop.place = {absl::StrCat("schools/s", i), 29.7 + near(shape.spread), 107.0 + near(shape.spread), false};
    stop.service = absl::Minutes(30 + 15 * static_cast<int>(random.Below(5)));
    stop.classes = 1 + static_cast<int>(random.Below(3));
    stop.weight = 10 + static_cast<int>(random.Below(50));
    const int first = static_cast<int>(random.Below(static_cast<uint64_t>(shape.days)));
    const int length = 1 + static_cast<int>(random.Below(7));
    for (int day = first; day < std::min(first + length, shape.days); ++day) stop.days |= Days{1} << day;
    task.stops.push_back(stop);
  }
  return task;
}

// Everything a plan promises, looked at one by one.
void CheckPlan(const Task& task, const TourPlan& plan) {
  std::set<size_t> served;
  std::vector<Days> used(task.caravans.size());
  std::vector<int> km(task.caravans.size());
  int64_t value = 0;
  for (const ProposedTour& tour : plan.tours) {
    const TaskCaravan& caravan = task.caravans[tour.caravan];
    Problems problems;
    const Itinerary itinerary =
        WorkOut(v1::Caravan::CARAVAN, caravan.home, tour.visits, kNothingKnown, problems);
    EXPECT_TRUE(problems.empty()) << problems[0].rule;
    EXPECT_EQ(itinerary.taken, tour.taken);
    int64_t worth = -itinerary.km;
    for (size_t i = 0; i < tour.stops.size(); ++i) {
      const TaskStop& stop = task.stops[tour.stops[i]];
      EXPECT_TRUE(served.insert(tour.stops[i]).second) << stop.name << " twice";
      const int day = static_cast<int>(calendar::DayOf(tour.visits[i].service.start) - task.first);
      EXPECT_TRUE((stop.days >> day & 1) != 0) << stop.name << " on a day nobody wished";
      EXPECT_EQ(tour.visits[i].place.name, stop.place.name);
      EXPECT_EQ(tour.visits[i].service.length(), stop.service);
      worth += kWeightValue * stop.weight;
    }
    EXPECT_EQ(worth, tour.value);
    value += worth;
    km[tour.caravan] += itinerary.km;
    for (absl::CivilDay day = calendar::DayOf(tour.taken.start); calendar::At(day) < tour.taken.end; ++day) {
      const int at = static_cast<int>(day - task.first);
      ASSERT_TRUE(at >= 0 && at < task.days) << "outside the period";
      EXPECT_TRUE((caravan.free >> at & 1) != 0) << "not free";
      EXPECT_TRUE((used[tour.caravan] >> at & 1) == 0) << "two tours on one day";
      used[tour.caravan] |= Days{1} << at;
    }
  }
  for (size_t v = 0; v < km.size(); ++v) EXPECT_LE(km[v], task.caravans[v].km_left);
  EXPECT_EQ(value, plan.value);
  EXPECT_GE(plan.bound, plan.value);
  EXPECT_GE(plan.value, plan.greedy_value);
  EXPECT_EQ(served.size() + plan.left_out.size(), task.stops.size());
  for (const LeftOut& left : plan.left_out) EXPECT_FALSE(served.contains(left.stop));
}

// What a day out to these places is worth in their best order, INT64_MIN when no crew can do it.
int64_t WorthOfDay(const Task& task, const travel::Place& home, std::vector<size_t> stops) {
  int64_t best = INT64_MIN;
  std::sort(stops.begin(), stops.end());
  do {
    std::vector<Visit> visits;
    int64_t worth = 0;
    const absl::CivilDay day(2026, 4, 1);
    bool late = false;
    for (const size_t at : stops) {
      const TaskStop& stop = task.stops[at];
      const travel::Place& from = visits.empty() ? home : visits.back().place;
      const absl::Duration way = travel::TravelTime(from, stop.place, kNothingKnown);
      absl::Time start = visits.empty()
                             ? std::max(calendar::At(day, 9 * 60), calendar::At(day, 6 * 60) + way + kSetUp)
                             : visits.back().service.end + kTakeDown + way + kSetUp;
      while (absl::ToUnixSeconds(start) % 300 != 0) start += absl::Seconds(60);
      visits.push_back({stop.place, {start, start + stop.service}, stop.assemblies, stop.classes, false});
      late = late || start + stop.service > calendar::At(day, 18 * 60);
      worth += kWeightValue * stop.weight;
    }
    Problems problems;
    const Itinerary itinerary = WorkOut(v1::Caravan::CARAVAN, home, visits, kNothingKnown, problems);
    if (problems.empty() && !late && itinerary.nights == 0) best = std::max(best, worth - itinerary.km);
  } while (std::next_permutation(stops.begin(), stops.end()));
  return best;
}

// All plans of days out, by dynamic programming over what has been served.
int64_t BestOfAll(const Task& task) {
  const size_t sets = size_t{1} << task.stops.size();
  std::vector<int64_t> best(sets, INT64_MIN);
  best[0] = 0;
  for (const TaskCaravan& caravan : task.caravans) {
    std::vector<int64_t> worth(sets, INT64_MIN);
    for (size_t set = 1; set < sets; ++set) {
      std::vector<size_t> stops;
      for (size_t i = 0; i < task.stops.size(); ++i)
        if ((set >> i & 1) != 0) stops.push_back(i);
      if (stops.size() <= 4) worth[set] = WorthOfDay(task, caravan.home, stops);
    }
    for (int day = 0; day < task.days; ++day) {
      if ((caravan.free >> day & 1) == 0) continue;
      std::vector<int64_t> next = best;
      for (size_t served = 0; served < sets; ++served) {
        if (best[served] == INT64_MIN) continue;
        for (size_t set = 1; set < sets; ++set) {
          if ((set & served) != 0 || worth[set] == INT64_MIN) continue;
          bool wished = true;
          for (size_t i = 0; i < task.stops.size(); ++i)
            wished = wished && ((set >> i & 1) == 0 || (task.stops[i].days >> day & 1) != 0);
          if (wished) next[served | set] = std::max(next[served | set], best[served] + worth[set]);
        }
      }
      best = std::move(next);
    }
  }
  return *std::max_element(best.begin(), best.end());
}

TEST(PackingTest, ChoosesTheBestAndPricesWhatIsScarce) {
  Packing packing({1, 1, 1});
  packing.Add({{5, {{0, 1}}}, {5, {{1, 1}}}, {8, {{0, 1}, {1, 1}}}, {3, {{2, 1}}}, {2, {{2, 1}}}});
  EXPECT_NEAR(packing.Relax(), 13, 1e-6);
  // One of them is in, and the next best stands ready for less.
  EXPECT_GE(packing.prices()[2], 2 - 1e-6);
  EXPECT_LE(packing.prices()[2], 3 + 1e-6);
  EXPECT_THAT(packing.Choose({}, absl::Seconds(5), 0), ElementsAre(true, true, false, true, false));
  packing.Add({{11, {{0, 1}, {1, 1}}}});
  EXPECT_NEAR(packing.Relax(), 14, 1e-6);
  EXPECT_THAT(packing.Choose({}, absl::Seconds(5), 0), ElementsAre(false, false, false, true, false, true));
  // Three pairs of three rows: half of each in the relaxation, one of them in fact.
  Packing odd({1, 1, 1});
  odd.Add({{2, {{0, 1}, {1, 1}}}, {2, {{1, 1}, {2, 1}}}, {2, {{0, 1}, {2, 1}}}});
  EXPECT_NEAR(odd.Relax(), 3, 1e-6);
  const std::vector<bool> one = odd.Choose({}, absl::Seconds(5), 0);
  EXPECT_EQ(std::count(one.begin(), one.end(), true), 1);
}

TEST(TourPlannerTest, SmallCasesAreWithinFivePercentOfTheBestOfAll) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const Task task = MakeTask(seed, {});
    const int64_t best = BestOfAll(task);
    const TourPlan plan = PlanTours(task);
    CheckPlan(task, plan);
    EXPECT_GE(plan.value * 100, best * 95);
    EXPECT_GE(plan.bound, best);
  }
}

TEST(TourPlannerTest, RandomCasesAreNeverWorseThanGreedyAndKeepTheRules) {
  bool better = false;
  for (uint64_t seed = 100; seed < 106; ++seed) {
    SCOPED_TRACE(seed);
    Shape shape{.caravans = 3, .days = 6, .stops = 24, .spread = 0.8};
    if (seed % 2 == 1) shape.spread = 1.8;
    if (seed % 3 == 0) shape.km_left = 600;
    const Task task = MakeTask(seed, shape);
    const TourPlan plan = PlanTours(task, {.time_max = absl::Milliseconds(500)});
    CheckPlan(task, plan);
    const TourPlan greedy = PlanGreedily(task);
    CheckPlan(task, greedy);
    EXPECT_EQ(plan.greedy_value, greedy.value);
    EXPECT_GE(plan.value, greedy.value);
    better = better || plan.value > greedy.value;
  }
  EXPECT_TRUE(better) << "the solver is good for nothing";
}

TEST(TourPlannerTest, WhatIsLeftOutIsToldWhy) {
  Task task = MakeTask(7, {.caravans = 1, .days = 2, .stops = 4, .spread = 0.1});
  task.caravans[0].free = 1;
  for (TaskStop& stop : task.stops) stop.days = 3;
  task.stops[0].days = 0;
  task.stops[1].service = absl::Hours(8);
  task.stops[2].days = 2;
  task.stops[3].classes = 5;
  task.stops[3].weight = 10;
  TaskStop heavy = task.stops[3];
  heavy.place.name = "schools/heavy";
  heavy.weight = 60;
  task.stops.push_back(heavy);
  const TourPlan plan = PlanTours(task);
  CheckPlan(task, plan);
  std::map<size_t, std::string> why;
  for (const LeftOut& left : plan.left_out) why[left.stop] = left.rule;
  EXPECT_EQ(why, (std::map<size_t, std::string>{{0, "PLAN_NO_WISHED_DAY"},
                                                {1, "PLAN_TOO_FAR"},
                                                {2, "PLAN_NO_FREE_CARAVAN"},
                                                {3, "PLAN_LOWER_WEIGHT"}}));
}

TEST(TourPlannerTest, FarPlacesAreServedOverSomeDays) {
  Task task = MakeTask(3, {.caravans = 1, .days = 8, .stops = 2, .spread = 0.05});
  task.caravans[0].free = 255;
  for (TaskStop& stop : task.stops) {
    stop.place.latitude += 1.7;
    stop.days = 255;
    stop.classes = 4;
  }
  const TourPlan plan = PlanTours(task);
  CheckPlan(task, plan);
  ASSERT_EQ(plan.tours.size(), 1u) << "one way there serves both";
  EXPECT_EQ(plan.tours[0].stops.size(), 2u);
}

TEST(TourPlannerTest, NothingToDoIsAPlanToo) {
  EXPECT_TRUE(PlanTours({absl::CivilDay(2026, 4, 1), 5, {}, {}}).tours.empty());
  Task task = MakeTask(1, {});
  task.caravans.clear();
  const TourPlan plan = PlanTours(task);
  EXPECT_TRUE(plan.tours.empty());
  EXPECT_EQ(plan.left_out.size(), task.stops.size());
}

TEST(TourPlannerTest, AMonthOfTenCaravansAndTwoHundredStops) {
  const Task task = MakeTask(42, {.caravans = 10, .days = 30, .stops = 200, .spread = 1.5});
  const auto start = std::chrono::steady_clock::now();
  const TourPlan plan = PlanTours(task);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CheckPlan(task, plan);
  std::printf(
      "10 caravans, 200 stops, 30 days: %.1f s, value %ld, greedy %ld, bound %ld, %zu tours, %zu left out\n",
      took.count(), static_cast<long>(plan.value), static_cast<long>(plan.greedy_value),
      static_cast<long>(plan.bound), plan.tours.size(), plan.left_out.size());
}

TEST(VisitWeightTest, GapRegionAndHeadsCount) {
  const absl::Time now = calendar::At(absl::CivilDay(2026, 3, 2));
  EXPECT_EQ(WeightOf("districts/yubei", 50, 0, std::nullopt, now).total(), 34);
  EXPECT_EQ(WeightOf("districts/yubei", 350, 5, now - absl::Hours(24 * 95), now).total(), 10 + 3 + 3 + 5);
  EXPECT_EQ(WeightOf("districts/wushan", 0, 0, now, now).total(), 22);
  EXPECT_EQ(WeightOf("districts/youyang", 0, 0, now - absl::Hours(24 * 3000), now).total(), 46);
}

}  // namespace
}  // namespace kepu::venue
