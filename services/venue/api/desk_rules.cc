#include "services/venue/api/desk_rules.h"

#include <type_traits>

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/claims.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {
namespace {

absl::Status NoPivot() { return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_A_PIVOT"); }

// `use(state)` with what the place is: a venue or an exhibit.
template <class Use>
auto WithState(store::View& view, const reservation::Place& place, Use use) {
  if (absl::StartsWith(place.key, kExhibitPrefix))
    return use(static_cast<const ExhibitState&>(view.Get(place.key)));
  return use(static_cast<const VenueState&>(view.Get(place.key)));
}

}  // namespace

absl::StatusOr<reservation::Place> VenueDeskRules::PlaceOf(absl::string_view thing) const {
  if (absl::StartsWith(thing, "exhibits/")) {
    auto ids = names::Parse("thing", "exhibits/*", thing);
    if (!ids.ok()) return ids.status();
    return reservation::Place{names::PartitionOf((*ids)[0]), ExhibitKey((*ids)[0])};
  }
  auto ids = names::Parse("thing", "venues/*/spaces/*", thing);
  if (!ids.ok()) return ids.status();
  return reservation::Place{names::PartitionOf((*ids)[0]), VenueKey((*ids)[0])};
}

absl::StatusOr<const reservation::v1::Claim*> VenueDeskRules::FindClaim(store::View& view,
                                                                        const reservation::Place& place,
                                                                        absl::string_view claim_id) const {
  return WithState(view, place, [&](const auto& state) { return venue::FindClaim(state, claim_id); });
}

absl::StatusOr<const reservation::v1::Reservation*> VenueDeskRules::FindRecord(store::View&,
                                                                               const reservation::Place&,
                                                                               absl::string_view) const {
  return NoPivot();
}

absl::Status VenueDeskRules::Room(store::View& view, const reservation::Place& place,
                                  const reservation::v1::TryRequest& request, absl::Time now) const {
  const reservation::v1::Demand& demand = request.demand();
  return WithState(view, place, [&](const auto& state) {
    if constexpr (std::is_same_v<decltype(state), const ExhibitState&>) {
      return CheckRoom(state, demand, now);
    } else {
      return CheckRoom(state, demand, *model_.holidays(), now);
    }
  });
}

absl::Status VenueDeskRules::Emit(store::View& view, const reservation::Place& place,
                                  const reservation::v1::ClaimFact& fact, absl::Time) const {
  return WithState(view, place, [&](const auto& state) -> absl::Status {
    // A cancel that comes before the thing was ever heard of has nothing to be remembered on.
    if (!state.Exists()) return refusal::NotFound(place.key);
    auto changed = ClaimChangedFact(state, fact);
    if (!changed.ok()) return changed.status();
    return view.Emit(place.key, changed->SerializeAsString());
  });
}

absl::Status VenueDeskRules::Emit(store::View&, const reservation::Place&,
                                  const reservation::v1::ReservationFact&) const {
  return NoPivot();
}

}  // namespace kepu::venue
