#include "services/volunteer/domain/availability.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

constexpr uint32_t kDayMinutes = calendar::kMinutesPerDay;
constexpr uint32_t kWeekMinutes = 7 * kDayMinutes;
constexpr int64_t kUsPerMinute = 60'000'000;
const absl::CivilDay kFirstDay(1970, 1, 1);

using Windows = std::vector<std::pair<uint32_t, uint32_t>>;

// By start, those that touch as one.
Windows Joined(Windows windows) {
  std::sort(windows.begin(), windows.end());
  Windows joined;
  for (const auto& [start, end] : windows) {
    if (!joined.empty() && start <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, end);
    } else {
      joined.emplace_back(start, end);
    }
  }
  return joined;
}

void ReadWindows(const v1::Availability& given, record::AvailabilityRecord& known,
                 refusal::FieldErrors& errors) {
  Windows windows;
  for (int i = 0; i < given.windows_size(); ++i) {
    const v1::Availability::Window& window = given.windows(i);
    const std::string field = absl::StrCat("availability.windows[", i, "]");
    if (window.day() < google::type::MONDAY || window.day() > google::type::SUNDAY) {
      errors.Add(absl::StrCat(field, ".day"), "must be a day of the week");
    } else if (window.start_minute() < 0 || window.end_minute() > calendar::kMinutesPerDay ||
               window.end_minute() <= window.start_minute()) {
      errors.Add(absl::StrCat(field, ".end_minute"), "must come after start_minute, and by 1440");
    } else {
      const uint32_t midnight = static_cast<uint32_t>(window.day() - google::type::MONDAY) * kDayMinutes;
      windows.emplace_back(midnight + static_cast<uint32_t>(window.start_minute()),
                           midnight + static_cast<uint32_t>(window.end_minute()));
    }
  }
  for (const auto& [start, end] : Joined(std::move(windows))) {
    known.add_windows(start);
    known.add_windows(end);
  }
}

void ReadDays(const v1::Availability& given, record::AvailabilityRecord& known,
              refusal::FieldErrors& errors) {
  std::vector<int32_t> days;
  for (int i = 0; i < given.days_off_size(); ++i) {
    const google::type::Date& date = given.days_off(i);
    const absl::CivilDay day(date.year(), date.month(), date.day());
    const bool is_date = day.year() == date.year() && day.month() == date.month() && day.day() == date.day();
    if (!is_date || date.year() < 2000 || date.year() > 2200) {
      errors.Add(absl::StrCat("availability.days_off[", i, "]"), "must be a whole date");
    } else {
      days.push_back(static_cast<int32_t>(day - kFirstDay));
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  known.mutable_days_off()->Assign(days.begin(), days.end());
}

template <class List>
void ReadNames(const List& given, const char* field, const char* pattern, List* known,
               refusal::FieldErrors& errors) {
  for (const std::string& name : given) {
    if (!names::Parse(field, pattern, name).ok()) {
      errors.Add(field, absl::StrCat("must be like ", pattern));
    } else if (std::find(known->begin(), known->end(), name) == known->end()) {
      *known->Add() = name;
    }
  }
}

bool InWindows(const record::AvailabilityRecord& availability, const Stretch& wanted) {
  const int size = availability.windows_size();
  if (size == 0) return true;
  const int64_t monday_us = DayStart(MondayOf(wanted.day));
  const int64_t start = (wanted.start_us - monday_us) / kUsPerMinute;
  const int64_t end = (wanted.end_us - monday_us + kUsPerMinute - 1) / kUsPerMinute;
  for (int i = 0; i + 1 < size; i += 2) {
    int64_t until = availability.windows(i + 1);
    // Sunday night goes on into Monday morning.
    if (until == kWeekMinutes && availability.windows(0) == 0) until += availability.windows(1);
    if (start >= availability.windows(i) && end <= until) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<Facts> DecideAvailability(const Person& person, const v1::Availability& given,
                                         absl::Time now) {
  if (!person.Exists()) return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", "volunteers/me"}});
  refusal::FieldErrors errors;
  record::AvailabilityRecord known;
  known.set_offered(given.offered());
  ReadWindows(given, known, errors);
  ReadDays(given, known, errors);
  ReadNames(given.roles(), "availability.roles", "roles/*", known.mutable_roles(), errors);
  ReadNames(given.districts(), "availability.districts", "districts/*", known.mutable_districts(), errors);
  known.set_shifts_a_week_max(given.shifts_a_week_max());
  if (!errors.empty()) return errors.ToStatus();
  known.set_update_us(person.head().availability().update_us());
  if (person.head().has_availability() &&
      known.SerializeAsString() == person.head().availability().SerializeAsString())
    return Facts{};
  known.set_update_us(absl::ToUnixMicros(now));
  record::Fact fact = At(now);
  *fact.mutable_availability_set()->mutable_availability() = std::move(known);
  return Facts{fact};
}

void ToResource(const record::AvailabilityRecord& known, v1::Availability* availability) {
  availability->set_offered(known.offered());
  for (int i = 0; i + 1 < known.windows_size(); i += 2) {
    // Back into days: a window that was joined over midnight is shown as one for each.
    for (uint32_t from = known.windows(i); from < known.windows(i + 1);) {
      const uint32_t midnight = from / kDayMinutes * kDayMinutes;
      const uint32_t until = std::min(known.windows(i + 1), midnight + kDayMinutes);
      v1::Availability::Window& window = *availability->add_windows();
      window.set_day(static_cast<google::type::DayOfWeek>(google::type::MONDAY + midnight / kDayMinutes));
      window.set_start_minute(static_cast<int32_t>(from - midnight));
      window.set_end_minute(static_cast<int32_t>(until - midnight));
      from = until;
    }
  }
  for (const int32_t number : known.days_off()) {
    const absl::CivilDay day = kFirstDay + number;
    google::type::Date& date = *availability->add_days_off();
    date.set_year(static_cast<int32_t>(day.year()));
    date.set_month(day.month());
    date.set_day(day.day());
  }
  *availability->mutable_roles() = known.roles();
  *availability->mutable_districts() = known.districts();
  availability->set_shifts_a_week_max(known.shifts_a_week_max());
  if (known.update_us() != 0) calendar::SetMicros(known.update_us(), availability->mutable_update_time());
}

bool IsAvailable(const record::AvailabilityRecord& availability, const Stretch& wanted) {
  if (!availability.offered()) return false;
  const int32_t last = DayNumber(wanted.end_us - 1);
  const auto off = [&](int32_t day) { return day >= wanted.day && day <= last; };
  if (std::any_of(availability.days_off().begin(), availability.days_off().end(), off)) return false;
  return InWindows(availability, wanted);
}

}  // namespace kepu::volunteer::domain
