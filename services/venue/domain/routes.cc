#include "services/venue/domain/routes.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/find.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using log::v1::RouteFact;
using refusal::kNo;

// What is worked out when it is asked for is not kept.
void ClearShown(v1::Route& route) {
  for (v1::Route::Stop& stop : *route.mutable_stops()) stop.clear_travel_duration();
  route.clear_total_duration();
  route.clear_suspended();
  route.clear_suspensions();
}

void CheckStop(const v1::Route::Stop& stop, const std::string& at, const VenueLookup& venues,
               refusal::FieldErrors& errors) {
  const absl::Duration stay = ToDuration(stop.stay_duration());
  if (stay < kMinStay || stay > kMaxStay || stay != absl::Trunc(stay, absl::Minutes(1)))
    errors.Add(at + ".stay_duration", "must be whole minutes, from 5 minutes to 8 hours");
  if (!names::Parse("venue", "venues/*", stop.venue()).ok())
    return errors.Add(at + ".venue", "must be a name of the form venues/*");
  const VenueState* state = venues(IdOf(stop.venue()));
  const auto venue =
      state == nullptr ? refusal::NotFound(stop.venue()) : FindVenue(*state, IdOf(stop.venue()));
  if (!venue.ok()) return errors.Add(at + ".venue", absl::StrCat(stop.venue(), " does not exist"));
  if (!(*venue)->has_location())
    errors.Add(at + ".venue", absl::StrCat(stop.venue(), " has no location; give it one, or take another"));
}

absl::Status CheckRoute(const v1::Route& route, const VenueLookup& venues) {
  refusal::FieldErrors errors;
  if (route.display_name().zh().empty()) errors.Add("route.display_name.zh", "is required");
  if (route.category() == v1::Route::CATEGORY_UNSPECIFIED) errors.Add("route.category", "is required");
  if (!route.operator_().empty() && !names::Parse("operator", "organizations/*", route.operator_()).ok())
    errors.Add("route.operator", "must be a name of the form organizations/*");
  if (route.has_start_hint() &&
      MinuteOf(route.start_hint()).value_or(calendar::kMinutesPerDay) == calendar::kMinutesPerDay)
    errors.Add("route.start_hint", "must be whole minutes from 00:00 to 23:59");
  if (route.stops_size() < kMinStops || route.stops_size() > kMaxStops)
    errors.Add("route.stops", absl::StrCat("must be ", kMinStops, " to ", kMaxStops));
  for (int i = 0; i < route.stops_size(); ++i) {
    const std::string at = absl::StrCat("route.stops[", i, "]");
    CheckStop(route.stops(i), at, venues, errors);
    if (i > 0 && route.stops(i).venue() == route.stops(i - 1).venue())
      errors.Add(at + ".venue", "must not be the stop before; stay there longer instead");
  }
  if (!errors.empty()) return errors.ToStatus();
  const absl::string_view first = IdOf(route.stops(0).venue());
  const std::string& district = (*FindVenue(*venues(first), first))->district();
  if (route.district() != district)
    return refusal::BadField("route.district",
                             absl::StrCat("must be ", district, ", where the first stop lies"));
  return absl::OkStatus();
}

// A route with a stop that is gone for good, or about to be, is not shown to anybody as one to walk.
absl::Status CheckStopsLast(const v1::Route& route, const VenueLookup& venues) {
  for (const v1::Route::Stop& stop : route.stops()) {
    const VenueState* state = venues(IdOf(stop.venue()));
    if (state == nullptr) return refusal::NotFound(stop.venue());
    if (state->head().retire_us() == 0) continue;
    const absl::CivilDay day = calendar::DayOf(absl::FromUnixMicros(state->head().retire_us()));
    return refusal::Refuse(
        kNo, "ROUTE_STOP_RETIRED",
        {{"name", route.name()}, {"venue", stop.venue()}, {"date", calendar::FormatDate(day)}});
  }
  return absl::OkStatus();
}

}  // namespace

