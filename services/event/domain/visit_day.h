// A visit day as an aggregate: its wishes, its plan, and the reservations whose pivot it is. It is confirmed
// in the commit that has all claims, and a plan in place of another gives the old claims back in the commit
// that has the new. Pure functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using VisitDay = aggregate::Aggregate<record::VisitDayHead, record::VisitDayChild>;

inline constexpr char kWishesField[] = "q";
inline constexpr char kPlanField[] = "p";

std::string VisitDayName(const record::VisitDayHead& head);
// The instant of a minute of its day.
absl::Time InstantOf(const record::VisitDayHead& head, int minute);

// Null when there are none; NotLoaded passes through.
absl::StatusOr<const record::VisitWishes*> FindWishes(const VisitDay& visit);
absl::StatusOr<const record::VisitRows*> FindPlan(const VisitDay& visit);
absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const VisitDay& visit,
                                                                    absl::string_view reservation);

// `head` is complete but for state, times and counters.
absl::StatusOr<Facts> DecideCreateVisitDay(const VisitDay& visit, record::VisitDayHead head,
                                           const v1::VisitDay& wishes, absl::Time now);

// A plan is made outside and comes with the revision that it was made from: ETAG_MISMATCH when that has
// passed.
absl::StatusOr<Facts> DecidePlan(const VisitDay& visit, uint64_t revision, const record::VisitRows& plan,
                                 absl::Time now);
absl::StatusOr<Facts> DecideConfirm(const VisitDay& visit, uint64_t revision, const std::string& reservation,
                                    absl::Time now);
// `reservation` has the claims of the new plan; empty for one that was not confirmed.
absl::StatusOr<Facts> DecideReplan(const VisitDay& visit, uint64_t revision, const v1::VisitDay& wishes,
                                   const record::VisitRows& plan, const std::string& reservation,
                                   absl::Time now);
absl::StatusOr<Facts> DecideCancel(const VisitDay& visit, const std::string& reason, absl::Time now);

absl::StatusOr<Facts> Due(const VisitDay& visit, absl::Time now);
absl::Time NextDue(const VisitDay& visit);
absl::Status Apply(VisitDay& visit, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const VisitDay& visit);

}  // namespace kepu::event::domain
