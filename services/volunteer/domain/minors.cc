#include "services/volunteer/domain/minors.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

constexpr char kShipped[] = R"(# since     kind ages  a day hours       roles  guardian
2017-12-01 RULE 8-13  4h    08:00-18:00 JUNIOR GUARDIAN
2017-12-01 RULE 14-15 4h    08:00-18:00 ANY    -
2017-12-01 RULE 16-17 6h    06:00-20:00 ANY    -
)";

std::string Clock(int minute) { return absl::StrFormat("%02d:%02d", minute / 60, minute % 60); }

bool ParseClock(absl::string_view text, int* minute) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  int hours = 0;
  int minutes = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &hours) || !absl::SimpleAtoi(parts[1], &minutes))
    return false;
  *minute = hours * 60 + minutes;
  return hours >= 0 && minutes >= 0 && minutes < 60 && *minute <= calendar::kMinutesPerDay;
}

// Two values around a dash.
template <class Value, class Parse>
bool ParsePair(absl::string_view text, Parse parse, Value* first, Value* second) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  return parts.size() == 2 && parse(parts[0], first) && parse(parts[1], second);
}

bool ParseBand(const std::vector<absl::string_view>& columns, MinorBand* band) {
  const auto number = [](absl::string_view text, int* value) { return absl::SimpleAtoi(text, value); };
  return ParsePair(columns[2], number, &band->age_min, &band->age_max) &&
         absl::ParseDuration(columns[3], &band->day_max) &&
         ParsePair(columns[4], ParseClock, &band->from_minute, &band->until_minute) &&
         (columns[5] == "JUNIOR" || columns[5] == "ANY") && (columns[6] == "GUARDIAN" || columns[6] == "-") &&
         band->age_min >= 0 && band->age_min <= band->age_max && band->day_max > absl::ZeroDuration() &&
         band->from_minute < band->until_minute;
}

absl::Status BadLine(int number, absl::string_view why) {
  return refusal::BadField(absl::StrCat("minor_rules line ", number), why);
}

bool IsKind(absl::string_view kind) {
  return kind == "LAW" || kind == "RULE" || kind == "PRACTICE" || kind == "OURS";
}

absl::Status Refuse(absl::string_view reason, refusal::Params params) {
  return refusal::Refuse(refusal::kNo, reason, std::move(params));
}

// A consent to `scope` that holds all the time; one paper must do, since each says who answers for the child.
const record::ConsentCover* CoverOf(const record::PersonHead& head, v1::ConsentScope scope, absl::Time start,
                                    absl::Time end, bool on_site) {
  for (const record::ConsentCover& cover : head.consents()) {
    const bool covers =
        cover.from_us() <= absl::ToUnixMicros(start) && cover.until_us() >= absl::ToUnixMicros(end);
    const bool says = std::count(cover.scopes().begin(), cover.scopes().end(), scope) > 0;
    if (covers && says && (cover.guardian_on_site() || !on_site)) return &cover;
  }
  return nullptr;
}

absl::Status CheckHours(const MinorBand& band, absl::Time start, absl::Time end) {
  const absl::CivilDay day = calendar::DayOf(start);
  if (start >= calendar::At(day, band.from_minute) && end <= calendar::At(day, band.until_minute))
    return absl::OkStatus();
  return Refuse("MINOR_HOURS", {{"from", Clock(band.from_minute)}, {"until", Clock(band.until_minute)}});
}

}  // namespace

