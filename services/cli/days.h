// Dates and times as people write them in tables, on the calendar of the city. Besides plain dates a cell may
// say "week+3", days from the start of the demo's Science and Technology Week, the second Saturday after the
// day of the import. Values; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kepu::cli {

class Days {
 public:
  // `today` in the city.
  explicit Days(absl::CivilDay today);

  absl::CivilDay today() const { return today_; }
  absl::CivilDay week_start() const { return week_start_; }

  // "2026-12-05", "week", "week+3", "week-14", "today+1".
  absl::StatusOr<absl::CivilDay> Day(absl::string_view text) const;
  // A day and "HH:MM" behind it, local; or RFC 3339 with its own offset.
  absl::StatusOr<absl::Time> Instant(absl::string_view text) const;

 private:
  absl::CivilDay today_;
  absl::CivilDay week_start_;
};

// The zone of the city; UTC+8 where the host has no zone data.
absl::TimeZone CityZone();

}  // namespace kepu::cli
