#include "services/venue/domain/holidays.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/open_days.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {
constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2199;
}  // namespace

absl::StatusOr<int> YearOf(absl::string_view field, absl::string_view name) {
  constexpr absl::string_view kPrefix = "calendars/";
  int year = 0;
  if (name.substr(0, kPrefix.size()) == kPrefix && name.size() == kPrefix.size() + 4 &&
      absl::SimpleAtoi(name.substr(kPrefix.size()), &year) && year >= kFirstYear && year <= kLastYear)
    return year;
  return refusal::BadField(field, "must be a name of the form calendars/2026");
}

absl::StatusOr<const v1::HolidayCalendar*> FindCalendar(const CalendarState& state, int year) {
  auto child = state.Find(kInfoField);
  if (!child.ok()) return child.status();
  if (*child == nullptr) return refusal::NotFound(absl::StrCat("calendars/", year));
  return &(*child)->calendar();
}

absl::StatusOr<Facts> DecideSetCalendar(const CalendarState& state, v1::HolidayCalendar calendar,
                                        absl::Time now) {
  auto existing = state.Find(kInfoField);
  if (!existing.ok()) return existing.status();
  const std::string etag = *existing == nullptr ? "" : (*existing)->calendar().etag();
  if (absl::Status status = CheckEtag(calendar.name(), calendar.etag(), etag); !status.ok()) return status;
  calendar::HolidayTable scratch;
  if (absl::Status status = PutYear(calendar, scratch); !status.ok()) return status;
  auto year = YearOf("holiday_calendar.name", calendar.name());
  if (!year.ok()) return year.status();
  if (absl::Status status = CheckCampaigns(calendar, *year); !status.ok()) return status;
  calendar.set_etag(NextEtag(etag));
  *calendar.mutable_update_time() = ToTimestamp(now);
  Facts facts;
  *facts.emplace_back().mutable_calendar_set() = std::move(calendar);
  return facts;
}

absl::Status PutYear(const v1::HolidayCalendar& calendar, calendar::HolidayTable& table) {
  auto year = YearOf("holiday_calendar.name", calendar.name());
  if (!year.ok()) return year.status();
  std::vector<calendar::HolidayEntry> entries;
  for (int i = 0; i < calendar.days_size(); ++i) {
    const v1::HolidayCalendar::Day& day = calendar.days(i);
    auto date = ToDay(absl::StrCat("holiday_calendar.days[", i, "].date"), day.date());
    if (!date.ok()) return date.status();
    const auto kind = day.kind() == v1::HolidayCalendar::Day::HOLIDAY ? calendar::DayKind::kHoliday
                      : day.kind() == v1::HolidayCalendar::Day::MAKEUP_WORKDAY
                          ? calendar::DayKind::kMakeupWorkday
                          : calendar::DayKind::kOrdinary;
    entries.push_back({*date, kind, day.block()});
  }
  return table.SetYear(*year, std::move(entries));
}

}  // namespace kepu::venue
