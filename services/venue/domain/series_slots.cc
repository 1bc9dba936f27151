#include "services/venue/domain/series_slots.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/recurrence.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using refusal::BadField;

absl::StatusOr<calendar::Recurrence> ReadRecurrence(const v1::Series::Recurrence& message) {
  calendar::Recurrence rule;
  if (message.frequency() == v1::Series::Recurrence::DAILY)
    rule.frequency = calendar::Recurrence::Frequency::kDaily;
  rule.interval = std::max(1, message.interval());
  for (int i = 0; i < message.weekdays_size(); ++i) {
    const int day = message.weekdays(i);
    if (day < 1 || day > 7)
      return BadField(absl::StrCat("series.recurrence.weekdays[", i, "]"), "must be MONDAY to SUNDAY");
    rule.weekdays.insert(static_cast<absl::Weekday>(day - 1));
  }
  auto start = ToDay("series.recurrence.start_date", message.start_date());
  if (!start.ok()) return start.status();
  rule.start = *start;
  if (message.has_until_date()) {
    auto until = ToDay("series.recurrence.until_date", message.until_date());
    if (!until.ok()) return until.status();
    rule.until = *until;
  }
  if (message.count() > 0) rule.count = message.count();
  for (int i = 0; i < message.except_dates_size(); ++i) {
    auto except = ToDay(absl::StrCat("series.recurrence.except_dates[", i, "]"), message.except_dates(i));
    if (!except.ok()) return except.status();
    rule.except.insert(*except);
  }
  return rule;
}

}  // namespace

absl::StatusOr<Slot> SlotOn(const v1::Series& series, absl::CivilDay date) {
  const auto start = MinuteOf(series.start_time()), end = MinuteOf(series.end_time());
  if (!start || *start == calendar::kMinutesPerDay)
    return BadField("series.start_time", "must be a whole minute from 00:00 to 23:59");
  if (!end) return BadField("series.end_time", "must be a whole minute from 00:00 to 24:00");
  return Slot{date, {calendar::At(date, *start), calendar::At(*end > *start ? date : date + 1, *end)}};
}

absl::StatusOr<std::vector<Slot>> SlotsOf(const v1::Series& series, const calendar::OpeningRules& rules,
                                          const calendar::HolidayTable& holidays, absl::Time now) {
  auto rule = ReadRecurrence(series.recurrence());
  if (!rule.ok()) return rule.status();
  auto dates = calendar::Expand(*rule);
  if (!dates.ok()) return dates.status();
  std::vector<Slot> slots;
  for (const absl::CivilDay date : *dates) {
    auto slot = SlotOn(series, date);
    if (!slot.ok()) return slot.status();
    if (slot->use.start <= now) continue;
    if (slot->use.start > now + kMaxAhead)
      return BadField("series.recurrence", absl::StrCat("must end within ", kMaxAheadDays, " days"));
    if (series.recurrence().open_days_only() && !calendar::OpenOn(rules, holidays, date).open()) continue;
    slots.push_back(*slot);
  }
  if (slots.empty()) return BadField("series.recurrence", "gives no date that is still to come");
  if (slots.size() > kMaxSeriesDates)
    return BadField("series.recurrence", absl::StrCat("comes to more than ", kMaxSeriesDates, " dates"));
  return slots;
}

absl::Status CheckApart(const std::vector<Slot>& slots, const calendar::Buffers& buffers) {
  for (size_t i = 1; i < slots.size(); ++i) {
    if (buffers.Widen(slots[i - 1].use).Overlaps(buffers.Widen(slots[i].use)))
      return BadField("series.end_time",
                      "each occurrence must be over, take-down included, before the next is set up");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Series> UntilADate(v1::Series series) {
  if (series.recurrence().count() == 0) return series;
  auto rule = ReadRecurrence(series.recurrence());
  if (!rule.ok()) return rule.status();
  rule->except.clear();
  auto dates = calendar::Expand(*rule);
  if (!dates.ok()) return dates.status();
  series.mutable_recurrence()->clear_count();
  *series.mutable_recurrence()->mutable_until_date() = ToDate(dates->back());
  return series;
}

}  // namespace kepu::venue
