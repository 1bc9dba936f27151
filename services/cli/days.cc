#include "services/cli/days.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::cli {
namespace {

// "+3", "-14" or nothing.
bool ReadOffset(absl::string_view text, int* days) {
  *days = 0;
  if (text.empty()) return true;
  if (text[0] != '+' && text[0] != '-') return false;
  // No table reaches further than some years.
  return absl::SimpleAtoi(text[0] == '+' ? text.substr(1) : text, days) && *days >= -4000 && *days <= 4000;
}

}  // namespace

Days::Days(absl::CivilDay today) : today_(today) {
  const absl::CivilDay first = absl::NextWeekday(today, absl::Weekday::saturday);
  week_start_ = first + 7;
}

absl::StatusOr<absl::CivilDay> Days::Day(absl::string_view text) const {
  const std::pair<absl::string_view, absl::CivilDay> anchors[] = {{"week", week_start_}, {"today", today_}};
  for (const auto& [word, anchor] : anchors) {
    absl::string_view rest = text;
    int offset = 0;
    if (absl::ConsumePrefix(&rest, word) && ReadOffset(rest, &offset)) return anchor + offset;
  }
  absl::CivilDay day;
  // Two digits where two belong: 2026-1-5 in a table is more often a slip of a tool than meant.
  if (text.size() == 10 && absl::ParseCivilTime(text, &day)) return day;
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a day like 2026-12-05 or week+3"));
}

absl::StatusOr<absl::Time> Days::Instant(absl::string_view text) const {
  absl::Time instant;
  if (absl::StrContains(text, "T") && absl::ParseTime(absl::RFC3339_full, text, &instant, nullptr))
    return instant;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(' ', 1));
  const absl::StatusOr<absl::CivilDay> day = Day(parts.first);
  absl::CivilMinute minute;
  if (!day.ok() || parts.second.size() != 5 ||
      !absl::ParseCivilTime(absl::StrCat(absl::FormatCivilTime(*day), "T", parts.second), &minute)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is not a time like 2026-12-05 14:00, week+3 09:30 or 2026-12-05T14:00:00+08:00"));
  }
  return absl::FromCivil(minute, CityZone());
}

absl::TimeZone CityZone() {
  absl::TimeZone zone;
  return absl::LoadTimeZone("Asia/Shanghai", &zone) ? zone : absl::FixedTimeZone(8 * 3600);
}

}  // namespace kepu::cli
