// Who waits for a place in a shift, and who stands by. A place that falls free is offered to the first who
// waits by the same decision that freed it, so that no stranger ever finds it; an offer holds the place until
// it is taken, declined or over (norms, section 7, "wait list"). Pure functions on values.
#pragma once

#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Longer lists promise what nobody can keep.
inline constexpr int kWaitMax = 100;
inline constexpr int kStandBysMax = 50;
inline constexpr absl::Duration kOfferLife = absl::Hours(24);
inline constexpr absl::Duration kShortOfferLife = absl::Hours(2);
// When the start is nearer than this an offer is short.
inline constexpr absl::Duration kNear = absl::Hours(24 * 3);

inline constexpr char kWaitField[] = "wait";
inline constexpr char kStandByField[] = "standby";

// The list as it is; an empty one when there is none.
absl::StatusOr<record::WaitList> WaitListOf(const Shift& shift);
absl::StatusOr<record::StandBys> StandBysOf(const Shift& shift);
// Null when they do not wait.
const record::WaitList::Entry* FindIn(const record::WaitList& list, absl::string_view person);
// From 1 on among those who wait; 0 for who has an offer or does not wait.
int PositionOf(const record::WaitList& list, absl::string_view person);
// Has an offer.
absl::StatusOr<bool> FindOffer(const Shift& shift, absl::string_view person);

// When an offer made now is over.
absl::Time OfferUntil(const record::ShiftHead& head, absl::Time now);

// NOT_FULL, ALREADY_SIGNED_UP, WAIT_LIST_FULL, INVITATION_ONLY. Nothing happens when they wait already.
absl::StatusOr<Facts> DecideJoinWait(const Shift& shift, absl::string_view person, absl::Time now);
// Also declines an offer; LEFT or, for who is busy by now, PASSED. Nothing happens to who does not wait.
absl::StatusOr<Facts> DecideLeaveWait(const Shift& shift, absl::string_view person,
                                      record::WaitChanged::Kind kind, absl::Time now);
// STAND_BYS_FULL, ALREADY_SIGNED_UP.
absl::StatusOr<Facts> DecideStandBy(const Shift& shift, absl::string_view person, bool joins, absl::Time now);
// Invites the first who may be; NOBODY_STANDS_BY. `called` is who.
absl::StatusOr<Facts> DecideCallStandBy(const Shift& shift, absl::Time until, absl::Time now,
                                        std::string* called);

// What takes somebody who comes off the lists.
absl::StatusOr<Facts> LeaveListsFacts(const Shift& shift, absl::string_view person, absl::Time now);

// The facts, and the offers that become possible by them.
absl::StatusOr<Facts> ThenOffer(const Shift& shift, Facts facts, absl::Time now);
// Somebody waits for a place that is free: only what is claimed by others, or a raised number, leaves that.
bool OffersAreDue(const record::ShiftHead& head);
// Something has to lapse, or the list of a cancelled shift has to end.
bool LapsesAreDue(const record::ShiftHead& head, absl::Time now);
// Offers, requests, invitations and groups that are over, some at a time, and what becomes possible.
absl::StatusOr<Facts> DecideLapses(const Shift& shift, absl::Time now);

// The list after the fact: what the aggregate and read models fold.
void ApplyWait(record::WaitList& list, const record::WaitChanged& fact, int64_t time_us);

}  // namespace kepu::volunteer::domain
