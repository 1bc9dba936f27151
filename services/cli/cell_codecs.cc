#include "services/cli/cell_codecs.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/latlng.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/venue/v1/fleet.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "services/cli/cells.h"

namespace kepu::cli {
namespace {

using google::protobuf::Message;

absl::Status WantsForm(absl::string_view cell, absl::string_view example) {
  return absl::InvalidArgumentError(absl::StrCat("\"", cell, "\" does not read like: ", example));
}

absl::Status PutDay(absl::string_view text, const Days& days, google::type::Date& date) {
  const absl::StatusOr<absl::CivilDay> day = days.Day(text);
  if (!day.ok()) return day.status();
  date.set_year(static_cast<int32_t>(day->year()));
  date.set_month(day->month());
  date.set_day(day->day());
  return absl::OkStatus();
}

absl::Status FillTimestamp(absl::string_view cell, const Days& days, google::protobuf::Timestamp& timestamp) {
  const absl::StatusOr<absl::Time> instant = days.Instant(cell);
  if (!instant.ok()) return instant.status();
  timestamp.set_seconds(absl::ToUnixSeconds(*instant));
  return absl::OkStatus();
}

// "45m", "1h30m".
absl::Status FillDuration(absl::string_view cell, google::protobuf::Duration& duration) {
  absl::Duration value;
  if (!absl::ParseDuration(cell, &value) || value < absl::ZeroDuration())
    return WantsForm(cell, "45m or 1h30m");
  duration.set_seconds(absl::ToInt64Seconds(value));
  return absl::OkStatus();
}

// "29.57,106.58": latitude, longitude.
absl::Status FillLatLng(absl::string_view cell, google::type::LatLng& place) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(cell, absl::MaxSplits(',', 1));
  double latitude = 0;
  double longitude = 0;
  if (!absl::SimpleAtod(parts.first, &latitude) || !absl::SimpleAtod(parts.second, &longitude) ||
      latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180) {
    return WantsForm(cell, "29.57,106.58 (latitude, longitude)");
  }
  place.set_latitude(latitude);
  place.set_longitude(longitude);
  return absl::OkStatus();
}

bool ReadTimeOfDay(absl::string_view text, google::type::TimeOfDay& time) {
  int hours = 0;
  int minutes = 0;
  if (text.size() != 5 || text[2] != ':' || !absl::SimpleAtoi(text.substr(0, 2), &hours) ||
      !absl::SimpleAtoi(text.substr(3), &minutes) || hours > 24 || minutes > 59 ||
      (hours == 24 && minutes > 0)) {
    return false;
  }
  time.set_hours(hours);
  time.set_minutes(minutes);
  return true;
}

constexpr std::array<absl::string_view, 7> kWeekdays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

// 1 for Mon; 0 for no weekday.
int WeekdayNumber(absl::string_view word) {
  for (size_t i = 0; i < kWeekdays.size(); ++i) {
    if (kWeekdays[i] == word) return static_cast<int>(i) + 1;
  }
  return 0;
}

constexpr char kHoursExample[] =
    "Tue-Sun 09:30-17:00 last 16:30; OPEN_ON_HOLIDAYS (days and hours, as often as needed, then what "
    "holidays do), "
    "or: by announcement";

// "Tue-Sun 09:30-17:00 last 16:30".
absl::Status AddHours(absl::string_view part, venue::v1::OpeningRules& rules) {
  const std::vector<absl::string_view> words = absl::StrSplit(part, ' ', absl::SkipEmpty());
  if (words.size() != 2 && words.size() != 4) return WantsForm(part, kHoursExample);
  const std::pair<absl::string_view, absl::string_view> range =
      absl::StrSplit(words[0], absl::MaxSplits('-', 1));
  const int first = WeekdayNumber(range.first);
  const int last = range.second.empty() ? first : WeekdayNumber(range.second);
  const std::pair<absl::string_view, absl::string_view> hours =
      absl::StrSplit(words[1], absl::MaxSplits('-', 1));
  venue::v1::Period period;
  if (first == 0 || last < first || !ReadTimeOfDay(hours.first, *period.mutable_open_time()) ||
      !ReadTimeOfDay(hours.second, *period.mutable_close_time())) {
    return WantsForm(part, kHoursExample);
  }
  if (words.size() == 4 &&
      (words[2] != "last" || !ReadTimeOfDay(words[3], *period.mutable_last_entry_time()))) {
    return WantsForm(part, kHoursExample);
  }
  for (int day = first; day <= last; ++day) {
    venue::v1::OpeningRules::Weekday* weekday = nullptr;
    for (auto& known : *rules.mutable_weekly()) {
      if (known.day() == day) weekday = &known;
    }
    if (weekday == nullptr) weekday = rules.add_weekly();
    weekday->set_day(static_cast<google::type::DayOfWeek>(day));
    *weekday->add_periods() = period;
  }
  return absl::OkStatus();
}

absl::Status FillOpening(absl::string_view cell, const Days& days, venue::v1::OpeningRules& rules) {
  if (cell == "by announcement") {
    rules.set_by_announcement(true);
    return absl::OkStatus();
  }
  for (absl::string_view part : absl::StrSplit(cell, ';')) {
    part = absl::StripAsciiWhitespace(part);
    const bool is_rule = !part.empty() && part.find(' ') == absl::string_view::npos;
    absl::Status status = is_rule ? SetCell(rules, "holiday_rule", part, days) : AddHours(part, rules);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// "all 90", "pupils 80 PUPILS_ONLY kinds SCHOOL|GROUP".
absl::Status FillPool(absl::string_view cell, const Days& days, event::v1::Pool& pool) {
  constexpr char kExample[] = "all 90, or: pupils 80 PUPILS_ONLY kinds SCHOOL|GROUP";
  std::vector<absl::string_view> words = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  if (words.size() < 2) return WantsForm(cell, kExample);
  pool.set_id(std::string(words[0]));
  if (absl::Status status = SetCell(pool, "capacity", words[1], days); !status.ok()) return status;
  size_t next = 2;
  if (next < words.size() && words[next] != "kinds") {
    if (absl::Status status = SetCell(pool, "counts", words[next], days); !status.ok()) return status;
    ++next;
  }
  if (next == words.size()) return absl::OkStatus();
  if (next + 2 != words.size() || words[next] != "kinds") return WantsForm(cell, kExample);
  const std::vector<absl::string_view> kinds = absl::StrSplit(words[next + 1], '|');
  return SetCell(pool, "kinds", absl::StrJoin(kinds, ";"), days);
}

// What is so between two days: "500112 from 1997-06-18 until 2025-11-06", either end left out. `dates` are
// the fields of the two.
absl::Status FillSpan(absl::string_view cell, const Days& days, const char* example, Message& message,
                      const char* value, std::pair<const char*, const char*> dates) {
  const std::vector<absl::string_view> words = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  if (words.empty() || words.size() % 2 == 0) return WantsForm(cell, example);
  if (absl::Status status = SetCell(message, value, words[0], days); !status.ok()) return status;
  for (size_t i = 1; i < words.size(); i += 2) {
    if (words[i] != "from" && words[i] != "until") return WantsForm(cell, example);
    const char* field = words[i] == "from" ? dates.first : dates.second;
    if (absl::Status status = SetCell(message, field, words[i + 1], days); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// "BOUNDARY 2025-11-06 from=districts/yubei zh=… en=…".
absl::Status FillLineage(absl::string_view cell, const Days& days, identity::v1::District::Lineage& lineage) {
  constexpr char kExample[] = "BOUNDARY 2025-11-06 from=districts/yubei zh=text en=text to the end";
  const std::vector<absl::string_view> words = absl::StrSplit(cell, absl::MaxSplits(' ', 2));
  if (words.size() < 2) return WantsForm(cell, kExample);
  if (absl::Status status = SetCell(lineage, "change", words[0], days); !status.ok()) return status;
  if (absl::Status status = PutDay(words[1], days, *lineage.mutable_effective_date()); !status.ok())
    return status;
  absl::string_view rest = words.size() > 2 ? words[2] : "";
  if (const size_t en = rest.find("en="); en != absl::string_view::npos) {
    lineage.mutable_note()->set_en(std::string(rest.substr(en + 3)));
    rest = rest.substr(0, en);
  }
  if (const size_t zh = rest.find("zh="); zh != absl::string_view::npos) {
    lineage.mutable_note()->set_zh(std::string(absl::StripAsciiWhitespace(rest.substr(zh + 3))));
    rest = rest.substr(0, zh);
  }
  rest = absl::StripAsciiWhitespace(rest);
  if (rest.empty()) return absl::OkStatus();
  if (!absl::ConsumePrefix(&rest, "from=")) return WantsForm(cell, kExample);
  lineage.set_from_district(std::string(rest));
  return absl::OkStatus();
}

// "7 186": a grade and its pupils.
absl::Status FillGrade(absl::string_view cell, const Days& days, identity::v1::School::GradePupils& grade) {
  const std::vector<absl::string_view> words = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  if (words.size() != 2) return WantsForm(cell, "7 186 (a grade and its pupils)");
  grade.set_grade(std::string(words[0]));
  return SetCell(grade, "pupils", words[1], days);
}

}  // namespace

absl::Status FillMessage(Message& message, absl::string_view cell, const Days& days) {
  if (auto* m = dynamic_cast<google::type::Date*>(&message)) return PutDay(cell, days, *m);
  if (auto* m = dynamic_cast<google::protobuf::Timestamp*>(&message)) return FillTimestamp(cell, days, *m);
  if (auto* m = dynamic_cast<google::type::TimeOfDay*>(&message))
    return ReadTimeOfDay(cell, *m) ? absl::OkStatus() : WantsForm(cell, "09:30");
  if (auto* m = dynamic_cast<google::protobuf::Duration*>(&message)) return FillDuration(cell, *m);
  if (auto* m = dynamic_cast<google::type::LatLng*>(&message)) return FillLatLng(cell, *m);
  if (auto* m = dynamic_cast<venue::v1::OpeningRules*>(&message)) return FillOpening(cell, days, *m);
  if (auto* m = dynamic_cast<event::v1::Pool*>(&message)) return FillPool(cell, days, *m);
  if (dynamic_cast<identity::v1::District::Code*>(&message) != nullptr) {
    return FillSpan(cell, days, "500234 until 2016-07-22", message, "code", {"valid_from", "valid_until"});
  }
  if (dynamic_cast<venue::v1::DayRange*>(&message) != nullptr)
    return FillSpan(cell, days, "week+2 until week+30", message, "first_date", {"first_date", "last_date"});
  if (dynamic_cast<identity::v1::School::Mark*>(&message) != nullptr)
    return FillSpan(cell, days, "ACTIVITY_ROOM from 2018-09-01", message, "kind", {"since", "until"});
  if (auto* m = dynamic_cast<identity::v1::District::Lineage*>(&message)) return FillLineage(cell, days, *m);
  if (auto* m = dynamic_cast<identity::v1::School::GradePupils*>(&message)) return FillGrade(cell, days, *m);
  return absl::UnimplementedError(absl::StrCat("name the columns of its parts; ",
                                               message.GetDescriptor()->name(), " has no form for one cell"));
}

}  // namespace kepu::cli
