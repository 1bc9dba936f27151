#include "libs/calendar/recurrence.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::calendar {
namespace {

constexpr int kMaxInterval = 366;
// Every day is looked at, so the walk is bounded; plans reach ten years at most.
constexpr int kHorizonDays = 3660;

bool Occurs(const Recurrence& rule, absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (rule.frequency == Recurrence::Frequency::kDaily) {
    const bool wanted = rule.weekdays.empty() || rule.weekdays.contains(weekday);
    return wanted && (day - rule.start) % rule.interval == 0;
  }
  const absl::CivilDay first_monday = rule.start - WeekdayIndex(rule.start);
  if ((day - first_monday) / 7 % rule.interval != 0) return false;
  return rule.weekdays.empty() ? weekday == absl::GetWeekday(rule.start) : rule.weekdays.contains(weekday);
}

}  // namespace

absl::StatusOr<std::vector<absl::CivilDay>> Expand(const Recurrence& rule) {
  refusal::FieldErrors errors;
  if (rule.interval < 1 || rule.interval > kMaxInterval)
    errors.Add("recurrence.interval", absl::StrCat("must be 1 to ", kMaxInterval));
  if (rule.until.has_value() == rule.count.has_value())
    errors.Add("recurrence", "give either the last date (until) or how often (count)");
  if (rule.count && (*rule.count < 1 || *rule.count > static_cast<int>(kMaxOccurrences)))
    errors.Add("recurrence.count", absl::StrCat("must be 1 to ", kMaxOccurrences));
  if (rule.until && *rule.until < rule.start) errors.Add("recurrence.until", "must not be before the start");
  if (!errors.empty()) return errors.ToStatus();

  std::vector<absl::CivilDay> dates;
  size_t seen = 0;
  const absl::CivilDay horizon = rule.start + kHorizonDays;
  const absl::CivilDay last = rule.until ? std::min(*rule.until, horizon) : horizon;
  for (absl::CivilDay day = rule.start; day <= last; ++day) {
    if (!Occurs(rule, day)) continue;
    if (++seen > kMaxOccurrences)
      return refusal::BadField("recurrence", absl::StrCat("comes to more than ", kMaxOccurrences, " dates"));
    if (!rule.except.contains(day)) dates.push_back(day);
    if (rule.count && seen == static_cast<size_t>(*rule.count)) return dates;
  }
  if (rule.count || *rule.until > horizon)
    return refusal::BadField("recurrence", "reaches more than ten years ahead");
  return dates;
}

}  // namespace kepu::calendar
