// What is asked when the open shifts of a period are to be filled with volunteers who offered, and what comes
// of it. Values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "services/volunteer/domain/suiting.h"
#include "services/volunteer/domain/timeline.h"

namespace kepu::volunteer::domain {

struct MatchTask {
  struct Shift {
    std::string id;
    // Points at what outlives the task.
    Stretch at;
    int32_t free = 0;
    std::string role;
    std::string district;
    const SharedNeeds* needs = nullptr;
  };
  struct Volunteer {
    std::string id;
    record::PersonHead head;
    Age age;
    std::vector<Stretch> taken;
    // Where ways are reckoned from when they do nothing else that day; place empty: not known.
    Stretch home;
  };
  // By start, then id.
  std::vector<Shift> shifts;
  // By id.
  std::vector<Volunteer> volunteers;
  int64_t now_us = 0;
};

struct MatchPlan {
  // By shift: numbers of volunteers, ascending.
  std::vector<std::vector<uint32_t>> people;
  // By shift that is not full: how many volunteers are not in it, by what keeps them out.
  std::vector<std::map<std::string, int32_t>> why_unfilled;
};

// Beside the reasons of refusals.
inline constexpr char kNotAvailable[] = "NOT_AVAILABLE";
inline constexpr char kTakenElsewhere[] = "TAKEN_ELSEWHERE";
inline constexpr char kEnoughShifts[] = "ENOUGH_SHIFTS";

}  // namespace kepu::volunteer::domain
