// Civil dates of the city and instants, and the way between them. The city keeps China Standard Time, which
// has had one fixed offset since 1991, so no zone database is read. Pure values; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kepu::calendar {

inline constexpr char kZoneName[] = "Asia/Shanghai";
inline constexpr int kMinutesPerDay = 24 * 60;

// Asia/Shanghai as a fixed offset of eight hours.
absl::TimeZone Zone();

// The instant at `minute` of the local day; 1,440 is the end of the day.
absl::Time At(absl::CivilDay day, int minute = 0);

// The local day that holds the instant.
absl::CivilDay DayOf(absl::Time time);

// Whole minutes since the local midnight, 0 to 1,439.
int MinuteOf(absl::Time time);

// "2026-02-24". INVALID_ARGUMENT naming `field` for anything else, and for a day that does not exist.
absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view field, absl::string_view text);
std::string FormatDate(absl::CivilDay day);

// "MONDAY"
std::string WeekdayName(absl::Weekday weekday);

// Monday 0 to Sunday 6.
int WeekdayIndex(absl::CivilDay day);

}  // namespace kepu::calendar
