#include "libs/calendar/holidays.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::calendar {
namespace {

// A notice may name days of the neighbouring years within this many days of new year.
constexpr int kReachDays = 7;
// No block of holidays has ever been longer; a bound for the walk, not a rule.
constexpr int kMaxBlockDays = 31;

// The public holidays that keep their date every year, by the rules of 2025. Those of the lunar calendar and
// Qingming move and are not guessed.
const char* FixedBlock(absl::CivilDay date) {
  const int month = date.month(), day = date.day();
  if (month == 1 && day == 1) return "new-year";
  if (month == 5 && day <= 2) return "labour-day";
  if (month == 10 && day <= 3) return "national-day";
  return nullptr;
}

bool IsWeekend(absl::CivilDay date) { return WeekdayIndex(date) >= 5; }

}  // namespace

absl::Status HolidayTable::SetYear(int year, std::vector<HolidayEntry> entries) {
  refusal::FieldErrors errors;
  if (entries.size() > kMaxHolidayEntries)
    errors.Add("days", absl::StrCat("at most ", kMaxHolidayEntries, " days a year"));
  std::map<absl::CivilDay, HolidayEntry> days;
  for (size_t i = 0; i < entries.size(); ++i) {
    HolidayEntry& entry = entries[i];
    const std::string field = absl::StrCat("days[", i, "]");
    if (entry.date < absl::CivilDay(year, 1, 1) - kReachDays ||
        entry.date > absl::CivilDay(year, 12, 31) + kReachDays)
      errors.Add(absl::StrCat(field, ".date"), absl::StrCat("must lie in ", year, " or within a week of it"));
    if (entry.kind == DayKind::kOrdinary)
      errors.Add(absl::StrCat(field, ".kind"), "must be HOLIDAY or MAKEUP_WORKDAY");
    if (entry.kind == DayKind::kMakeupWorkday && !IsWeekend(entry.date))
      errors.Add(absl::StrCat(field, ".kind"), "only a Saturday or Sunday can be a make-up working day");
    const absl::CivilDay date = entry.date;
    if (!days.emplace(date, std::move(entry)).second)
      errors.Add(absl::StrCat(field, ".date"), absl::StrCat(FormatDate(date), " stands twice"));
  }
  if (!errors.empty()) return errors.ToStatus();
  years_[year] = std::move(days);
  return absl::OkStatus();
}

void HolidayTable::EraseYear(int year) { years_.erase(year); }

HolidayTable::Day HolidayTable::On(absl::CivilDay date) const {
  const int year = static_cast<int>(date.year());
  // The notice of the day's own year speaks first; those of its neighbours may reach over new year.
  for (const int owner : {year, year + 1, year - 1}) {
    auto table = years_.find(owner);
    if (table == years_.end()) continue;
    auto day = table->second.find(date);
    if (day != table->second.end()) return {day->second.kind, day->second.block, false};
  }
  if (HasYear(year)) return {};
  if (const char* block = FixedBlock(date)) return {DayKind::kHoliday, block, true};
  return {DayKind::kOrdinary, "", true};
}

bool HolidayTable::IsWorkday(absl::CivilDay date) const {
  switch (On(date).kind) {
    case DayKind::kHoliday:
      return false;
    case DayKind::kMakeupWorkday:
      return true;
    case DayKind::kOrdinary:
      return !IsWeekend(date);
  }
  return false;
}

std::pair<absl::CivilDay, absl::CivilDay> HolidayTable::BlockAround(absl::CivilDay date) const {
  absl::CivilDay first = date, last = date;
  for (int i = 0; i < kMaxBlockDays && On(first - 1).kind == DayKind::kHoliday; ++i) --first;
  for (int i = 0; i < kMaxBlockDays && On(last + 1).kind == DayKind::kHoliday; ++i) ++last;
  return {first, last};
}

}  // namespace kepu::calendar
