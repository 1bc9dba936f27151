// Opening rules between the messages and the pure rules of libs/calendar, and the answer for a day. Pure;
// thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/calendar/opening.h"

namespace kepu::venue {

// Checked; INVALID_ARGUMENT naming fields below `field`.
absl::StatusOr<calendar::OpeningRules> ReadRules(absl::string_view field, const v1::OpeningRules& message);

v1::OpeningDay WriteDay(const calendar::OpeningAnswer& answer);

}  // namespace kepu::venue
