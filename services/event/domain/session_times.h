// When a session really ran, as staff of its place report it: what the hours of those who served in it follow
// (norms 7, counted hours). Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// A session never runs further from its plan: the volunteer service reckons with it too.
inline constexpr absl::Duration kRanOff = absl::Hours(12);
// Reported and corrected so long after the planned end.
inline constexpr absl::Duration kReportWithin = absl::Hours(14 * 24);

// No facts when that is known. SESSION_CANCELLED, SESSION_NOT_PUBLISHED, TIMES_TOO_LATE, TOO_MANY_CHANGES;
// INVALID_ARGUMENT for times that are not over, too long or too far from the plan, and for a correction
// without a reason.
absl::StatusOr<Facts> DecideReportTimes(const Session& session, absl::Time start, absl::Time end,
                                        absl::string_view reason, absl::string_view by, absl::Time now);

}  // namespace kepu::event::domain
