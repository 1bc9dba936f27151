// The people a session waits for: how many of which role are confirmed by when, and what happens when
// somebody is missing then. What the volunteer service has confirmed is an argument, with when it was known:
// a session is called off on knowledge only, never because nobody could be heard. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// A shift that serves a session, as the volunteer service has it.
struct ShiftSeen {
  std::string role_zh;
  std::string role_en;
  int64_t start_us = 0;
  int64_t end_us = 0;
  int32_t confirmed = 0;
};

// How long after the deadline the volunteer service may be silent before the session is held for its staff.
inline constexpr absl::Duration kStaffingPatience = absl::Minutes(15);

// People are missing and it opens with them only.
bool WaitsForStaff(const record::SessionHead& head);
// Nothing is decided yet, or it is held because nobody could be heard: what volunteers confirm counts.
bool IsUndecided(const record::SessionHead& head);
// "讲解员 1/2, 志愿者 0/1"
std::string MissingText(const v1::Staffing& staffing);

// People confirmed for each need, from shifts that meet the session's time; who is in two roles fills the
// first that lacks somebody.
std::vector<int32_t> Confirmed(const record::SessionHead& head, const std::vector<ShiftSeen>& shifts);

// Completes what staff ask for; INVALID_ARGUMENT by `field`.
absl::Status CheckStaffing(absl::string_view field, v1::Staffing* staffing, int64_t start_us, absl::Time now);
absl::StatusOr<Facts> DecideSetStaffing(const Session& session, const v1::Staffing& staffing,
                                        absl::string_view by, absl::Time now);
// STAFFING_NOT_WAITING unless it waits or is held.
absl::StatusOr<Facts> DecideGoAhead(const Session& session, absl::string_view reason, absl::string_view by,
                                    absl::Time now);

// The volunteer service had confirmed so many at `known`. Nothing where nothing follows.
absl::StatusOr<Facts> DecideStaffed(const Session& session, const std::vector<int32_t>& confirmed,
                                    absl::Time known, absl::Time now);
// Is there anything to tell DecideStaffed?
bool IsNewsOf(const record::SessionHead& head, const std::vector<int32_t>& confirmed, absl::Time known);

// When the session is held because nobody could be heard; InfiniteFuture: never.
absl::Time NextStaffing(const record::SessionHead& head);
Facts HoldUnheard(const record::SessionHead& head, absl::Time now);

}  // namespace kepu::event::domain
