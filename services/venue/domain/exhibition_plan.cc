#include "services/venue/domain/exhibition_plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using Phase = v1::Exhibition::Phase;

struct Days {
  absl::CivilDay first;
  absl::CivilDay last;
};

absl::CivilDay PlainDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// The day of a date that exists; otherwise an error is added and the answer is any day.
absl::CivilDay ReadDay(const std::string& field, const google::type::Date& date,
                       refusal::FieldErrors& errors) {
  auto day = ToDay(field, date);
  if (day.ok()) return *day;
  errors.Add(field, "must be a day that exists, with year, month and day");
  return absl::CivilDay();
}

// Where a phase must lie, seen from the days on which the exhibition is shown.
bool LiesWell(Phase::Kind kind, const Days& phase, const Days& shown) {
  switch (kind) {
    case Phase::INSTALL:
      return phase.last < shown.first;
    case Phase::DEINSTALL:
      return phase.first > shown.last;
    case Phase::OPEN:
      return phase.first == shown.first && phase.last == shown.last;
    case Phase::MAINTAIN:
      return phase.first >= shown.first && phase.last <= shown.last;
    default:
      return phase.last < shown.first || phase.first > shown.last;
  }
}

const char* WhereItMustLie(Phase::Kind kind) {
  switch (kind) {
    case Phase::INSTALL:
      return "must end before the first day of the exhibition";
    case Phase::DEINSTALL:
      return "must begin after the last day of the exhibition";
    case Phase::OPEN:
      return "must be the days from first_date to last_date";
    case Phase::MAINTAIN:
      return "must lie within the days of the exhibition";
    default:
      return "must lie before or after the days of the exhibition";
  }
}

// Days before and after that building up and down take.
calendar::Buffers ReadPhases(const v1::Exhibition& exhibition, const Days& shown,
                             refusal::FieldErrors& errors) {
  int64_t before = exhibition.setup_days(), after = exhibition.takedown_days();
  for (int i = 0; i < exhibition.phases_size(); ++i) {
    const Phase& phase = exhibition.phases(i);
    const std::string field = absl::StrCat("exhibition.phases[", i, "]");
    Days days;
    days.first = ReadDay(absl::StrCat(field, ".first_date"), phase.first_date(), errors);
    days.last = phase.has_last_date() ? ReadDay(absl::StrCat(field, ".last_date"), phase.last_date(), errors)
                                      : days.first;
    if (!errors.empty()) continue;
    if (days.last < days.first) {
      errors.Add(absl::StrCat(field, ".last_date"), "must not be before the first");
    } else if (!LiesWell(phase.kind(), days, shown)) {
      errors.Add(field, WhereItMustLie(phase.kind()));
    } else if (phase.kind() == Phase::INSTALL) {
      before = std::max(before, shown.first - days.first);
    } else if (phase.kind() == Phase::DEINSTALL) {
      after = std::max(after, days.last - shown.last);
    }
  }
  if (before > kMaxBuildingDays || after > kMaxBuildingDays)
    errors.Add("exhibition.phases",
               absl::StrCat("must build up and down in ", kMaxBuildingDays, " days each"));
  return {absl::Hours(24) * before, absl::Hours(24) * after};
}

std::vector<std::string> ReadSpaces(absl::string_view venue, const v1::Exhibition& exhibition, bool required,
                                    refusal::FieldErrors& errors) {
  std::vector<std::string> spaces;
  std::set<std::string> seen;
  for (int i = 0; i < exhibition.spaces_size(); ++i) {
    const std::string& name = exhibition.spaces(i);
    if (name != SpaceName(venue, IdOf(name)) || !seen.insert(name).second)
      errors.Add(absl::StrCat("exhibition.spaces[", i, "]"), "must be a space of this venue, each once");
    spaces.emplace_back(IdOf(name));
  }
  if (required && spaces.empty()) errors.Add("exhibition.spaces", "is required");
  return spaces;
}

