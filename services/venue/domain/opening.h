// Opening rules between the messages and the pure rules of libs/calendar, and the answer for a day. Pure;
// thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"

namespace kepu::venue {

// Checked; INVALID_ARGUMENT naming fields below `field`.
absl::StatusOr<calendar::OpeningRules> ReadRules(absl::string_view field, const v1::OpeningRules& message);

v1::OpeningDay WriteDay(const calendar::OpeningAnswer& answer);

// All that decides whether visitors find a venue open. Not owned.
struct OpeningView {
  const calendar::OpeningRules& rules;
  const calendar::HolidayTable& holidays;
  const std::vector<calendar::Interval>& closures;  // of the whole venue
  std::optional<absl::CivilDay> retired;            // the first day on which it is a venue no more
};
bool IsOpenAt(const OpeningView& venue, absl::Time at);

}  // namespace kepu::venue
