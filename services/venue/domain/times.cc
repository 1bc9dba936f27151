#include "services/venue/domain/times.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::venue {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  // Microseconds are what facts and clocks keep; Floor keeps the nanos positive before 1970 too.
  const absl::Duration since = time - absl::UnixEpoch();
  const absl::Duration whole = absl::Floor(since, absl::Seconds(1));
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToInt64Seconds(whole));
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Microseconds(since - whole) * 1000));
  return timestamp;
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::StatusOr<absl::CivilDay> ToDay(absl::string_view field, const google::type::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.year() < 1900 || date.year() > 2200 || day.month() != date.month() || day.day() != date.day())
    return refusal::BadField(field, "must be a day that exists, with year, month and day");
  return day;
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::optional<int> MinuteOf(const google::type::TimeOfDay& time) {
  const int minute = time.hours() * 60 + time.minutes();
  const bool valid = time.hours() >= 0 && time.hours() <= 24 && time.minutes() >= 0 && time.minutes() < 60 &&
                     time.seconds() == 0 && time.nanos() == 0 && minute <= calendar::kMinutesPerDay;
  return valid ? std::optional(minute) : std::nullopt;
}

std::string LocalText(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, calendar::Zone()); }

}  // namespace kepu::venue
