// Handing a sign-up over to another volunteer, for one of theirs or for nothing, as one decision. Nothing is
// counted anew: in each shift one person takes the place of another. A gift is one pivot, the shift. An
// exchange has the greater shift for its pivot, and of the other it claims the change: granted, the giver's
// sign-up there stands still until it is told, and the reservation of the taker's time there is answered to
// nobody before; told, the change and that reservation are written together, so that afterwards both
// sign-ups are like any other. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Exchanges of a shift under way at once: each takes seconds.
inline constexpr int kSwapsHeldMax = 8;

// In one shift.
struct HandOver {
  std::string giver;
  std::string taker;
  // This is the sign-up that was offered: the offer must stand, to the taker and on these terms.
  bool offered = false;
  std::string in_exchange;
  // Of the taker's time.
  std::string reservation;
};

// SWAP_UNDER_WAY while an exchange of this sign-up is being decided.
absl::Status CheckNotSwapping(const Shift& shift, absl::string_view person,
                              const record::SignupRecord& signup);

// NOT_SIGNED_UP, NOT_EXCHANGEABLE, SHIFT_STARTED; `to` empty takes the offer back.
absl::StatusOr<Facts> DecideOfferSwap(const Shift& shift, absl::string_view person, absl::string_view to,
                                      absl::string_view in_exchange, absl::Time now);
// By whom it was offered to; NOT_FOUND for anybody else.
absl::StatusOr<Facts> DecideDeclineSwap(const Shift& shift, absl::string_view giver, absl::string_view taker,
                                        absl::Time now);

// May it be handed over? NO_SWAP_OFFER, NOT_SIGNED_UP, ALREADY_SIGNED_UP, NOT_EXCHANGEABLE, SWAP_UNDER_WAY.
absl::Status CheckHandOver(const Shift& shift, const HandOver& hand_over, absl::Time now);
// At the pivot.
absl::StatusOr<Facts> DecideHandOver(const Shift& shift, const HandOver& hand_over, absl::Time now);

// The claim on the other shift. `claim_id` is that on the taker's time there.
reservation::v1::Demand SwapDemand(absl::string_view shift, absl::string_view pivot,
                                   const HandOver& hand_over, absl::string_view claim_id);
bool IsSwapClaim(const reservation::v1::Demand& demand);
absl::Status CheckSwapClaim(const Shift& shift, const reservation::v1::Demand& demand, absl::Time now);
// What goes with a fact about a claim, in the same commit: nothing unless it is the claim of an exchange.
absl::StatusOr<Facts> SwapFollows(const Shift& shift, const reservation::v1::ClaimFact& fact, absl::Time now);
// An exchange under way will decide this reservation: until then nobody is answered about it.
bool IsSwapHeld(const Shift& shift, absl::string_view reservation);

}  // namespace kepu::volunteer::domain
