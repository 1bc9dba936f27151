#include "services/venue/domain/venues.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/open_days.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/venue_details.h"

namespace kepu::venue {

bool IsPlace(const google::type::LatLng& place) {
  return std::abs(place.latitude()) <= 90 && std::abs(place.longitude()) <= 180;
}

namespace {

using refusal::kNo;

void CheckName(refusal::FieldErrors& errors, const char* field, const char* pattern,
               const std::string& name) {
  if (name.empty()) return;
  if (auto ids = names::Parse(field, pattern, name); !ids.ok())
    errors.Add(field, absl::StrCat("must be a name of the form ", pattern));
}

absl::Status CheckVenue(const v1::Venue& venue, absl::Time now) {
  refusal::FieldErrors errors;
  CheckDetails(venue, calendar::DayOf(now), errors);
  if (venue.display_name().zh().empty()) errors.Add("venue.display_name.zh", "is required");
  if (venue.kind() == v1::Venue::KIND_UNSPECIFIED) errors.Add("venue.kind", "is required");
  if (venue.district().empty()) errors.Add("venue.district", "is required");
  CheckName(errors, "venue.district", "districts/*", venue.district());
  CheckName(errors, "venue.operator", "organizations/*", venue.operator_());
  CheckName(errors, "venue.system_parent", "venues/*", venue.system_parent());
  CheckName(errors, "venue.host", "venues/*", venue.host());
  CheckName(errors, "venue.community", "communities/*", venue.community());
  CheckName(errors, "venue.school", "schools/*", venue.school());
  for (const auto& [field, above] :
       {std::pair("venue.system_parent", venue.system_parent()), std::pair("venue.host", venue.host())}) {
    if (!above.empty() && above == venue.name()) errors.Add(field, "must be another venue");
  }
  if (venue.system_role() == v1::Venue::LEAD_MUSEUM && !venue.system_parent().empty())
    errors.Add("venue.system_parent", "must be empty: nothing is above the lead museum");
  if (!IsPlace(venue.location()))
    errors.Add("venue.location", "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  CheckFreeDays(venue, errors);
  if (!errors.empty()) return errors.ToStatus();
  return ReadRules("venue.opening", venue.opening()).status();
}

}  // namespace

absl::StatusOr<Facts> DecideCreateVenue(const VenueState& state, absl::string_view id, v1::Venue venue,
                                        absl::Time now) {
  if (state.Exists())
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", VenueName(id)}});
  StampNew(venue, VenueName(id), now);
  if (absl::Status status = CheckVenue(venue, now); !status.ok()) return status;
  venue.set_state(v1::Venue::ACTIVE);
  venue.set_time_zone(calendar::kZoneName);
  Facts facts;
  *facts.emplace_back().mutable_venue_created() = std::move(venue);
  return facts;
}

absl::StatusOr<Facts> DecideUpdateVenue(const VenueState& state, absl::string_view name,
                                        const std::string& etag, const Edit<v1::Venue>& edit,
                                        absl::Time now) {
  auto found = FindVenue(state, name);
  if (!found.ok()) return found.status();
  const v1::Venue& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Venue venue = edit(base);
  StampChanged(venue, base, now);
  venue.set_state(base.state());
  venue.clear_retire_date();
  if (base.has_retire_date()) *venue.mutable_retire_date() = base.retire_date();
  venue.set_time_zone(base.time_zone());
  *venue.mutable_former_operators() = base.former_operators();
  if (!base.operator_().empty() && base.operator_() != venue.operator_()) {
    v1::Venue::FormerOperator& former = *venue.add_former_operators();
    former.set_operator_(base.operator_());
    *former.mutable_until() = ToDate(calendar::DayOf(now));
  }
  if (absl::Status status = CheckVenue(venue, now); !status.ok()) return status;
  Facts facts;
  *facts.emplace_back().mutable_venue_updated() = std::move(venue);
  return facts;
}

absl::StatusOr<Facts> DecideRetire(const VenueState& state, absl::string_view venue,
                                   const google::type::Date& date, absl::Time now) {
  auto found = FindVenue(state, venue);
  if (!found.ok()) return found.status();
  if (state.head().retired())
    return refusal::Refuse(
        kNo, "VENUE_RETIRED",
        {{"venue", VenueName(venue)},
         {"date", calendar::FormatDate(calendar::DayOf(absl::FromUnixMicros(state.head().retire_us())))}});
  auto day = ToDay("retire_date", date);
  if (!day.ok()) return day.status();
  const absl::CivilDay today = calendar::DayOf(now);
  if (*day < today || *day > today + kHitHorizonDays)
    return refusal::BadField("retire_date",
                             absl::StrCat("must be today or within ", kHitHorizonDays, " days"));
  Facts facts;
  log::v1::RetirementPlanned& planned = *facts.emplace_back().mutable_retirement_planned();
  *planned.mutable_retire_date() = ToDate(*day);
  planned.set_time_us(absl::ToUnixMicros(now));
  if (*day == today) facts.emplace_back().mutable_retired()->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<Facts> DecideRestore(const VenueState& state, absl::string_view venue, absl::Time now) {
  auto found = FindVenue(state, venue);
  if (!found.ok()) return found.status();
  if (state.head().retire_us() == 0)
    return refusal::Refuse(kNo, "VENUE_NOT_RETIRED", {{"venue", VenueName(venue)}});
  Facts facts;
  facts.emplace_back().mutable_restored()->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<Hits> HitsOfRetiring(const VenueState& state, absl::string_view venue, absl::CivilDay day,
                                    const LookAround& look) {
  return AllHitsOf(state, venue, {{}, {calendar::At(day), calendar::At(day + kHitHorizonDays)}}, look);
}

}  // namespace kepu::venue