absl::StatusOr<std::vector<MinorLaw>> ParseMinorLaws(absl::string_view text) {
  std::vector<MinorLaw> laws;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = line.substr(0, line.find('#'));
    const std::vector<absl::string_view> columns =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (columns.empty()) continue;
    if (columns.size() != 7)
      return BadLine(number, "has seven columns: since kind ages day hours roles guardian");
    const auto since = calendar::ParseDate("since", columns[0]);
    MinorBand band;
    if (!since.ok() || !IsKind(columns[1]) || !ParseBand(columns, &band))
      return BadLine(number, "must be like: 2017-12-01 RULE 14-15 4h 08:00-18:00 ANY -");
    band.junior_only = columns[5] == "JUNIOR";
    band.guardian_on_site = columns[6] == "GUARDIAN";
    if (laws.empty() || laws.back().since != *since) {
      if (!laws.empty() && *since < laws.back().since) return BadLine(number, "comes before the line above");
      laws.push_back({*since, std::string(columns[1]), {}});
    }
    std::vector<MinorBand>& bands = laws.back().bands;
    if (!bands.empty() && bands.back().age_max + 1 != band.age_min)
      return BadLine(number, "must go on with the age after the line above");
    bands.push_back(band);
  }
  return laws;
}

const std::vector<MinorLaw>& ShippedMinorLaws() {
  static const auto& laws = *new std::vector<MinorLaw>(ParseMinorLaws(kShipped).value());
  return laws;
}

const MinorLaw* LawOn(const std::vector<MinorLaw>& laws, absl::CivilDay day) {
  const MinorLaw* found = nullptr;
  for (const MinorLaw& law : laws)
    if (law.since <= day) found = &law;
  return found;
}

const MinorBand* BandOf(const MinorLaw& law, int years) {
  for (const MinorBand& band : law.bands)
    if (years >= band.age_min && years <= band.age_max) return &band;
  return nullptr;
}

int YoungestOn(const std::vector<MinorLaw>& laws, absl::CivilDay day, int adult) {
  const MinorLaw* law = LawOn(laws, day);
  return law == nullptr || law->bands.empty() ? adult : law->bands.front().age_min;
}

absl::Status CheckConsents(const record::PersonHead& head, const MinorBand& band,
                           const v1::Requirements& needs, absl::Time start, absl::Time end, int adult) {
  const refusal::Params age = {{"age", absl::StrCat(adult)}};
  if (CoverOf(head, v1::CONSENT_TO_SERVICE, start, end, false) == nullptr)
    return Refuse("GUARDIAN_CONSENT_NEEDED", age);
  if (band.guardian_on_site && CoverOf(head, v1::CONSENT_TO_SERVICE, start, end, true) == nullptr)
    return Refuse("GUARDIAN_ON_SITE_NEEDED", {{"age", absl::StrCat(band.age_max + 1)}});
  if (needs.outdoor() && CoverOf(head, v1::CONSENT_TO_OUTDOOR, start, end, false) == nullptr)
    return Refuse("OUTDOOR_CONSENT_NEEDED", age);
  return absl::OkStatus();
}

absl::Status CheckMinor(const record::PersonHead& head, int years, const v1::Requirements& needs,
                        absl::Time start, absl::Time end, const std::vector<MinorLaw>& laws, int adult) {
  const absl::CivilDay day = calendar::DayOf(start);
  const MinorLaw* law = LawOn(laws, day);
  const MinorBand* band = law == nullptr ? nullptr : BandOf(*law, years);
  if (band == nullptr) {
    const int youngest = YoungestOn(laws, day, adult);
    return Refuse("TOO_YOUNG", {{"age", absl::StrCat(years < youngest ? youngest : adult)}});
  }
  if (band->junior_only && !needs.junior())
    return Refuse("JUNIOR_ROLE_NEEDED", {{"age", absl::StrCat(band->age_max + 1)}});
  if (needs.hazards_size() > 0) {
    return Refuse("MINOR_HAZARD", {{"age", absl::StrCat(adult)},
                                   {"hazard", v1::Requirements::Hazard_Name(needs.hazards(0))}});
  }
  if (absl::Status status = CheckHours(*band, start, end); !status.ok()) return status;
  return CheckConsents(head, *band, needs, start, end, adult);
}

}  // namespace kepu::volunteer::domain
