// Dates that come again, daily or weekly, until a date or a number of times, with exceptions: the part of RFC
// 5545 that schedules here use, with its meanings (COUNT counts excepted dates too; weeks begin on Monday).
// Pure; thread-safe.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace kepu::calendar {

// More than a year of days: nobody plans further ahead in one go, and an answer stays small.
inline constexpr size_t kMaxOccurrences = 400;

struct Recurrence {
  enum class Frequency { kDaily, kWeekly };

  Frequency frequency = Frequency::kWeekly;
  int interval = 1;                  // every so many days or weeks
  std::set<absl::Weekday> weekdays;  // kWeekly; none: that of `start`. kDaily: only these days, none: all
  absl::CivilDay start;
  std::optional<absl::CivilDay> until;  // included
  std::optional<int> count;
  std::set<absl::CivilDay> except;
};

// The dates, ascending. INVALID_ARGUMENT for a rule without exactly one of `until` and `count`, and for more
// than kMaxOccurrences dates.
absl::StatusOr<std::vector<absl::CivilDay>> Expand(const Recurrence& rule);

}  // namespace kepu::calendar
