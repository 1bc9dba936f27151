#include "services/venue/domain/open_days.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/opening.h"
#include "libs/names/names.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

// A closure that was ended early holds its real end.
std::vector<calendar::Interval> ClosuresOfTheWhole(const VenueState& state) {
  std::vector<calendar::Interval> holes;
  for (const auto& [field, child] : state.children()) {
    if (!child || !child->has_closure() || !child->closure().spaces().empty()) continue;
    const calendar::Interval hole{ToTime(child->closure().start_time()), ToTime(child->closure().end_time())};
    if (!hole.empty()) holes.push_back(hole);
  }
  return holes;
}

bool AnyTimeLeft(const calendar::OpeningAnswer& day, const std::vector<calendar::Interval>& holes) {
  return std::any_of(day.periods.begin(), day.periods.end(), [&](const calendar::Period& period) {
    return !calendar::Subtract({calendar::At(day.date, period.open), calendar::At(day.date, period.close)},
                               holes)
                .empty();
  });
}

// First and last day of a stretch; false when they are no days or the wrong way round.
template <class Stretch>
bool ReadStretch(const Stretch& stretch, absl::CivilDay* first, absl::CivilDay* last) {
  auto begin = ToDay("first_date", stretch.first_date());
  auto end = stretch.has_last_date() ? ToDay("last_date", stretch.last_date()) : begin;
  if (!begin.ok() || !end.ok() || *end < *begin) return false;
  *first = *begin;
  *last = *end;
  return true;
}

}  // namespace

absl::StatusOr<std::vector<YearDay>> DaysOfYear(const VenueState& state, absl::string_view venue,
                                                const calendar::HolidayTable& holidays, int year) {
  auto found = FindVenue(state, venue);
  if (!found.ok()) return found.status();
  auto rules = ReadRules("opening", (*found)->opening());
  if (!rules.ok()) return rules.status();
  const std::vector<calendar::Interval> holes = ClosuresOfTheWhole(state);
  const int64_t retire_us = state.head().retire_us();
  std::vector<YearDay> days;
  for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day) {
    const calendar::OpeningAnswer answer = calendar::OpenOn(*rules, holidays, day);
    YearDay item{day, answer.open(), calendar::RuleName(answer.rule), answer.provisional};
    if (retire_us > 0 && absl::ToUnixMicros(calendar::At(day)) >= retire_us) {
      item.open = false;
      item.rule = "RETIRED";
    } else if (answer.open() && !AnyTimeLeft(answer, holes)) {
      item.open = false;
      item.rule = "CLOSURE";
    }
    days.push_back(std::move(item));
  }
  return days;
}

v1::OpenDayCount CountOpenDays(absl::string_view venue, const std::vector<YearDay>& days,
                               absl::CivilDay today) {
  v1::OpenDayCount count;
  count.set_venue(VenueName(venue));
  for (int month = 0; month < 12; ++month) count.add_open_days_by_month(0);
  std::map<std::pair<std::string, bool>, int> by_rule;
  for (const YearDay& day : days) {
    count.set_year(static_cast<int32_t>(day.date.year()));
    count.set_provisional(count.provisional() || day.provisional);
    ++by_rule[{day.rule, day.open}];
    if (!day.open) continue;
    count.set_open_days(count.open_days() + 1);
    if (day.date <= today) count.set_open_days_so_far(count.open_days_so_far() + 1);
    const int month = day.date.month() - 1;
    count.set_open_days_by_month(month, count.open_days_by_month(month) + 1);
  }
  for (const auto& [rule, number] : by_rule) {
    v1::OpenDayCount::ByRule& row = *count.add_by_rule();
    row.set_rule(rule.first);
    row.set_open(rule.second);
    row.set_days(number);
  }
  auto& rows = *count.mutable_by_rule();
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.days() > b.days(); });
  return count;
}

bool IsFreeForYouth(const v1::Venue& venue, absl::CivilDay day) {
  return std::any_of(venue.free_days().begin(), venue.free_days().end(),
                     [day](const v1::Venue::FreeDays& free) {
                       absl::CivilDay first, last;
                       return free.audience() != v1::Venue::FreeDays::AUDIENCE_UNSPECIFIED &&
                              ReadStretch(free, &first, &last) && first <= day && day <= last;
                     });
}

void CheckFreeDays(const v1::Venue& venue, refusal::FieldErrors& errors) {
  for (int i = 0; i < venue.free_days_size(); ++i) {
    const std::string field = absl::StrCat("venue.free_days[", i, "]");
    absl::CivilDay first, last;
    if (!ReadStretch(venue.free_days(i), &first, &last) || last - first >= kMaxFreeDays)
      errors.Add(field, absl::StrCat("first_date and last_date must be days that exist, the last not before "
                                     "the first, at most ",
                                     kMaxFreeDays, " days"));
    if (venue.free_days(i).audience() == v1::Venue::FreeDays::AUDIENCE_UNSPECIFIED)
      errors.Add(field + ".audience", "is required: YOUTH or ALL");
  }
}

absl::Status CheckCampaigns(const v1::HolidayCalendar& calendar, int year) {
  refusal::FieldErrors errors;
  std::set<std::string> codes;
  for (int i = 0; i < calendar.campaign_windows_size(); ++i) {
    const auto& window = calendar.campaign_windows(i);
    const std::string field = absl::StrCat("holiday_calendar.campaign_windows[", i, "]");
    if (!names::IsGivenId(window.code()) || !codes.insert(window.code()).second)
      errors.Add(field + ".code", "must be lower case letters, digits and dashes, each once");
    absl::CivilDay first, last;
    if (!ReadStretch(window, &first, &last) || first.year() != year || last.year() != year)
      errors.Add(field, "first_date and last_date must be days of the year, the last not before the first");
  }
  return errors.ToStatus();
}

std::vector<Campaign> CampaignsOf(const v1::HolidayCalendar& calendar) {
  std::vector<Campaign> campaigns;
  for (const auto& window : calendar.campaign_windows()) {
    Campaign campaign{window.code(), {}, {}};
    if (ReadStretch(window, &campaign.first, &campaign.last)) campaigns.push_back(std::move(campaign));
  }
  return campaigns;
}

}  // namespace kepu::venue
