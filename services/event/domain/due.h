// What falls due in a session by itself: holds and offers that run out, offers still to be made, the end of
// the wait list at the start, who did not come to an ended session, and the sweep over the bookings of a
// cancelled session. A bounded number of facts and children at a time; asked again until nothing is due.
// Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

absl::StatusOr<Facts> Due(const Session& session, const Rules& rules, absl::Time now);

// When to ask again; InfiniteFuture: nothing will fall due by itself.
absl::Time NextDue(const record::SessionHead& head, const Rules& rules);

// Ids of a chunk of the index of bookings; NotLoaded.
absl::StatusOr<google::protobuf::RepeatedPtrField<std::string>> IdsOf(const Session& session,
                                                                      uint32_t number);

}  // namespace kepu::event::domain
