// The days of a year on which a venue is open, one by one with the rule that decides, and the days on which
// it is free or cheaper: what yearly counts and the duties of bases rest on. Pure; thread-safe on states that
// nobody changes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kepu/venue/v1/assessment.pb.h"
#include "libs/calendar/holidays.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// Longer than a year is no offer but the rule, and belongs into each year anew.
inline constexpr int kMaxFreeDays = 366;

struct YearDay {
  absl::CivilDay date;
  bool open = false;
  std::string rule;
  bool provisional = false;  // no holiday notice for that year yet
};

// All days of the year, as the present rules have them. Needs the whole venue: closures that are long over
// count too, so it is asked of read models only.
absl::StatusOr<std::vector<YearDay>> DaysOfYear(const VenueState& state, absl::string_view venue,
                                                const calendar::HolidayTable& holidays, int year);

v1::OpenDayCount CountOpenDays(absl::string_view venue, const std::vector<YearDay>& days,
                               absl::CivilDay today);

// Free or cheaper for the young; what is for all is for them too.
bool IsFreeForYouth(const v1::Venue& venue, absl::CivilDay day);

// Violations below `venue.free_days`.
void CheckFreeDays(const v1::Venue& venue, refusal::FieldErrors& errors);

// INVALID_ARGUMENT naming fields below `holiday_calendar.campaign_windows`.
absl::Status CheckCampaigns(const v1::HolidayCalendar& calendar, int year);

struct Campaign {
  std::string code;
  absl::CivilDay first;
  absl::CivilDay last;
};
// Those of a calendar that was checked.
std::vector<Campaign> CampaignsOf(const v1::HolidayCalendar& calendar);

}  // namespace kepu::venue
