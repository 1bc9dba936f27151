// The holidays and make-up working days of each year, as the yearly notice of the State Council gives them.
// Data comes in as values; for a year without a notice the fixed-date public holidays stand in and answers
// are marked provisional. A value; thread-safe while nobody changes it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace kepu::calendar {

// A year has about 33 days of holiday and 6 make-up days; the bound leaves room and keeps a bad file out.
inline constexpr size_t kMaxHolidayEntries = 100;

enum class DayKind { kOrdinary, kHoliday, kMakeupWorkday };

struct HolidayEntry {
  absl::CivilDay date;
  DayKind kind = DayKind::kHoliday;
  std::string block;  // "spring-festival"; days of one block share it
};

class HolidayTable {
 public:
  struct Day {
    DayKind kind = DayKind::kOrdinary;
    std::string block;
    bool provisional = false;  // no notice for the year of this day
  };

  // Replaces what is known of a year. Its entries may reach into the last week of the year before (a New Year
  // block) and the first of the year after. INVALID_ARGUMENT for a foreign date, a date twice, or a make-up
  // day that is no weekend.
  absl::Status SetYear(int year, std::vector<HolidayEntry> entries);
  void EraseYear(int year);
  bool HasYear(int year) const { return years_.contains(year); }

  Day On(absl::CivilDay date) const;
  // Monday to Friday unless a holiday, and make-up days.
  bool IsWorkday(absl::CivilDay date) const;
  // First and last day of the unbroken run of holidays around `date`, which must be a holiday.
  std::pair<absl::CivilDay, absl::CivilDay> BlockAround(absl::CivilDay date) const;

 private:
  std::map<int, std::map<absl::CivilDay, HolidayEntry>> years_;
};

}  // namespace kepu::calendar
