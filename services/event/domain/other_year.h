// From one year to another: how far the days of a campaign or an event move when it is held again. Pure
// functions; thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace kepu::event::domain {

// Days from `day` to the same day of `year`, 28 February for the 29th where there is none; with
// `keep_weekday` to the nearest day that has the same day of the week. INVALID_ARGUMENT for the year that it
// is in.
absl::StatusOr<int64_t> DaysToYear(absl::CivilDay day, int year, bool keep_weekday);

}  // namespace kepu::event::domain