std::string RouteName(absl::string_view route) { return absl::StrCat("routes/", route); }

absl::StatusOr<const v1::Route*> FindRoute(const RouteState& state, absl::string_view route) {
  return FindIn(state, kInfoField, RouteName(route), &log::v1::RouteChild::has_route,
                &log::v1::RouteChild::route);
}

absl::StatusOr<RouteFacts> DecideCreateRoute(const RouteState& state, absl::string_view id, v1::Route route,
                                             const VenueLookup& venues, absl::Time now) {
  if (state.Exists())
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", RouteName(id)}});
  if (absl::Status status = CheckRoute(route, venues); !status.ok()) return status;
  ClearShown(route);
  StampNew(route, RouteName(id), now);
  route.set_state(v1::Route::DRAFT);
  route.clear_publish_time();
  RouteFacts facts;
  *facts.emplace_back().mutable_created() = std::move(route);
  return facts;
}

absl::StatusOr<RouteFacts> DecideUpdateRoute(const RouteState& state, absl::string_view id,
                                             const std::string& etag, const Edit<v1::Route>& edit,
                                             const VenueLookup& venues, absl::Time now) {
  auto found = FindRoute(state, id);
  if (!found.ok()) return found.status();
  const v1::Route& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Route route = edit(base);
  ClearShown(route);
  StampChanged(route, base, now);
  route.set_state(base.state());
  route.clear_publish_time();
  if (base.has_publish_time()) *route.mutable_publish_time() = base.publish_time();
  if (absl::Status status = CheckRoute(route, venues); !status.ok()) return status;
  RouteFacts facts;
  *facts.emplace_back().mutable_updated() = std::move(route);
  return facts;
}

absl::StatusOr<RouteFacts> DecidePublishRoute(const RouteState& state, absl::string_view id,
                                              const VenueLookup& venues, absl::Time now) {
  auto route = FindRoute(state, id);
  if (!route.ok()) return route.status();
  if ((*route)->state() == v1::Route::PUBLISHED)
    return refusal::Refuse(kNo, "ROUTE_PUBLISHED", {{"name", RouteName(id)}});
  if (absl::Status status = CheckStopsLast(**route, venues); !status.ok()) return status;
  RouteFacts facts;
  facts.emplace_back().mutable_published()->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<RouteFacts> DecideRetireRoute(const RouteState& state, absl::string_view id, absl::Time now) {
  auto route = FindRoute(state, id);
  if (!route.ok()) return route.status();
  if ((*route)->state() == v1::Route::RETIRED)
    return refusal::Refuse(kNo, "ROUTE_RETIRED", {{"name", RouteName(id)}});
  RouteFacts facts;
  facts.emplace_back().mutable_retired()->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::Status Apply(RouteState& state, const RouteFact& fact) {
  if (fact.has_created() || fact.has_updated()) {
    log::v1::RouteChild child;
    *child.mutable_route() = fact.has_created() ? fact.created() : fact.updated();
    state.mutable_head().set_id(std::string(IdOf(child.route().name())));
    state.Put(kInfoField, std::move(child));
    return absl::OkStatus();
  }
  log::v1::RouteChild* child = state.Mutable(kInfoField);
  if (child == nullptr || !(fact.has_published() || fact.has_retired()))
    return absl::InternalError("no fact of this route");
  v1::Route& route = *child->mutable_route();
  const int64_t time_us = fact.has_published() ? fact.published().time_us() : fact.retired().time_us();
  const absl::Time time = absl::FromUnixMicros(time_us);
  route.set_state(fact.has_published() ? v1::Route::PUBLISHED : v1::Route::RETIRED);
  if (fact.has_published()) *route.mutable_publish_time() = ToTimestamp(time);
  StampAgain(route, time);
  return absl::OkStatus();
}

}  // namespace kepu::venue
