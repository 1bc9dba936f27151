#include "libs/calendar/opening.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::calendar {
namespace {

// Between a block and the first working day after it lie at most a weekend and another block; a bound for the
// walk.
constexpr int kMaxRestDays = 31;
constexpr int kFriday = 4;
constexpr size_t kSunday = 6;

void CheckPeriods(const std::vector<Period>& periods, const std::string& field,
                  refusal::FieldErrors& errors) {
  if (periods.size() > kMaxPeriodsPerDay)
    errors.Add(field, absl::StrCat("at most ", kMaxPeriodsPerDay, " periods a day"));
  int free_from = 0;
  for (size_t i = 0; i < periods.size(); ++i) {
    const Period& period = periods[i];
    const std::string at = absl::StrCat(field, "[", i, "]");
    if (period.open < free_from)
      errors.Add(absl::StrCat(at, ".open"), "periods must be in order, apart, and begin at 00:00 or later");
    if (period.close <= period.open || period.close > kMinutesPerDay)
      errors.Add(absl::StrCat(at, ".close"), "must be after the opening and no later than 24:00");
    if (period.last_entry < period.open || period.last_entry > period.close)
      errors.Add(absl::StrCat(at, ".last_entry"), "must lie within the period");
    free_from = period.close;
  }
}

const SpecialDays* SpecialOn(const OpeningRules& rules, absl::CivilDay date) {
  for (auto it = rules.special.rbegin(); it != rules.special.rend(); ++it)
    if (it->first <= date && date <= it->last) return &*it;
  return nullptr;
}

const std::vector<Period>& Weekly(const OpeningRules& rules, absl::CivilDay date) {
  return rules.weekly[static_cast<size_t>(WeekdayIndex(date))];
}

// Only a closing day from Monday to Friday moves: an office that rests on weekends has nothing to make up.
bool IsMovingClosingDay(const OpeningRules& rules, absl::CivilDay date) {
  return WeekdayIndex(date) <= kFriday && Weekly(rules, date).empty();
}

// The block whose closing day moved to `date`: `date` is the first working day after it, and a weekly closing
// day lay in it. Blocks with only a weekend between them are looked at together.
std::optional<std::pair<absl::CivilDay, absl::CivilDay>> BlockMadeUpOn(const OpeningRules& rules,
                                                                       const HolidayTable& holidays,
                                                                       absl::CivilDay date) {
  if (!holidays.IsWorkday(date)) return std::nullopt;
  absl::CivilDay day = date - 1;
  for (int i = 0; i < kMaxRestDays && !holidays.IsWorkday(day); ++i, --day) {
    if (holidays.On(day).kind == DayKind::kHoliday && IsMovingClosingDay(rules, day))
      return holidays.BlockAround(day);
  }
  return std::nullopt;
}

OpeningAnswer AnswerOnHoliday(const OpeningRules& rules, const HolidayTable::Day& day, OpeningAnswer answer) {
  answer.params.emplace_back("block", day.block);
  if (rules.holiday_rule == HolidayRule::kClosed) {
    answer.rule = Rule::kHolidayClosing;
    return answer;
  }
  const bool closing_day = Weekly(rules, answer.date).empty();
  answer.rule = closing_day ? Rule::kClosingDayInHoliday : Rule::kHolidayHours;
  if (!rules.holiday_periods.empty()) {
    answer.periods = rules.holiday_periods;
  } else {
    answer.periods = closing_day ? rules.weekly[kSunday] : Weekly(rules, answer.date);
  }
  if (answer.periods.empty()) answer.rule = Rule::kWeeklyClosing;
  return answer;
}

}  // namespace

const char* RuleName(Rule rule) {
  switch (rule) {
    case Rule::kWeeklyHours:
      return "WEEKLY_HOURS";
    case Rule::kWeeklyClosing:
      return "WEEKLY_CLOSING";
    case Rule::kHolidayHours:
      return "HOLIDAY_HOURS";
    case Rule::kHolidayClosing:
      return "HOLIDAY_CLOSING";
    case Rule::kClosingDayInHoliday:
      return "CLOSING_DAY_IN_HOLIDAY";
    case Rule::kShiftedClosing:
      return "SHIFTED_CLOSING";
    case Rule::kMakeupWorkday:
      return "MAKEUP_WORKDAY";
    case Rule::kSpecialOpening:
      return "SPECIAL_OPENING";
    case Rule::kSpecialClosing:
      return "SPECIAL_CLOSING";
    case Rule::kByAnnouncement:
      return "BY_ANNOUNCEMENT";
  }
  return "";
}

