// What sessions take of the days of their place. A limit of a place is, in every session it is for, a pool
// beside the session's own: its capacity is the session's share of the day, and the sum of the shares of a
// day's sessions is what the place counts as taken. What happens in a session alone (a hold that runs out, an
// offer, a sweep) stays within its share, so it needs no second aggregate and can never oversell the day.
// Every other decision sees the day through a ledger: it is decided as if the session had all that the day
// has left, then the share becomes just what the bookings take, in the same commit. What falls due may leave
// a share too large for a moment: a decision without a question (Settle) gives it back, and offers what the
// day has to who waits. Sessions of places without limits have no such pools and never look at the place.
// Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/place_rules.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// A decision on a session.
using SessionQuestion = std::function<absl::StatusOr<Facts>(const Session&)>;

// The local day of a session, and whether a limit is for it.
int32_t QuotaDayOf(const record::SessionHead& head);
bool IsFor(const record::PlaceLimit& limit, const record::SessionHead& head);

// A session that starts then would be of the same day and the same half of it.
bool IsSameQuotaDay(const record::SessionHead& head, int64_t start_us);

// It has joined a limit of its place.
bool TakesOfDay(const record::SessionHead& head);
// Something is left to do by Settle: a share is not what is taken of it, or bookings are not counted yet.
bool IsUnsettled(const record::SessionHead& head);

// What joins the session to the limits of its place that it has not joined; nothing when there are none.
// Bookings that are there already are counted by Settle.
Facts JoinLimits(const record::PlaceHead& place, const record::SessionHead& head, absl::Time now);

// The days of one place, as one commit goes through them.
class DayLedger {
 public:
  // `place` outlives the ledger.
  explicit DayLedger(const Place& place) : place_(&place) {}

  // By id of the limit.
  using Shares = std::map<std::string, int32_t>;

  // What `question` says of the session as if it had all that its day has left, and the session's new share
  // before it. `credit` is what another session gives back to the same day in the same commit; it has to be
  // decided next. DAY_QUOTA_USED_UP (from the question) where the day has too little.
  absl::StatusOr<Facts> Decide(const Session& session, const SessionQuestion& question, absl::Time now,
                               const Shares& credit = {});

  // Counts bookings that were there before a limit, a chunk at a time, gives back what nothing takes, and
  // offers what the day has to who waits. Nothing when there is nothing to do.
  absl::StatusOr<Facts> Settle(const Session& session, const Rules& rules, absl::Time now);

  // Facts of the place for all that was decided.
  Facts TakeFacts(absl::Time now);

 private:
  // Left on the day; below zero where it is over its limit.
  absl::StatusOr<int32_t> Left(int32_t day, const record::PlaceLimit& limit);
  absl::StatusOr<record::SessionHead> Raised(const Session& session, const Shares& credit);
  // The fact by which the shares become what is taken after `facts`; none when they are that already.
  void Share(const record::SessionHead& before, absl::Time now, bool look, Facts* facts);

  const Place* place_;
  std::map<std::pair<int32_t, std::string>, int32_t> moved_;  // by day and limit, since the place was read
  std::map<std::string, record::PlaceSharesSet> sets_;
};

// What a booking of the session takes of its day: the credit for a move.
DayLedger::Shares SharesOf(const record::SessionHead& head, const record::BookingRecord& booking);

// For ApplyHead and Apply: facts by which a session takes of its day.
void ApplyShares(record::SessionHead& head, const record::Fact& fact);
absl::Status ApplyCounted(Session& session, const record::SessionLimitsCounted& counted);

// INTERNAL when a session has another share than its place says; for tests and the simulator.
absl::Status CheckShares(const Place& place, const Session& session);

}  // namespace kepu::event::domain
