#include "services/volunteer/domain/eligibility.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

absl::Status Lacks(absl::string_view reason, absl::string_view what, const std::string& value) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, reason, {{std::string(what), value}});
}

bool Has(const google::protobuf::RepeatedPtrField<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool IsQualified(const record::PersonHead& head, const std::string& course, absl::Time end) {
  return std::any_of(
      head.qualifications().begin(), head.qualifications().end(), [&](const record::Qualification& one) {
        const bool valid = one.valid_until_us() == 0 || one.valid_until_us() >= absl::ToUnixMicros(end);
        return one.course() == course && valid;
      });
}

absl::Status CheckAge(const Age& age, const v1::Requirements& needs, absl::CivilDay day, const Rules& rules) {
  const int years = YearsOn(age, day, rules);
  if (needs.age_min() > 0 && years < needs.age_min())
    return Lacks("TOO_YOUNG", "age", absl::StrCat(needs.age_min()));
  if (needs.age_max() > 0 && years > needs.age_max())
    return Lacks("TOO_OLD", "age", absl::StrCat(needs.age_max()));
  return absl::OkStatus();
}

}  // namespace

int YearsOn(const Age& age, absl::CivilDay day, const Rules& rules) {
  if (age.born) {
    const int years = static_cast<int>(day.year() - age.born->year());
    const bool had_birthday =
        std::make_pair(day.month(), day.day()) >= std::make_pair(age.born->month(), age.born->day());
    return had_birthday ? years : years - 1;
  }
  if (!age.adult) return 0;
  if (age.birth_year_band == 0) return rules.age_min;
  // Born on the last day of the band.
  return std::max(rules.age_min, static_cast<int>(day.year()) - (age.birth_year_band + 4) - 1);
}

bool IsMinorAt(const Age& age, absl::Time start, const Rules& rules) {
  if (age.adult) return false;
  return !age.born || YearsOn(age, calendar::DayOf(start), rules) < rules.age_min;
}

absl::Status CheckEligible(const record::PersonHead& head, const Age& age, const v1::Requirements& needs,
                           absl::Time start, absl::Time end, const Rules& rules) {
  for (const std::string& course : needs.courses())
    if (!IsQualified(head, course, end)) return Lacks("COURSE_NEEDED", "course", course);
  for (const std::string& language : needs.languages())
    if (!Has(head.languages(), language)) return Lacks("LANGUAGE_NEEDED", "language", language);
  for (const std::string& skill : needs.skills())
    if (!Has(head.skills(), skill)) return Lacks("SKILL_NEEDED", "skill", skill);
  if (needs.background_check() && head.background_check_until_us() < absl::ToUnixMicros(end))
    return Lacks("CHECK_NEEDED", "until", absl::FormatTime(absl::RFC3339_sec, end, absl::UTCTimeZone()));
  if (needs.verified() && !head.verified()) return Lacks("NOT_VERIFIED", "name", head.id());
  // The day is dear to find, and a search asks about thousands of shifts.
  const bool minor = IsMinorAt(age, start, rules);
  if (!minor && needs.age_min() == 0 && needs.age_max() == 0) return absl::OkStatus();
  const absl::CivilDay day = calendar::DayOf(start);
  if (minor) {
    // Of whom nothing is known, a guardian has not said anything yet.
    if (!age.born) return Lacks("GUARDIAN_CONSENT_NEEDED", "age", absl::StrCat(rules.age_min));
    const int years = YearsOn(age, day, rules);
    if (absl::Status status = CheckMinor(head, years, needs, start, end, rules.minor_laws, rules.age_min);
        !status.ok())
      return status;
  }
  return CheckAge(age, needs, day, rules);
}

absl::Duration DayMaxOf(const Age& age, absl::Time start, const Rules& rules) {
  if (!IsMinorAt(age, start, rules)) return rules.day_max;
  const absl::CivilDay day = calendar::DayOf(start);
  const MinorLaw* law = LawOn(rules.minor_laws, day);
  const MinorBand* band = law == nullptr ? nullptr : BandOf(*law, YearsOn(age, day, rules));
  return band == nullptr ? absl::ZeroDuration() : std::min(band->day_max, rules.day_max);
}

}  // namespace kepu::volunteer::domain
