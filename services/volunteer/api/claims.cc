#include "services/volunteer/api/claims.h"

#include <utility>

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/shift_swap.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

domain::Person& PersonIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Person&>(view.Get(key));
}

domain::Shift& ShiftIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Shift&>(view.Get(key));
}

absl::Status EmitAll(store::View& view, absl::string_view key, const absl::StatusOr<domain::Facts>& facts) {
  if (!facts.ok()) return facts.status();
  for (const domain::record::Fact& fact : *facts) {
    if (absl::Status status = view.Emit(key, fact.SerializeAsString()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<reservation::Place> ClaimRules::PlaceOf(absl::string_view thing) const {
  if (auto ids = names::Parse("thing", "volunteers/*", thing); ids.ok()) return PersonPlace((*ids)[0]);
  if (auto ids = names::Parse("thing", "shifts/*", thing); ids.ok()) return ShiftPlace((*ids)[0]);
  return refusal::BadField("thing", "must be volunteers/{volunteer} or shifts/{shift}");
}

absl::StatusOr<const reservation::v1::Claim*> ClaimRules::FindClaim(store::View& view,
                                                                    const reservation::Place& place,
                                                                    absl::string_view claim_id) const {
  if (!PersonIdOf(place.key).empty()) return domain::FindClaim(PersonIn(view, place.key), claim_id);
  return domain::FindClaim(ShiftIn(view, place.key), claim_id);
}

absl::StatusOr<const reservation::v1::Reservation*> ClaimRules::FindRecord(
    store::View& view, const reservation::Place& place, absl::string_view reservation) const {
  if (ShiftIdOf(place.key).empty()) return refusal::BadField("pivot", "must be shifts/{shift}");
  const domain::Shift& shift = ShiftIn(view, place.key);
  // Who asks about it asks again: the exchange that decides it is under way.
  if (domain::IsSwapHeld(shift, reservation)) return absl::UnavailableError("an exchange is being decided");
  return domain::FindRecordIfAny(shift, reservation);
}

absl::Status ClaimRules::Room(store::View& view, const reservation::Place& place,
                              const reservation::v1::TryRequest& request, absl::Time now) const {
  const reservation::v1::Demand& demand = request.demand();
  if (!PersonIdOf(place.key).empty())
    return domain::CheckRoom(PersonIn(view, place.key), demand, rules_, now);
  return domain::CheckPlaces(ShiftIn(view, place.key), demand, now);
}

// There is nothing to remember in an aggregate that does not exist: nothing was ever granted by it, and a
// claim that comes late is refused or asks.
absl::Status ClaimRules::Emit(store::View& view, const reservation::Place& place,
                              const reservation::v1::ClaimFact& fact, absl::Time now) const {
  absl::StatusOr<domain::record::Fact> whole;
  if (!PersonIdOf(place.key).empty()) {
    domain::Person& person = PersonIn(view, place.key);
    if (!person.Exists()) return absl::OkStatus();
    whole = domain::ClaimedFact(person, fact);
  } else {
    domain::Shift& shift = ShiftIn(view, place.key);
    if (!shift.Exists()) return absl::OkStatus();
    whole = domain::ClaimedFact(shift, fact);
    auto follows = domain::SwapFollows(shift, fact, now);
    if (!whole.ok()) return whole.status();
    if (!follows.ok()) return follows.status();
    domain::Facts facts = {*whole};
    facts.insert(facts.end(), follows->begin(), follows->end());
    return EmitAll(view, place.key, facts);
  }
  if (!whole.ok()) return whole.status();
  return view.Emit(place.key, whole->SerializeAsString());
}

absl::Status ClaimRules::Emit(store::View& view, const reservation::Place& place,
                              const reservation::v1::ReservationFact& fact) const {
  if (!ShiftIn(view, place.key).Exists()) return absl::OkStatus();
  return view.Emit(place.key, domain::RecordFact(fact).SerializeAsString());
}

}  // namespace kepu::volunteer
