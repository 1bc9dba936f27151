// What the law keeps from minors, as dated rows of data: who may serve from which age, how long a day,
// between which hours, in which roles and under whose eyes. Norms N9, N10, N11 and N16 and the row "minors"
// of section 7 (kind RULE); a city may set another table. Pure values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

// What holds for minors from one age to another, in whole years on the day on which a shift begins.
struct MinorBand {
  int age_min = 0;
  int age_max = 0;
  absl::Duration day_max;
  // Minutes of the local day between which they serve.
  int from_minute = 0;
  int until_minute = 0;
  // Only in roles that are made for them (Requirements.junior).
  bool junior_only = false;
  // Only with their guardian on site, who says so in the consent.
  bool guardian_on_site = false;
};

// The bands that hold from a day on, youngest first and without gaps. No minor serves where there is danger.
struct MinorLaw {
  absl::CivilDay since;
  // As norms.md classes what it rests on: LAW, RULE, PRACTICE or OURS.
  std::string kind;
  std::vector<MinorBand> bands;
};

// Nothing personal of a younger child is kept before a guardian consents (Personal Information Protection
// Law, art. 28 and 31).
inline constexpr int kDataConsentAge = 14;

// One band a line: "2017-12-01 RULE 14-15 4h 08:00-18:00 ANY -"; '#' begins a comment. The last columns are
// JUNIOR or ANY, and GUARDIAN or "-". INVALID_ARGUMENT names the line that cannot be.
absl::StatusOr<std::vector<MinorLaw>> ParseMinorLaws(absl::string_view text);
// The table that kepu comes with.
const std::vector<MinorLaw>& ShippedMinorLaws();

// The law of a day; null before the first.
const MinorLaw* LawOn(const std::vector<MinorLaw>& laws, absl::CivilDay day);
// Null where nobody of that age may serve.
const MinorBand* BandOf(const MinorLaw& law, int years);
// From which age on somebody may serve at all on that day; `adult` where there is no law for minors.
int YoungestOn(const std::vector<MinorLaw>& laws, absl::CivilDay day, int adult);

// Does a guardian consent to all of [start, end), and to what `needs` asks? FAILED_PRECONDITION:
// GUARDIAN_CONSENT_NEEDED, GUARDIAN_ON_SITE_NEEDED, OUTDOOR_CONSENT_NEEDED.
absl::Status CheckConsents(const record::PersonHead& head, const MinorBand& band,
                           const v1::Requirements& needs, absl::Time start, absl::Time end, int adult);

// May a minor of that age serve then, in that? Beside those of CheckConsents: TOO_YOUNG, JUNIOR_ROLE_NEEDED,
// MINOR_HAZARD, MINOR_HOURS.
absl::Status CheckMinor(const record::PersonHead& head, int years, const v1::Requirements& needs,
                        absl::Time start, absl::Time end, const std::vector<MinorLaw>& laws, int adult);

}  // namespace kepu::volunteer::domain
