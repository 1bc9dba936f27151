// Plans a visit day: every class gets each of its courses once, no room, guide or bay is double, and
// everybody has time for the way and for lunch. Where that cannot be, it says the smallest change that would
// make it so. Repeats exactly; takes up to a second or, where nothing fits, a few: off the request threads.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "services/event/domain/visit_task.h"

namespace kepu::event {

// A change of the request; `amount` is minutes, or how many courses are left to each class.
struct VisitChange {
  enum Kind {
    kLaterDeparture,
    kEarlierArrival,
    kShorterLunch,
    kOneMoreGuide,   // for `course`
    kOneMoreRoom,    // for `course`, as large as the largest class that wants it
    kSplitClass,     // `who`, which fits no room of `course`, in two
    kOneCourseLess,  // `course` for the class `who`
    kFewerCourses,   // for every class
    kOneClassLess,   // `who` stays at home
  };
  Kind kind = kLaterDeparture;
  size_t who = 0;
  size_t course = 0;
  int amount = 0;
};

struct VisitOutcome {
  std::optional<domain::VisitPlan> plan;
  // Without a plan: the lightest change after which there is one. None: no single change of these would do.
  std::optional<VisitChange> change;
  // Shown that there is none; false without a plan: none was found within the bounds.
  bool none = false;
};

VisitOutcome PlanVisitDay(const domain::VisitTask& task);

// The task after a change, and the changes that are tried, lightest first.
domain::VisitTask Changed(domain::VisitTask task, const VisitChange& change);
std::vector<VisitChange> ChangesOf(const domain::VisitTask& task);

}  // namespace kepu::event
