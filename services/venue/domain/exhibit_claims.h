// Exhibits and kits in reservations: a programme that is given somewhere claims what it needs for its hours.
// Whether it can be there then, next to other claims and to custodies, with the time to move it; the facts
// around the claim's own; and that nothing else takes away what was granted. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "services/venue/domain/exhibits.h"

namespace kepu::venue {

// Programmes are given for hours, a summer camp for weeks.
inline constexpr absl::Duration kMaxKitUse = absl::Hours(24 * 31);
// As far as custodies are planned.
inline constexpr absl::Duration kMaxKitAhead = kMaxCustody;
// One granted claim rewrites the list of its month.
inline constexpr int kMaxKitUsesInMonth = 300;

std::string KitReservationName(absl::string_view exhibit, absl::string_view claim_id);

// Null when there is none.
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const ExhibitState& state,
                                                        absl::string_view claim_id);

// May the demand be granted now? Refusals: KIT_TAKEN by another claim, KIT_ELSEWHERE in a custody, both with
// the nearest times that would do; EXHIBIT_RETIRED, KIT_CALENDAR_FULL.
absl::Status CheckRoom(const ExhibitState& state, const reservation::v1::Demand& demand, absl::Time now);

// The exhibit's fact around a claim's. Loads all that applying it touches; NotLoaded passes through.
absl::StatusOr<log::v1::ExhibitFact> ClaimChangedFact(const ExhibitState& state,
                                                      const reservation::v1::ClaimFact& fact);

// EXHIBIT_CLAIMED when a live claim needs it where the custody does not have it, or while it is in repair.
absl::Status CheckUnclaimed(const ExhibitState& state, const v1::Exhibit& exhibit,
                            const v1::Custody& custody);
// EXHIBIT_CLAIMED when a claim that is not over could not be kept after the change: the exhibit is retired,
// or takes longer to move.
absl::Status CheckKeepsClaims(const ExhibitState& state, const v1::Exhibit& base, const v1::Exhibit& next,
                              absl::Time now);

// Ended claims are forgotten when no call can ask for them any more.
absl::StatusOr<ExhibitFacts> Due(const ExhibitState& state, absl::Time now);
absl::Time NextDue(const ExhibitState& state);

// Parts of Apply.
absl::Status ChangeClaim(ExhibitState& state, const reservation::v1::ClaimFact& fact);
void ForgetClaims(ExhibitState& state, const reservation::v1::EndsForgotten& fact);

// As people see it.
v1::KitReservation KitReservationOf(absl::string_view exhibit, const reservation::v1::Claim& claim);
// Of an exhibit that is whole in memory: the live claim that needs it then; null: none.
const reservation::v1::Claim* ClaimAt(const ExhibitState& state, absl::Time time);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckClaims(const ExhibitState& state, absl::Time now);

}  // namespace kepu::venue
