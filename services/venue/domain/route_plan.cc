#include "services/venue/domain/route_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/opening.h"
#include "libs/refusal/refusal.h"
#include "libs/travel/travel.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/places.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using Suspension = v1::Route::Suspension;

// Null where it does not exist any more, which stores that were put together by hand may bring about.
const v1::Venue* VenueOf(const VenueLookup& venues, absl::string_view name) {
  const VenueState* state = venues(IdOf(name));
  if (state == nullptr) return nullptr;
  const auto venue = FindVenue(*state, IdOf(name));
  return venue.ok() ? *venue : nullptr;
}

// The way to the stop at `index` from the one before.
absl::Duration WayTo(const v1::Route& route, int index, const VenueLookup& venues) {
  if (index == 0) return absl::ZeroDuration();
  const v1::Venue* from = VenueOf(venues, route.stops(index - 1).venue());
  const v1::Venue* to = VenueOf(venues, route.stops(index).venue());
  if (from == nullptr || to == nullptr) return absl::ZeroDuration();
  return travel::TravelTime(PlaceOf(*from), PlaceOf(*to), travel::KnownTimes());
}

void SetDuration(absl::Duration duration, google::protobuf::Duration* message) {
  message->set_seconds(absl::ToInt64Seconds(duration));
}

// Nothing when the stop can be visited now. Closures that follow one another without a gap count as one.
std::optional<Suspension> SuspensionOf(const std::string& name, const VenueLookup& venues, absl::Time now) {
  Suspension suspension;
  suspension.set_venue(name);
  const VenueState* state = venues(IdOf(name));
  const int64_t retire_us = state == nullptr ? 0 : state->head().retire_us();
  if (state == nullptr || (retire_us > 0 && retire_us <= absl::ToUnixMicros(now))) {
    suspension.set_reason(Suspension::VENUE_RETIRED);
    return suspension;
  }
  const auto closures = ClosuresIn(*state, {}, {now, absl::InfiniteFuture()});
  absl::Time until = now;
  for (const ActiveClosure& closure : closures.ok() ? *closures : std::vector<ActiveClosure>()) {
    if (closure.interval.start > until) break;
    if (suspension.closure().empty()) suspension.set_closure(ClosureName(IdOf(name), closure.id));
    until = std::max(until, closure.interval.end);
  }
  if (until == now) return std::nullopt;
  suspension.set_reason(Suspension::VENUE_CLOSED);
  *suspension.mutable_until() = ToTimestamp(until);
  return suspension;
}

// A stop with what its venue says about days, read once for many days.
struct PlannedStop {
  std::string venue;
  const VenueState* state = nullptr;
  calendar::OpeningRules rules;
  absl::Duration way;
  absl::Duration stay;
};

// Empty when the stay fits, the rule that says no otherwise. Minutes of the day.
absl::string_view RuleAgainst(const v1::OpeningDay& day, int arrive, int depart) {
  if (!day.open()) return day.rule();
  absl::string_view rule = "BEFORE_OPENING";
  for (int i = 0; i < day.periods_size(); ++i) {
    const v1::Period& period = day.periods(i);
    if (arrive < MinuteOf(period.open_time()).value_or(0)) continue;
    // Periods that touch are one for who is inside.
    int close = MinuteOf(period.close_time()).value_or(0);
    for (int next = i + 1; next < day.periods_size() && MinuteOf(day.periods(next).open_time()) == close;
         ++next)
      close = MinuteOf(day.periods(next).close_time()).value_or(close);
    if (arrive > MinuteOf(period.last_entry_time()).value_or(0)) {
      rule = "AFTER_LAST_ENTRY";
    } else if (depart > close) {
      rule = "CLOSES_TOO_EARLY";
    } else {
      return "";
    }
  }
  return rule;
}

absl::StatusOr<v1::CheckRouteResponse> WalkOn(const std::vector<PlannedStop>& stops,
                                              const calendar::HolidayTable& holidays, absl::CivilDay date,
                                              int minute) {
  v1::CheckRouteResponse response;
  response.set_works(true);
  absl::Duration at = absl::Minutes(minute);
  for (const PlannedStop& stop : stops) {
    const absl::Duration arrive = at + stop.way;
    at = arrive + stop.stay;
    v1::CheckRouteResponse::Stop& visit = *response.add_stops();
    visit.set_venue(stop.venue);
    *visit.mutable_arrive_time() = ToTimestamp(calendar::At(date) + arrive);
    *visit.mutable_depart_time() = ToTimestamp(calendar::At(date) + at);
    auto day = OpeningOn(*stop.state, IdOf(stop.venue), stop.rules, holidays, date);
    if (!day.ok()) return day.status();
    visit.set_rule(std::string(RuleAgainst(*day, static_cast<int>(arrive / absl::Minutes(1)),
                                           static_cast<int>(at / absl::Minutes(1)))));
    visit.set_open(visit.rule().empty());
    *visit.mutable_opening() = *std::move(day);
    if (!visit.open()) response.set_works(false);
  }
  return response;
}

absl::StatusOr<std::vector<PlannedStop>> PlanOf(const v1::Route& route, const VenueLookup& venues) {
  std::vector<PlannedStop> stops;
  for (int i = 0; i < route.stops_size(); ++i) {
    const std::string& name = route.stops(i).venue();
    const v1::Venue* venue = VenueOf(venues, name);
    if (venue == nullptr) return refusal::NotFound(name);
    auto rules = ReadRules("opening", venue->opening());
    if (!rules.ok()) return rules.status();
    stops.push_back({name, venues(IdOf(name)), *std::move(rules), WayTo(route, i, venues),
                     ToDuration(route.stops(i).stay_duration())});
  }
  return stops;
}

}  // namespace

v1::Route ShowRoute(const v1::Route& route, const VenueLookup& venues, absl::Time now) {
  v1::Route shown = route;
  absl::Duration total;
  for (int i = 0; i < shown.stops_size(); ++i) {
    v1::Route::Stop& stop = *shown.mutable_stops(i);
    const absl::Duration way = WayTo(route, i, venues);
    if (i > 0) SetDuration(way, stop.mutable_travel_duration());
    total += way + ToDuration(stop.stay_duration());
    if (route.state() != v1::Route::PUBLISHED) continue;
    if (auto suspension = SuspensionOf(stop.venue(), venues, now))
      *shown.add_suspensions() = *std::move(suspension);
  }
  SetDuration(total, shown.mutable_total_duration());
  shown.set_suspended(!shown.suspensions().empty());
  return shown;
}

absl::StatusOr<v1::CheckRouteResponse> CheckRouteOn(const v1::Route& route, const VenueLookup& venues,
                                                    const calendar::HolidayTable& holidays,
                                                    absl::CivilDay date, int minute) {
  auto stops = PlanOf(route, venues);
  if (!stops.ok()) return stops.status();
  absl::Duration end = absl::Minutes(minute);
  for (const PlannedStop& stop : *stops) end += stop.way + stop.stay;
  if (end > absl::Hours(24))
    return refusal::BadField("start_time", absl::StrCat("must be earlier: the route takes ",
                                                        absl::FormatDuration(end - absl::Minutes(minute)),
                                                        " and must end on the same day"));
  auto response = WalkOn(*stops, holidays, date, minute);
  if (!response.ok()) return response.status();
  for (int i = 1; i <= calendar::kNextOpenHorizonDays; ++i) {
    auto later = WalkOn(*stops, holidays, date + i, minute);
    if (!later.ok()) return later.status();
    if (!later->works()) continue;
    *response->mutable_next_date() = ToDate(date + i);
    break;
  }
  return response;
}

}  // namespace kepu::venue
