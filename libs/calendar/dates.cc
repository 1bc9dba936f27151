#include "libs/calendar/dates.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "libs/refusal/refusal.h"

namespace kepu::calendar {
namespace {
constexpr int kOffsetSeconds = 8 * 60 * 60;
}  // namespace

absl::TimeZone Zone() {
  // Made once: its name is put together and parsed each time, which was a quarter of a planner's work.
  static const absl::TimeZone zone = absl::FixedTimeZone(kOffsetSeconds);
  return zone;
}

absl::Time At(absl::CivilDay day, int minute) {
  return absl::FromCivil(absl::CivilSecond(day), Zone()) + absl::Minutes(minute);
}

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, Zone()); }

int MinuteOf(absl::Time time) {
  const absl::CivilSecond second = absl::ToCivilSecond(time, Zone());
  return second.hour() * 60 + second.minute();
}

absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view field, absl::string_view text) {
  int year = 0, month = 0, day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      absl::ascii_isdigit(static_cast<unsigned char>(text[0])) &&
                      absl::ascii_isdigit(static_cast<unsigned char>(text[5])) &&
                      absl::ascii_isdigit(static_cast<unsigned char>(text[8]));
  if (shaped && absl::SimpleAtoi(text.substr(0, 4), &year) && absl::SimpleAtoi(text.substr(5, 2), &month) &&
      absl::SimpleAtoi(text.substr(8, 2), &day)) {
    const absl::CivilDay civil(year, month, day);
    if (civil.month() == month && civil.day() == day) return civil;
  }
  return refusal::BadField(field, "must be a day that exists, written like 2026-02-24");
}

std::string FormatDate(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string WeekdayName(absl::Weekday weekday) {
  static constexpr const char* kNames[] = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                           "FRIDAY", "SATURDAY", "SUNDAY"};
  return kNames[static_cast<int>(weekday)];
}

int WeekdayIndex(absl::CivilDay day) { return static_cast<int>(absl::GetWeekday(day)); }

}  // namespace kepu::calendar
