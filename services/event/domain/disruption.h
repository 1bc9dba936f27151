// What keeps a session from being held or booked as it stands: something in its way (a closure, a moved
// caravan), or people it waits for. Decisions on what other services tell; asking them is not done here.
// Pure functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// What a head has room for. One that is over makes room for the next.
inline constexpr int kMaxDisruptions = 4;

// Something is in its way.
bool IsDisrupted(const record::SessionHead& head);
// Nothing is granted now: it is disrupted, or waits for people before it opens.
bool IsBlocked(const record::SessionHead& head);
// For new bookings: SESSION_DISRUPTED with what is in the way, SESSION_NOT_STAFFED.
absl::Status CheckUnblocked(const record::SessionHead& head);

// `told` is the latest word of one cause, or that it is over. Nothing where that, or a later word, is known.
absl::StatusOr<Facts> DecideDisruption(const Session& session, const record::DisruptionHead& told,
                                       absl::Time now);
// The same as the fact would come out: whether there is anything to do.
bool IsNewsOf(const record::SessionHead& head, const record::DisruptionHead& told);

}  // namespace kepu::event::domain
