#include "services/venue/api/desk_rules.h"

#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/claims.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {
namespace {

absl::Status NoPivot() { return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_A_PIVOT"); }

VenueState& StateOf(store::View& view, const reservation::Place& place) {
  return static_cast<VenueState&>(view.Get(place.key));
}

}  // namespace

absl::StatusOr<reservation::Place> VenueDeskRules::PlaceOf(absl::string_view thing) const {
  auto ids = names::Parse("thing", "venues/*/spaces/*", thing);
  if (!ids.ok()) return ids.status();
  return reservation::Place{names::PartitionOf((*ids)[0]), VenueKey((*ids)[0])};
}

absl::StatusOr<const reservation::v1::Claim*> VenueDeskRules::FindClaim(store::View& view,
                                                                        const reservation::Place& place,
                                                                        absl::string_view claim_id) const {
  return venue::FindClaim(StateOf(view, place), claim_id);
}

absl::StatusOr<const reservation::v1::Reservation*> VenueDeskRules::FindRecord(store::View&,
                                                                               const reservation::Place&,
                                                                               absl::string_view) const {
  return NoPivot();
}

absl::Status VenueDeskRules::Room(store::View& view, const reservation::Place& place,
                                  const reservation::v1::TryRequest& request, absl::Time now) const {
  return CheckRoom(StateOf(view, place), request.demand(), *model_.holidays(), now);
}

absl::Status VenueDeskRules::Emit(store::View& view, const reservation::Place& place,
                                  const reservation::v1::ClaimFact& fact, absl::Time) const {
  // A cancel that comes before the venue was ever heard of has nothing to be remembered on.
  if (!StateOf(view, place).Exists()) return refusal::NotFound(place.key);
  auto changed = ClaimChangedFact(StateOf(view, place), fact);
  if (!changed.ok()) return changed.status();
  return view.Emit(place.key, changed->SerializeAsString());
}

absl::Status VenueDeskRules::Emit(store::View&, const reservation::Place&,
                                  const reservation::v1::ReservationFact&) const {
  return NoPivot();
}

}  // namespace kepu::venue
