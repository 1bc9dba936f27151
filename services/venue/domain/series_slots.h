// When a series is: the dates that its rule gives, and the time of each. Pure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"

namespace kepu::venue {

// Twice a week for two terms, and some: as much as one commit should write.
inline constexpr size_t kMaxSeriesDates = 200;

struct Slot {
  absl::CivilDay date;
  calendar::Interval use;
};

// When it is on that date; an end at or before the start is the next day's.
absl::StatusOr<Slot> SlotOn(const v1::Series& series, absl::CivilDay date);

// Those that its rule gives, from the first that begins after `now`.
absl::StatusOr<std::vector<Slot>> SlotsOf(const v1::Series& series, const calendar::OpeningRules& rules,
                                          const calendar::HolidayTable& holidays, absl::Time now);

// Its occurrences must leave each other the time around them, too.
absl::Status CheckApart(const std::vector<Slot>& slots, const calendar::Buffers& buffers);

// One that counts its dates, as one that ends on a date: a count would begin anew when it is cut.
absl::StatusOr<v1::Series> UntilADate(v1::Series series);

}  // namespace kepu::venue
