#include "services/venue/domain/claims.h"

#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

absl::StatusOr<Wish> WishOf(const VenueState& state, const Demand& demand) {
  auto ids = names::Parse("demand.thing", "venues/*/spaces/*", demand.thing());
  if (!ids.ok()) return ids.status();
  if (demand.kind() != reservation::v1::HALL)
    return refusal::BadField("demand.kind", "a space is claimed as HALL");
  Wish wish{(*ids)[0], {(*ids)[1]}, {ToTime(demand.start_time()), ToTime(demand.end_time())}, {}};
  if (!demand.has_start_time() || !demand.has_end_time() || wish.use.empty() || wish.use.length() > kMaxUse)
    return refusal::BadField("demand.end_time", "must be after the start, at most 31 days");
  if (auto venue = FindVenue(state, wish.venue); !venue.ok()) return venue.status();
  auto space = FindSpace(state, wish.venue, wish.spaces[0]);
  if (!space.ok()) return space.status();
  wish.buffers = BuffersOf(**space);
  wish.inside_opening = true;
  return wish;
}

absl::StatusOr<v1::Allocation> AllocationFor(const VenueState& state, const Claim& claim) {
  auto wish = WishOf(state, claim.demand());
  if (!wish.ok()) return wish.status();
  if (absl::Status status = LoadMonths(state, wish->spaces, wish->taken()); !status.ok()) return status;
  v1::Allocation allocation;
  allocation.set_name(AllocationName(wish->venue, wish->spaces[0], ClaimAllocationId(claim.claim_id())));
  allocation.set_purpose(v1::Allocation::SESSION);
  allocation.set_holder(claim.demand().purpose());
  allocation.set_state(v1::Allocation::HELD);
  *allocation.mutable_start_time() = claim.demand().start_time();
  *allocation.mutable_end_time() = claim.demand().end_time();
  *allocation.mutable_taken_start_time() = ToTimestamp(wish->taken().start);
  *allocation.mutable_taken_end_time() = ToTimestamp(wish->taken().end);
  *allocation.mutable_ask_time() = claim.ask_time();
  *allocation.mutable_create_time() = claim.create_time();
  return allocation;
}

// What a reservation that is taken over has of the space does not stand in the way.
absl::Status LeaveOut(const VenueState& state, const std::string& reservation, Wish* wish) {
  if (reservation.empty()) return absl::OkStatus();
  auto taken = TakenIn(state, wish->spaces, wish->taken());
  if (!taken.ok()) return taken.status();
  absl::Status missing;
  for (const Taken& item : *taken) {
    if (item.id.substr(0, 2) != "c-") continue;
    auto claim = FindClaim(state, item.id.substr(2));
    if (!claim.ok()) missing = claim.status();
    if (claim.ok() && *claim != nullptr && (*claim)->reservation() == reservation) wish->gone.insert(item.id);
  }
  return missing;
}

}  // namespace

absl::StatusOr<const Claim*> FindClaim(const VenueState& state, absl::string_view claim_id) {
  auto child = state.Find(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim();
}

absl::Status CheckRoom(const VenueState& state, const Demand& demand, const calendar::HolidayTable& holidays,
                       absl::Time now) {
  auto wish = WishOf(state, demand);
  if (!wish.ok()) return wish.status();
  if (wish->use.end <= now) return refusal::BadField("demand.end_time", "must not be past");
  if (absl::Status status = LeaveOut(state, demand.in_place_of(), &*wish); !status.ok()) return status;
  if (absl::Status status = CheckFits(state, *wish, holidays, now); !status.ok()) return status;
  return LoadMonths(state, wish->spaces, wish->taken());
}

absl::StatusOr<log::v1::VenueFact> ClaimChangedFact(const VenueState& state, const ClaimFact& fact) {
  log::v1::VenueFact venue_fact;
  log::v1::ClaimChanged& changed = *venue_fact.mutable_claim_changed();
  *changed.mutable_fact() = fact;
  if (fact.has_tried()) {
    auto allocation = AllocationFor(state, fact.tried());
    if (!allocation.ok()) return allocation.status();
    *changed.mutable_allocation() = *std::move(allocation);
    return venue_fact;
  }
  auto claim = FindClaim(state, fact.claim_id());
  if (!claim.ok()) return claim.status();
  if (fact.has_ended()) {
    const int day = DayNumber(ToTime(fact.ended().end_time()));
    if (auto bucket = state.Find(EndedField(day, NextBucket(state, day))); !bucket.ok())
      return bucket.status();
  }
  if (*claim == nullptr || !reservation::IsLive(**claim)) return venue_fact;
  auto ids = names::Parse("thing", "venues/*/spaces/*", (*claim)->demand().thing());
  if (!ids.ok()) return ids.status();
  auto allocation = FindAllocation(state, (*ids)[0], (*ids)[1], ClaimAllocationId(fact.claim_id()));
  if (!allocation.ok()) return allocation.status();
  auto loaded = TakenIn(state, {(*ids)[1]},
                        {ToTime((*allocation)->taken_start_time()), ToTime((*allocation)->taken_end_time())});
  return loaded.ok() ? absl::StatusOr<log::v1::VenueFact>(std::move(venue_fact)) : loaded.status();
}

}  // namespace kepu::venue
