// When a venue is open: weekly hours, what becomes of the weekly closing day in and after a holiday block,
// make-up working days, and special days by date. Every answer names the rule that decided it. Pure values;
// thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"

namespace kepu::calendar {

// Morning, afternoon, evening, and one to spare.
inline constexpr size_t kMaxPeriodsPerDay = 4;
// About one special day a week for two years.
inline constexpr size_t kMaxSpecialDays = 100;
// How far NextOpenDays looks: a venue that is shut for longer has no next day worth naming.
inline constexpr int kNextOpenHorizonDays = 120;

// Minutes of the local day: open from `open` until just before `close`; nobody is let in after `last_entry`.
struct Period {
  int open = 0;
  int close = 0;
  int last_entry = 0;
  bool operator==(const Period&) const = default;
};

// What holidays do to the weekly hours.
enum class HolidayRule {
  // The weekly closing day is open inside a holiday block, and the first working day after the block is
  // closed instead.
  kShiftClosing,
  // The weekly closing day is open inside a holiday block; nothing is closed for it.
  kOpen,
  // Weekly hours hold whatever the day.
  kWeekly,
  // Closed on holidays.
  kClosed,
};

// `first` to `last`, both included. Without periods: closed.
struct SpecialDays {
  absl::CivilDay first;
  absl::CivilDay last;
  std::vector<Period> periods;
  std::string note;
};

struct OpeningRules {
  std::array<std::vector<Period>, 7> weekly;  // Monday first; none: the weekly closing day
  HolidayRule holiday_rule = HolidayRule::kShiftClosing;
  // Hours of holidays; none: those of the weekday, and Sunday's on a weekly closing day.
  std::vector<Period> holiday_periods;
  // Whose hours a make-up working day follows.
  absl::Weekday makeup_weekday = absl::Weekday::friday;
  std::vector<SpecialDays> special;  // beats all other rules; of two on one day the later in the list
  // Open on special days only.
  bool by_announcement = false;
};

enum class Rule {
  kWeeklyHours,
  kWeeklyClosing,
  kHolidayHours,
  kHolidayClosing,
  kClosingDayInHoliday,  // a weekly closing day that is open because a holiday block holds it
  kShiftedClosing,       // closed instead, on the first working day after that block
  kMakeupWorkday,
  kSpecialOpening,
  kSpecialClosing,
  kByAnnouncement,
};

// "WEEKLY_CLOSING"
const char* RuleName(Rule rule);

struct OpeningAnswer {
  absl::CivilDay date;
  std::vector<Period> periods;
  Rule rule = Rule::kWeeklyHours;
  // What the rule's sentence needs: date, weekday, block, block_end, note.
  std::vector<std::pair<std::string, std::string>> params;
  bool provisional = false;  // no holiday notice for that year yet
  bool open() const { return !periods.empty(); }
};

// INVALID_ARGUMENT naming fields below `field`: periods out of order, overlapping, too many, dates the wrong
// way round.
absl::Status CheckRules(const OpeningRules& rules, absl::string_view field);

OpeningAnswer OpenOn(const OpeningRules& rules, const HolidayTable& holidays, absl::CivilDay date);

// The first `count` open days on or after `from`, within kNextOpenHorizonDays.
std::vector<OpeningAnswer> NextOpenDays(const OpeningRules& rules, const HolidayTable& holidays,
                                        absl::CivilDay from, size_t count);

// Answers with the first day on which [start, end) is not inside one period (touching periods count as one),
// nullopt when the venue is open all the time.
std::optional<OpeningAnswer> FirstShutDay(const OpeningRules& rules, const HolidayTable& holidays,
                                          absl::Time start, absl::Time end);

}  // namespace kepu::calendar
