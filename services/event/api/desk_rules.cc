#include "services/event/api/desk_rules.h"

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/api/of_day.h"
#include "services/event/api/target.h"
#include "services/event/domain/session_claims.h"
#include "services/event/domain/visit_day.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

domain::School& SchoolIn(store::View& view, const reservation::Place& place) {
  return dynamic_cast<domain::School&>(view.Get(place.key));
}

domain::Session& SessionIn(store::View& view, const reservation::Place& place) {
  return dynamic_cast<domain::Session&>(view.Get(place.key));
}

domain::VisitDay& VisitDayIn(store::View& view, const reservation::Place& place) {
  return dynamic_cast<domain::VisitDay&>(view.Get(place.key));
}

bool LendsLikeSchool(const reservation::Place& place) {
  return !SchoolIdOf(place.key).empty() || !DistrictThingOf(place.key).empty();
}

absl::Status NotLent() {
  return refusal::BadField("thing", "only schools, sessions and visits of districts are claimed here");
}

}  // namespace

absl::StatusOr<reservation::Place> EventDeskRules::PlaceOf(absl::string_view thing) const {
  if (auto ids = names::Parse("thing", "schools/*", thing); ids.ok())
    return reservation::Place{names::PartitionOf((*ids)[0]), SchoolKey((*ids)[0])};
  if (absl::StartsWith(thing, kDistrictVisits))
    return reservation::Place{names::PartitionOfText(thing), DistrictKey(thing)};
  if (auto ids = names::Parse("thing", "events/*/sessions/*", thing); ids.ok())
    return reservation::Place{names::PartitionOf((*ids)[1]), SessionKey((*ids)[1]), rules_key_((*ids)[1])};
  if (auto ids = names::Parse("thing", "visitDays/*", thing); ids.ok())
    return reservation::Place{names::PartitionOf((*ids)[0]), VisitDayKey((*ids)[0])};
  return refusal::BadField(
      "thing", "must be schools/{school}, events/{event}/sessions/{session} or visitDays/{visit_day}");
}

absl::StatusOr<const reservation::v1::Claim*> EventDeskRules::FindClaim(store::View& view,
                                                                        const reservation::Place& place,
                                                                        absl::string_view claim_id) const {
  if (!SessionIdOf(place.key).empty()) return domain::FindClaim(SessionIn(view, place), claim_id);
  if (!LendsLikeSchool(place)) return NotLent();
  return domain::FindClaim(SchoolIn(view, place), claim_id);
}

absl::StatusOr<const reservation::v1::Reservation*> EventDeskRules::FindRecord(
    store::View& view, const reservation::Place& place, absl::string_view reservation) const {
  if (!VisitDayIdOf(place.key).empty()) return domain::FindRecordIfAny(VisitDayIn(view, place), reservation);
  if (SessionIdOf(place.key).empty()) return refusal::BadField("pivot", "must be a session or a visit day");
  return domain::FindRecordIfAny(SessionIn(view, place), reservation);
}

absl::Status EventDeskRules::SessionRoom(store::View& view, const reservation::Place& place,
                                         const reservation::v1::TryRequest& request, absl::Time now) const {
  // Who comes through the waiting room is one person or school at a time, never a plan of many classes.
  if (const std::string opening = opening_(SessionIdOf(place.key)); !opening.empty())
    return refusal::Refuse(refusal::kNo, "KEPT_FOR_OPENING", {{"opening", opening}});
  return OfDay(view, place.also)
      .Decide(
          SessionIn(view, place),
          [&](const domain::Session& one) -> absl::StatusOr<domain::Facts> {
            absl::Status status =
                domain::CheckSessionRoom(one, request.request_id(), request.demand(), session_rules_, now);
            return status.ok() ? absl::StatusOr<domain::Facts>(domain::Facts{}) : status;
          },
          now)
      .status();
}

absl::Status EventDeskRules::Room(store::View& view, const reservation::Place& place,
                                  const reservation::v1::TryRequest& request, absl::Time now) const {
  if (!SessionIdOf(place.key).empty()) return SessionRoom(view, place, request, now);
  if (!LendsLikeSchool(place)) return NotLent();
  if (!DistrictThingOf(place.key).empty()) {
    const auto rules = places_.RulesOf(request.demand().place());
    return domain::CheckDistrictRoom(SchoolIn(view, place), request.demand(),
                                     rules == nullptr ? 0 : rules->district_visits(), rules_);
  }
  return domain::CheckSchoolRoom(SchoolIn(view, place), request.demand(), rules_);
}

absl::Status EventDeskRules::Emit(store::View& view, const reservation::Place& place,
                                  const reservation::v1::ClaimFact& fact, absl::Time now) const {
  if (!SessionIdOf(place.key).empty()) {
    // A claim of a session that there never was has nothing to be remembered on.
    if (SessionIn(view, place).head().id().empty()) return refusal::NotFound(place.key);
    return EmitOfDay(
        view, place.key, place.also, SessionIn(view, place),
        [&](const domain::Session& one) { return domain::DecideClaimed(one, fact, session_rules_, now); },
        now);
  }
  const absl::string_view district = DistrictThingOf(place.key);
  auto whole = domain::ClaimedFact(SchoolIn(view, place), district.empty() ? SchoolIdOf(place.key) : district,
                                   fact, rules_);
  return whole.ok() ? view.Emit(place.key, *whole) : whole.status();
}

// Also on a session that is not there yet: its reservation may be cancelled before it is made, and must stay
// cancelled.
absl::Status EventDeskRules::Emit(store::View& view, const reservation::Place& place,
                                  const reservation::v1::ReservationFact& fact) const {
  return view.Emit(place.key, domain::RecordFact(fact));
}

}  // namespace kepu::event
