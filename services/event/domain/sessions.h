// Decisions on a session as a whole: making one, and cancelling it for everybody in one commit however many
// bookings it has. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// `created` is complete but for the checks made here: times, pools, limits.
absl::StatusOr<Facts> DecideCreateSession(const Session& session, const record::SessionCreated& created,
                                          absl::Time now);

absl::StatusOr<Facts> DecideCancelSession(const Session& session, absl::string_view reason, absl::Time now);

// Only `round` books the session from now on. Refusals: HELD_FOR_ROUND by another one, and what CheckOpen
// says.
absl::StatusOr<Facts> DecideHoldForRound(const Session& session, absl::string_view round, absl::Time now);
// Everybody does again; nothing when `round` does not have it.
absl::StatusOr<Facts> DecideReleaseFromRound(const Session& session, absl::string_view round, absl::Time now);

}  // namespace kepu::event::domain
