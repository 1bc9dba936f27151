// Times in which a venue or some of its spaces cannot be used: making, changing and ending them, and how they
// cut into the opening hours. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"
#include "services/venue/domain/edit.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A rebuilding of two years is one closure.
inline constexpr absl::Duration kMaxClosure = absl::Hours(24 * 731);
// They are looked at one by one in every decision.
inline constexpr int kMaxActiveClosures = 64;

struct ActiveClosure {
  std::string id;
  calendar::Interval interval;
  bool whole_venue = false;
};

// Closures in the way of any of the spaces; with no spaces, those of the whole venue. By start.
absl::StatusOr<std::vector<ActiveClosure>> ClosuresIn(const VenueState& state,
                                                      const std::vector<std::string>& spaces,
                                                      const calendar::Interval& range);
absl::StatusOr<std::optional<ActiveClosure>> FirstClosureIn(const VenueState& state,
                                                            const std::vector<std::string>& spaces,
                                                            const calendar::Interval& range);

// The answer for the first day of `use` that the closure takes: rule CLOSURE.
v1::OpeningDay ClosureDay(absl::string_view venue, const ActiveClosure& closure,
                          const calendar::Interval& use);

// The day as visitors meet it: the rules' hours less closures of the whole venue; RETIRED from the day of
// retiring.
absl::StatusOr<v1::OpeningDay> OpeningOn(const VenueState& state, absl::string_view venue,
                                         const calendar::OpeningRules& rules,
                                         const calendar::HolidayTable& holidays, absl::CivilDay day);

// Open days on or after `from` that no closure takes whole.
absl::StatusOr<std::vector<calendar::OpeningAnswer>> NextOpenDays(const VenueState& state,
                                                                  const std::vector<std::string>& spaces,
                                                                  const calendar::OpeningRules& rules,
                                                                  const calendar::HolidayTable& holidays,
                                                                  absl::CivilDay from, size_t count);

absl::StatusOr<Facts> DecideCreateClosure(const VenueState& state, absl::string_view venue,
                                          absl::string_view id, v1::Closure closure, absl::Time now);
// One that has begun keeps its start.
absl::StatusOr<Facts> DecideUpdateClosure(const VenueState& state, absl::string_view venue,
                                          absl::string_view id, const std::string& etag,
                                          const Edit<v1::Closure>& edit, absl::Time now);
// `end`: nullopt is now.
absl::StatusOr<Facts> DecideEndClosure(const VenueState& state, absl::string_view venue, absl::string_view id,
                                       std::optional<absl::Time> end, absl::Time now);

}  // namespace kepu::venue
