// What a plan of tours is made from and what it is: caravans with their free days, places with their weights,
// and the tours proposed. Plain values, so that a plan can be made on any thread and repeated in a test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/calendar/interval_set.h"
#include "libs/travel/travel.h"
#include "services/venue/domain/itinerary.h"

namespace kepu::venue {

// Bit d: day d of the period.
using Days = uint64_t;
// A month and the wishes around it; more than Days holds no plan needs.
inline constexpr int kPlanDaysMax = 46;

struct TaskCaravan {
  std::string name;
  travel::Place home;
  Days free = 0;
  int km_left = 0;  // until its service
};

struct TaskStop {
  std::string name;  // of the request, or of the host
  travel::Place place;
  absl::Duration service = absl::Hours(1);
  int assemblies = 0;
  int classes = 0;
  int weight = 0;
  Days days = 0;  // on which it may be served
};

struct Task {
  absl::CivilDay first;
  int days = 0;
  std::vector<TaskCaravan> caravans;
  std::vector<TaskStop> stops;
};

struct ProposedTour {
  size_t caravan = 0;
  std::vector<size_t> stops;  // in the order of visits
  std::vector<Visit> visits;  // with their times
  calendar::Interval taken;
  int km = 0;
  int64_t value = 0;
};

struct LeftOut {
  size_t stop = 0;
  std::string rule;
};

struct TourPlan {
  std::vector<ProposedTour> tours;  // by day, then by caravan
  std::vector<LeftOut> left_out;
  int64_t value = 0;
  int64_t greedy_value = 0;
  int64_t bound = 0;  // no plan of the same routes is worth more
};

// A place is worth its weight in thousands, a kilometre costs one: whom to reach comes first, the way there
// second.
inline constexpr int64_t kWeightValue = 1000;

}  // namespace kepu::venue
