// Giving a session another time or hall with all its bookings: one decision, in the commit that has the new
// hall and the new times of all classes. And telling those who booked what became of it, a few at a time.
// Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// Who booked before may cancel without a mark for so long, at the latest until the new start.
inline constexpr absl::Duration kFreeAfterReschedule = absl::Hours(7 * 24);
// Classes of one session whose time is claimed anew together: with the hall what one reservation holds.
inline constexpr size_t kMaxClassesMoved = 60;

struct Rescheduling {
  int64_t start_us = 0;
  int64_t end_us = 0;
  // As it is from now on; empty: no hall.
  std::string space;
  // What has the hall then; empty where nothing was reserved.
  std::string hall_reservation;
  std::string reason;
  std::string by;
  // Bookings of classes that move along, by id, with what has their time.
  std::map<std::string, std::string> moved;
  // Bookings that staff let go.
  std::set<std::string> cancelled;
  // Bookings of schools that were looked at, and how many bookings there were then, in the order of the
  // index: what was made since is looked at by the decision.
  std::vector<std::string> classes;
  size_t known = 0;
};

// The times and the hall alone: NOTHING_TO_RESCHEDULE, HELD_FOR_ROUND, SESSION_BOUND_TO_DAY, and what
// CheckOpen says.
absl::Status CheckReschedule(const record::SessionHead& head, const Rescheduling& wish, absl::Time now);
// SESSION_CHANGED when a class has come or gone since it was looked at.
absl::StatusOr<Facts> DecideReschedule(const Session& session, const Rescheduling& wish, const Rules& rules,
                                       absl::Time now);
// A booking that has to claim its class's time anew.
bool HoldsClassTime(const record::SessionHead& head, const record::BookingRecord& booking);

// Until when a booking may be cancelled without a mark, in microseconds.
int64_t FreeUntilNow(const record::SessionHead& head, const record::BookingRecord& booking);

// When those who booked are to be told next; InfiniteFuture: never.
absl::Time NextAnnouncement(const record::SessionHead& head);
absl::StatusOr<Facts> Announce(const Session& session, absl::Time now);

}  // namespace kepu::event::domain
