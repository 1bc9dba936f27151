// What the handlers of assessments and duties share: their service's name, the year that a request means, and
// the duties of a title as they stand. Stateless; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/title_call.h"
#include "services/venue/domain/duties.h"

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

// Of a holder that is no venue, none. On the executor.
absl::StatusOr<v1::TitleDuties> CountDuties(const CallContext& context, const v1::Title& title, int year,
                                            absl::Time now);

}  // namespace kepu::venue
