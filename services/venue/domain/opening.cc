#include "services/venue/domain/opening.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

google::type::TimeOfDay WriteMinute(int minute) {
  google::type::TimeOfDay time;
  time.set_hours(minute / 60);
  time.set_minutes(minute % 60);
  return time;
}

template <class Periods>
std::vector<calendar::Period> ReadPeriods(const std::string& field, const Periods& periods,
                                          refusal::FieldErrors& errors) {
  std::vector<calendar::Period> read;
  for (int i = 0; i < periods.size(); ++i) {
    const auto open = MinuteOf(periods[i].open_time()), close = MinuteOf(periods[i].close_time());
    const auto last_entry = periods[i].has_last_entry_time() ? MinuteOf(periods[i].last_entry_time()) : close;
    if (!open || !close || !last_entry)
      errors.Add(absl::StrCat(field, "[", i, "]"), "times must be whole minutes from 00:00 to 24:00");
    read.push_back({open.value_or(0), close.value_or(0), last_entry.value_or(0)});
  }
  return read;
}

calendar::HolidayRule ReadHolidayRule(v1::OpeningRules::HolidayRule rule) {
  switch (rule) {
    case v1::OpeningRules::OPEN_ON_HOLIDAYS:
      return calendar::HolidayRule::kOpen;
    case v1::OpeningRules::WEEKLY_HOURS:
      return calendar::HolidayRule::kWeekly;
    case v1::OpeningRules::CLOSED_ON_HOLIDAYS:
      return calendar::HolidayRule::kClosed;
    default:
      return calendar::HolidayRule::kShiftClosing;
  }
}

void ReadWeekly(const std::string& field, const v1::OpeningRules& message, calendar::OpeningRules& rules,
                refusal::FieldErrors& errors) {
  std::array<bool, 7> seen{};
  for (int i = 0; i < message.weekly_size(); ++i) {
    const v1::OpeningRules::Weekday& weekday = message.weekly(i);
    const std::string at = absl::StrCat(field, ".weekly[", i, "]");
    // google.type.DayOfWeek counts from MONDAY = 1.
    const int index = static_cast<int>(weekday.day()) - 1;
    if (index < 0 || index > 6 || seen[static_cast<size_t>(index)]) {
      errors.Add(absl::StrCat(at, ".day"), "must be a weekday, each at most once");
      continue;
    }
    seen[static_cast<size_t>(index)] = true;
    rules.weekly[static_cast<size_t>(index)] =
        ReadPeriods(absl::StrCat(at, ".periods"), weekday.periods(), errors);
  }
}

void ReadSpecial(const std::string& field, const v1::OpeningRules& message, calendar::OpeningRules& rules,
                 refusal::FieldErrors& errors) {
  for (int i = 0; i < message.special_days_size(); ++i) {
    const v1::OpeningRules::SpecialDays& days = message.special_days(i);
    const std::string at = absl::StrCat(field, ".special_days[", i, "]");
    auto first = ToDay(at, days.first_date());
    auto last = days.has_last_date() ? ToDay(at, days.last_date()) : first;
    if (!first.ok() || !last.ok()) {
      errors.Add(at, "first_date and last_date must be days that exist");
      continue;
    }
    rules.special.push_back(
        {*first, *last, ReadPeriods(absl::StrCat(at, ".periods"), days.periods(), errors), days.note().zh()});
  }
}

}  // namespace

absl::StatusOr<calendar::OpeningRules> ReadRules(absl::string_view field, const v1::OpeningRules& message) {
  refusal::FieldErrors errors;
  calendar::OpeningRules rules;
  const std::string at(field);
  ReadWeekly(at, message, rules, errors);
  ReadSpecial(at, message, rules, errors);
  rules.holiday_rule = ReadHolidayRule(message.holiday_rule());
  rules.holiday_periods = ReadPeriods(at + ".holiday_periods", message.holiday_periods(), errors);
  rules.by_announcement = message.by_announcement();
  if (message.makeup_weekday() != google::type::DAY_OF_WEEK_UNSPECIFIED)
    rules.makeup_weekday = static_cast<absl::Weekday>(static_cast<int>(message.makeup_weekday()) - 1);
  if (!errors.empty()) return errors.ToStatus();
  if (absl::Status status = calendar::CheckRules(rules, field); !status.ok()) return status;
  return rules;
}

v1::OpeningDay WriteDay(const calendar::OpeningAnswer& answer) {
  v1::OpeningDay day;
  *day.mutable_date() = ToDate(answer.date);
  day.set_open(answer.open());
  day.set_rule(calendar::RuleName(answer.rule));
  day.set_provisional(answer.provisional);
  for (const auto& [name, value] : answer.params) (*day.mutable_params())[name] = value;
  for (const calendar::Period& period : answer.periods) {
    v1::Period* written = day.add_periods();
    *written->mutable_open_time() = WriteMinute(period.open);
    *written->mutable_close_time() = WriteMinute(period.close);
    *written->mutable_last_entry_time() = WriteMinute(period.last_entry);
  }
  return day;
}

bool IsOpenAt(const OpeningView& venue, absl::Time at) {
  const absl::CivilDay day = calendar::DayOf(at);
  if (venue.retired && day >= *venue.retired) return false;
  for (const calendar::Interval& closure : venue.closures)
    if (at >= closure.start && at < closure.end) return false;
  const int minute = calendar::MinuteOf(at);
  const calendar::OpeningAnswer answer = calendar::OpenOn(venue.rules, venue.holidays, day);
  return std::any_of(answer.periods.begin(), answer.periods.end(), [minute](const calendar::Period& period) {
    return minute >= period.open && minute < period.close;
  });
}

}  // namespace kepu::venue
