// Days and times of tests, short to write. Pure; thread-safe.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/dates.h"

namespace kepu {

inline absl::CivilDay D(absl::string_view text) { return calendar::ParseDate("date", text).value(); }
inline absl::Time T(absl::string_view date, int hour = 0, int minute = 0) {
  return calendar::At(D(date), hour * 60 + minute);
}

}  // namespace kepu
