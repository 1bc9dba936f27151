// The yearly holiday notices as aggregates, and the table that decisions take as an argument. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// "calendars/2026": the year. INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<int> YearOf(absl::string_view field, absl::string_view name);

absl::StatusOr<const v1::HolidayCalendar*> FindCalendar(const CalendarState& state, int year);

absl::StatusOr<Facts> DecideSetCalendar(const CalendarState& state, v1::HolidayCalendar calendar,
                                        absl::Time now);

// Puts the year into the table.
absl::Status PutYear(const v1::HolidayCalendar& calendar, calendar::HolidayTable& table);

}  // namespace kepu::venue
