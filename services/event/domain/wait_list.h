// The wait list: joining, leaving, and offering freed places to whole parties in order of priority and time.
// Who does not fit is passed over for a while, then places are kept for it, so that large parties are not
// starved by small ones and do not block them for ever. Counting starts when a party is among the first
// eight, whose needs stand in the head. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/bookings.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

absl::StatusOr<Facts> DecideJoin(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now);
// Also declines an open offer.
absl::StatusOr<Facts> DecideLeave(const Session& session, absl::string_view id, const Rules& rules,
                                  absl::Time now);

// The place of a party that waits, from 1 on: exact among the first, and behind them never too low, as who
// left there counts until the front has passed the gap.
int64_t PositionOf(const record::SessionHead& head, absl::string_view id, const record::WaitPlace& place);

// `fact` and the offers that become possible by it, as many as one decision may make; what is left over falls
// due.
absl::StatusOr<Facts> ThenOffer(const Session& session, record::Fact fact, const Rules& rules,
                                absl::Time now);

// Goes on offering what is free: at most `limit` facts, fewer when parties have to be loaded first, are
// appended to `facts` and applied to `head`.
absl::Status Offer(const Session& session, record::SessionHead& head, int limit, const Rules& rules,
                   absl::Time now, Facts* facts);

}  // namespace kepu::event::domain
