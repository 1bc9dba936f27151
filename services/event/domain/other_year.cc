#include "services/event/domain/other_year.h"

#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {

absl::StatusOr<int64_t> DaysToYear(absl::CivilDay day, int year, bool keep_weekday) {
  if (day.year() == year) return refusal::BadField("year", "is the year it is held in; give another one");
  absl::CivilDay there(year, day.month(), day.day());
  if (there.month() != day.month()) --there;
  if (keep_weekday) {
    // Half a week back or forth, whichever is nearer.
    const int ahead = (calendar::WeekdayIndex(day) - calendar::WeekdayIndex(there) + 7) % 7;
    there += ahead > 3 ? ahead - 7 : ahead;
  }
  return there - day;
}

}  // namespace kepu::event::domain
