// Scheduling an exhibition: all its spaces for all its days, in one decision or not at all; and cancelling
// it. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A little over a year; what stands for longer is the permanent exhibition, which takes no space from others.
inline constexpr int kMaxExhibitionDays = 400;

absl::StatusOr<Facts> DecideSchedule(const VenueState& state, absl::string_view venue, absl::string_view id,
                                     v1::Exhibition exhibition, const calendar::HolidayTable& holidays,
                                     absl::Time now);
absl::StatusOr<Facts> DecideCancel(const VenueState& state, absl::string_view venue, absl::string_view id,
                                   absl::string_view reason, absl::Time now);

}  // namespace kepu::venue
