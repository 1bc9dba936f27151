#include "services/volunteer/api/claims.h"

#include <utility>

#include "absl/strings/match.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/people_view.h"
#include "services/volunteer/domain/expert.h"
#include "services/volunteer/domain/shift_swap.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

domain::Person& PersonIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Person&>(view.Get(key));
}

domain::Shift& ShiftIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Shift&>(view.Get(key));
}

domain::Lecture& LectureIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Lecture&>(view.Get(key));
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
  // A pivot only.
  if (auto ids = names::Parse("thing", "lectureRequests/*", thing); ids.ok()) return LecturePlace((*ids)[0]);
  return refusal::BadField("thing", "must be volunteers/{volunteer} or shifts/{shift}");
}

absl::StatusOr<const reservation::v1::Claim*> ClaimRules::FindClaim(store::View& view,
                                                                    const reservation::Place& place,
                                                                    absl::string_view claim_id) const {
  if (!PersonIdOf(place.key).empty()) return domain::FindClaim(PersonIn(view, place.key), claim_id);
  if (!LectureIdOf(place.key).empty()) return nullptr;
  return domain::FindClaim(ShiftIn(view, place.key), claim_id);
}

absl::StatusOr<const reservation::v1::Reservation*> ClaimRules::FindRecord(
    store::View& view, const reservation::Place& place, absl::string_view reservation) const {
  if (!LectureIdOf(place.key).empty())
    return domain::FindRecordIfAny(LectureIn(view, place.key), reservation);
  if (ShiftIdOf(place.key).empty()) return refusal::BadField("pivot", "must be shifts/{shift}");
  const domain::Shift& shift = ShiftIn(view, place.key);
  // Who asks about it asks again: the exchange that decides it is under way.
  if (domain::IsSwapHeld(shift, reservation)) return absl::UnavailableError("an exchange is being decided");
  return domain::FindRecordIfAny(shift, reservation);
}

absl::Status ClaimRules::Room(store::View& view, const reservation::Place& place,
                              const reservation::v1::TryRequest& request, absl::Time now) const {
  const reservation::v1::Demand& demand = request.demand();
  if (!PersonIdOf(place.key).empty()) {
    const domain::Person& person = PersonIn(view, place.key);
    // What people sign up for themselves is no invitation.
    const bool own = request.pivot_service() == kSelf && absl::StartsWith(request.pivot(), "shifts/");
    if (!own)
      if (absl::Status status = domain::CheckInvitation(person, demand.purpose()); !status.ok())
        return status;
    auto duty = domain::DutyOf(demand);
    if (!duty.ok()) return duty.status();
    auto age = AgeOf(personal_, person.head(), duty->requirements());
    if (!age.ok()) return age.status();
    return domain::CheckRoom(person, demand, *age, rules_, now);
  }
  if (!LectureIdOf(place.key).empty()) return refusal::BadField("demand.thing", "cannot be claimed");
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
  } else if (!LectureIdOf(place.key).empty()) {
    return absl::OkStatus();
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
  const bool exists = LectureIdOf(place.key).empty() ? ShiftIn(view, place.key).Exists()
                                                     : LectureIn(view, place.key).Exists();
  if (!exists) return absl::OkStatus();
  return view.Emit(place.key, domain::RecordFact(fact).SerializeAsString());
}

}  // namespace kepu::volunteer
