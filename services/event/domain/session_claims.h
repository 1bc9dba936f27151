// Places of a session that a reservation claims: a visit day that takes a class to a public session. A claim
// has a booking of its class, held while it is tried and confirmed with it; a claim that takes over from
// another of the same class has the same booking, so that nobody needs two places at once. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// Null when there is none; NotLoaded passes through.
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const Session& session, absl::string_view claim_id);

// May the places be claimed now? Refuses as a booking of a school would, and with SESSION_NOT_THEN when the
// session is at another time than it was planned for.
absl::Status CheckSessionRoom(const Session& session, absl::string_view claim_id,
                              const reservation::v1::Demand& demand, const Rules& rules, absl::Time now);

// The claim's fact and what it does to its booking.
absl::StatusOr<Facts> DecideClaimed(const Session& session, const reservation::v1::ClaimFact& claim,
                                    const Rules& rules, absl::Time now);

// Part of Apply: the claim, and whose the booking is.
absl::Status ApplyClaimed(Session& session, const record::SessionClaimed& claimed);

}  // namespace kepu::event::domain