absl::Status CheckRules(const OpeningRules& rules, absl::string_view field) {
  refusal::FieldErrors errors;
  for (size_t i = 0; i < rules.weekly.size(); ++i)
    CheckPeriods(rules.weekly[i], absl::StrCat(field, ".weekly[", i, "].periods"), errors);
  CheckPeriods(rules.holiday_periods, absl::StrCat(field, ".holiday_periods"), errors);
  if (rules.special.size() > kMaxSpecialDays)
    errors.Add(absl::StrCat(field, ".special_days"), absl::StrCat("at most ", kMaxSpecialDays, " entries"));
  for (size_t i = 0; i < rules.special.size(); ++i) {
    const std::string at = absl::StrCat(field, ".special_days[", i, "]");
    if (rules.special[i].last < rules.special[i].first)
      errors.Add(absl::StrCat(at, ".last_date"), "must not be before the first date");
    CheckPeriods(rules.special[i].periods, absl::StrCat(at, ".periods"), errors);
  }
  if (WeekdayIndex(absl::NextWeekday(absl::CivilDay(2026, 1, 1), rules.makeup_weekday)) > kFriday)
    errors.Add(absl::StrCat(field, ".makeup_weekday"), "must be a day from Monday to Friday");
  return errors.ToStatus();
}

OpeningAnswer OpenOn(const OpeningRules& rules, const HolidayTable& holidays, absl::CivilDay date) {
  const HolidayTable::Day day = holidays.On(date);
  OpeningAnswer answer;
  answer.date = date;
  answer.provisional = day.provisional;
  answer.params = {{"date", FormatDate(date)}, {"weekday", WeekdayName(absl::GetWeekday(date))}};
  if (const SpecialDays* special = SpecialOn(rules, date)) {
    answer.rule = special->periods.empty() ? Rule::kSpecialClosing : Rule::kSpecialOpening;
    answer.periods = special->periods;
    answer.provisional = false;
    if (!special->note.empty()) answer.params.emplace_back("note", special->note);
    return answer;
  }
  if (rules.by_announcement) {
    answer.rule = Rule::kByAnnouncement;
    answer.provisional = false;
    return answer;
  }
  if (rules.holiday_rule != HolidayRule::kWeekly && day.kind == DayKind::kHoliday)
    return AnswerOnHoliday(rules, day, std::move(answer));
  if (rules.holiday_rule == HolidayRule::kShiftClosing) {
    if (auto block = BlockMadeUpOn(rules, holidays, date)) {
      answer.rule = Rule::kShiftedClosing;
      answer.params.emplace_back("block", holidays.On(block->first).block);
      answer.params.emplace_back("block_end", FormatDate(block->second));
      return answer;
    }
  }
  if (day.kind == DayKind::kMakeupWorkday) {
    answer.periods = rules.weekly[static_cast<size_t>(rules.makeup_weekday)];
    answer.rule = Rule::kMakeupWorkday;
    answer.params.emplace_back("block", day.block);
    return answer;
  }
  answer.periods = Weekly(rules, date);
  answer.rule = answer.periods.empty() ? Rule::kWeeklyClosing : Rule::kWeeklyHours;
  return answer;
}

std::vector<OpeningAnswer> NextOpenDays(const OpeningRules& rules, const HolidayTable& holidays,
                                        absl::CivilDay from, size_t count) {
  std::vector<OpeningAnswer> days;
  for (int i = 0; i < kNextOpenHorizonDays && days.size() < count; ++i) {
    OpeningAnswer answer = OpenOn(rules, holidays, from + i);
    if (answer.open()) days.push_back(std::move(answer));
  }
  return days;
}

std::optional<OpeningAnswer> FirstShutDay(const OpeningRules& rules, const HolidayTable& holidays,
                                          absl::Time start, absl::Time end) {
  const absl::CivilDay last = DayOf(end - absl::Nanoseconds(1));
  for (absl::CivilDay day = DayOf(start); day <= last; ++day) {
    OpeningAnswer answer = OpenOn(rules, holidays, day);
    const absl::Time until = std::min(end, At(day + 1));
    absl::Time covered = std::max(start, At(day));
    for (const Period& period : answer.periods)
      if (At(day, period.open) <= covered) covered = std::max(covered, At(day, period.close));
    if (covered < until) return answer;
  }
  return std::nullopt;
}

}  // namespace kepu::calendar
