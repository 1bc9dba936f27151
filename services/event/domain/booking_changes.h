// Decisions on bookings that stand: another number of people, the way to another session, and what is said
// and judged of who did not come. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/bookings.h"

namespace kepu::event::domain {

struct BookingChange {
  v1::Party party;
  v1::Booking::Needs needs;
  bool by_staff = false;        // bound by the places only
  bool at_door = false;         // told when the session may have ended
  bool too_few_adults = false;  // staff let the class in all the same
};
// Another party and other needs. HEADCOUNT_FINAL when it may not move so far any more, SESSION_FULL and its
// like when there is no room for more.
absl::StatusOr<Facts> DecideChangeBooking(const Session& session, absl::string_view id,
                                          const BookingChange& change, const Rules& rules, absl::Time now);

// The party of a booking once more, for places elsewhere: who and what, not how it came there.
PartyCommand PartyOf(const record::BookingRecord& booking, std::string id);

// What has to be booked elsewhere for a booking to move there; `id` of what it becomes. WRONG_STATE for one
// that does not stand.
absl::StatusOr<PartyCommand> PartyToMove(const Session& session, absl::string_view booking, std::string id,
                                         bool by_staff);

// NOTHING_TO_EXCUSE, APPEAL_MADE, APPEAL_TOO_LATE.
absl::StatusOr<Facts> DecideAppeal(const Session& session, absl::string_view id, v1::Booking::Excuse excuse,
                                   const Rules& rules, absl::Time now);
// `waive`: it counts against nobody; else an open appeal is declined, NO_APPEAL without one.
absl::StatusOr<Facts> DecideJudge(const Session& session, absl::string_view id, bool waive,
                                  v1::Booking::Excuse excuse, absl::string_view by, absl::Time now);

}  // namespace kepu::event::domain
