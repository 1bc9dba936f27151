// Decisions on a session as a whole: making one, publishing and changing it, and cancelling it for everybody
// in one commit however many bookings it has. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// `created` is complete but for the checks made here: times, pools, limits.
absl::StatusOr<Facts> DecideCreateSession(const Session& session, const record::SessionCreated& created,
                                          absl::Time now);

// A draft becomes a session that can be booked; nothing when it is one.
absl::StatusOr<Facts> DecidePublishSession(const Session& session, absl::string_view by, absl::Time now);

// `settings` are complete: what is not to change is as it is. CAPACITY_TAKEN where a pool would hold less
// than is taken and no override says why; who waits is offered what comes free in the same commit.
absl::StatusOr<Facts> DecideChangeSettings(const Session& session,
                                           const record::SessionSettingsChanged& settings, const Rules& rules,
                                           absl::Time now);
// As it is now.
record::SessionSettingsChanged SettingsOf(const record::SessionHead& head);

absl::StatusOr<Facts> DecideCancelSession(const Session& session, absl::string_view reason,
                                          absl::string_view by, absl::Time now);

// Only `round` books the session from now on. Refusals: HELD_FOR_ROUND by another one, and what CheckOpen
// says.
absl::StatusOr<Facts> DecideHoldForRound(const Session& session, absl::string_view round, absl::Time now);
// Everybody does again; nothing when `round` does not have it.
absl::StatusOr<Facts> DecideReleaseFromRound(const Session& session, absl::string_view round, absl::Time now);

}  // namespace kepu::event::domain