void CheckNames(const v1::Exhibition& exhibition, refusal::FieldErrors& errors) {
  if (exhibition.title().zh().empty()) errors.Add("exhibition.title.zh", "is required");
  const bool lent =
      exhibition.kind() == v1::Exhibition::INCOMING || exhibition.kind() == v1::Exhibition::OUTGOING;
  if (lent && exhibition.partner().zh().empty())
    errors.Add("exhibition.partner.zh", "is required: where it comes from or goes to");
  if (!exhibition.alliance().empty() &&
      !names::Parse("exhibition.alliance", "alliances/*", exhibition.alliance()).ok())
    errors.Add("exhibition.alliance", "must be a name of the form alliances/*");
  std::set<std::string> seen;
  for (int i = 0; i < exhibition.exhibits_size(); ++i) {
    const std::string field = absl::StrCat("exhibition.exhibits[", i, "]");
    if (!names::Parse(field, "exhibits/*", exhibition.exhibits(i)).ok() ||
        !seen.insert(exhibition.exhibits(i)).second)
      errors.Add(field, "must be a name of the form exhibits/*, each once");
  }
}

void Shift(google::type::Date& date, int64_t days) { date = ToDate(PlainDay(date) + days); }

}  // namespace

bool IsPublic(const v1::Exhibition& exhibition) {
  return exhibition.state() != v1::Exhibition::DRAFT && exhibition.state() != v1::Exhibition::DROPPED;
}

bool TakesSpaces(const v1::Exhibition& exhibition) {
  return exhibition.kind() != v1::Exhibition::PERMANENT && exhibition.kind() != v1::Exhibition::OUTGOING;
}

absl::StatusOr<Wish> ReadPlan(absl::string_view venue, const v1::Exhibition& exhibition, bool publishing,
                              absl::Time now) {
  refusal::FieldErrors errors;
  const absl::CivilDay today = calendar::DayOf(now);
  Days shown;
  shown.first = ReadDay("exhibition.first_date", exhibition.first_date(), errors);
  const bool endless = exhibition.kind() == v1::Exhibition::PERMANENT && !exhibition.has_last_date();
  shown.last = endless ? std::max(shown.first, today)
                       : ReadDay("exhibition.last_date", exhibition.last_date(), errors);
  if (!errors.empty()) return errors.ToStatus();
  const bool bounded = exhibition.kind() != v1::Exhibition::PERMANENT;
  if (shown.last < shown.first || (bounded && shown.last - shown.first >= kMaxExhibitionDays))
    errors.Add("exhibition.last_date",
               absl::StrCat("must not be before the first, at most ", kMaxExhibitionDays, " days"));
  if (publishing && shown.last < today) errors.Add("exhibition.last_date", "must not be past");
  if (publishing && shown.first > today + kMaxAheadDays)
    errors.Add("exhibition.first_date", absl::StrCat("must be within ", kMaxAheadDays, " days"));
  Wish wish;
  wish.venue = std::string(venue);
  wish.buffers = ReadPhases(exhibition, shown, errors);
  wish.spaces = ReadSpaces(venue, exhibition, publishing && TakesSpaces(exhibition), errors);
  CheckNames(exhibition, errors);
  if (!errors.empty()) return errors.ToStatus();
  wish.use = {calendar::At(shown.first), calendar::At(shown.last + 1)};
  wish.whole_days = true;
  return wish;
}

absl::Status CheckPhaseNeeds(const VenueState& state, const Wish& wish, const v1::Exhibition& exhibition) {
  v1::Space together;
  absl::Status missing;
  for (size_t i = 0; i < wish.spaces.size(); ++i) {
    auto space = FindSpace(state, wish.venue, wish.spaces[i]);
    if (!space.ok()) {
      missing = space.status();
      continue;
    }
    const v1::Space& one = **space;
    together.set_capacity(together.capacity() + one.capacity());
    together.set_area_m2(together.area_m2() + one.area_m2());
    together.set_power_kw(together.power_kw() + one.power_kw());
    together.set_floor_load_kg_m2(i == 0 ? one.floor_load_kg_m2()
                                         : std::min(together.floor_load_kg_m2(), one.floor_load_kg_m2()));
    for (const std::string& item : one.equipment()) together.add_equipment(item);
  }
  if (!missing.ok()) return missing;
  together.set_name(absl::StrJoin(exhibition.spaces(), ", "));
  for (const Phase& phase : exhibition.phases()) {
    if (phase.kind() == Phase::TRANSPORT) continue;
    if (absl::Status status = CheckSuits(together, phase.needs()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ShiftDays(v1::Exhibition& exhibition, int64_t days) {
  Shift(*exhibition.mutable_first_date(), days);
  if (exhibition.has_last_date()) Shift(*exhibition.mutable_last_date(), days);
  for (Phase& phase : *exhibition.mutable_phases()) {
    Shift(*phase.mutable_first_date(), days);
    if (phase.has_last_date()) Shift(*phase.mutable_last_date(), days);
  }
}

}  // namespace kepu::venue
