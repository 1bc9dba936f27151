// Decisions at the door of a session: who comes with how many, who leaves, who is let in without a booking,
// and what devices noted while they were offline. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/bookings.h"

namespace kepu::event::domain {

struct Arrival {
  std::string id;                  // of the booking
  std::optional<v1::Party> party;  // who came; as booked when not given
  std::string by;
  std::string override_reason;  // lets a class in with too few adults
  absl::Time at;                // not after now; before it where a device was offline
};
// From when parties are let in; until the session ends.
absl::Time DoorOpens(const record::SessionHead& head, const Rules& rules);

// Nothing when it came already. What fewer leave is offered to who waits; more need room.
absl::StatusOr<Facts> DecideArrival(const Session& session, const Arrival& arrival, const Rules& rules,
                                    absl::Time now);

// The rest of a party that came, or some of it: PARTY_COMPLETE when so many are not to come any more. Of one
// that has not come it is the arrival.
absl::StatusOr<Facts> DecideLateArrival(const Session& session, const Arrival& arrival, const Rules& rules,
                                        absl::Time now);

// NOT_INSIDE when so many are not there; `heads` 0: all who are.
absl::StatusOr<Facts> DecideDeparture(const Session& session, absl::string_view id, int32_t heads,
                                      absl::Time at, absl::Time now);

// Books and checks in who came without a booking.
absl::StatusOr<Facts> DecideWalkIn(const Session& session, const PartyCommand& command, absl::Time at,
                                   const Rules& rules, absl::Time now);

// Keeps what a device noted with what came of it. TOO_MANY_DOOR_RECORDS.
absl::StatusOr<Facts> DecideRecord(const Session& session, const v1::DoorRecord& record, absl::Time now);
// What came of a record that was sent before; null: it is new.
absl::StatusOr<const v1::DoorRecord*> FindDoorRecord(const Session& session, absl::string_view device,
                                                     absl::string_view id);

}  // namespace kepu::event::domain
