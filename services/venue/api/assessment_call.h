// What the handlers of assessments and duties share: their service's name and the year that a request means.
// Stateless; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/call_context.h"

namespace kepu::venue {

inline constexpr char kAssessmentService[] = "kepu.venue.v1.AssessmentService";
// Calendars and rules reach no further back.
inline constexpr int kFirstCountedYear = 2000;

// This year when none is given.
inline absl::StatusOr<int> YearAsked(int year, absl::Time now) {
  if (year == 0) return static_cast<int>(calendar::DayOf(now).year());
  if (year < kFirstCountedYear) return refusal::BadField("year", "must be a year from 2000 on");
  return year;
}

}  // namespace kepu::venue
