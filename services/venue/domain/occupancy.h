// What takes the spaces of a venue, and whether a wish fits: free of others, inside opening hours, no closure
// in the way, and the nearest times that would do. One assessment answers queries, refuses decisions and
// grants claims, so they never disagree. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A space is used in quarter hours at the finest for three weeks at most; the bound keeps a month's record
// near 60 KB.
inline constexpr int kMaxTakenPerMonth = 1000;
// Sessions and repairs by the hour; what lasts longer is an exhibition or a closure.
inline constexpr absl::Duration kMaxUse = absl::Hours(24 * 31);
// Nobody schedules further ahead, and a mistyped year is caught.
inline constexpr int kMaxAheadDays = 366;
inline constexpr absl::Duration kMaxAhead = absl::Hours(24 * kMaxAheadDays);
// How far before and after a wish by the hour, or by the day, an alternative is looked for.
inline constexpr int kHourAlternativesDays = 7;
inline constexpr int kDayAlternativesDays = 120;
// People think of starts in quarter hours.
inline constexpr absl::Duration kHourStep = absl::Minutes(15);
// Open days named with a refusal.
inline constexpr size_t kNextOpenDaysNamed = 3;
// Things in the way that are named.
inline constexpr size_t kMaxClashes = 20;
// Other spaces of the venue that are proposed, of so many that are looked at.
inline constexpr size_t kMaxOthers = 3;
inline constexpr size_t kMaxOthersLookedAt = 12;

struct Wish {
  std::string venue;
  std::vector<std::string> spaces;
  calendar::Interval use;
  calendar::Buffers buffers;
  bool whole_days = false;      // alternatives by the day
  bool inside_opening = false;  // refused where the venue is shut
  bool despite_closures = false;
  bool despite_turnover = false;  // only the uses themselves may not meet
  bool any_heads = false;         // more people than the space holds
  v1::SpaceNeeds needs = {};
  std::set<std::string> gone = {};  // ids of allocations that the same decision releases

  calendar::Interval taken() const { return buffers.Widen(use); }
};

struct Alternatives {
  std::optional<calendar::Interval> before;
  std::optional<calendar::Interval> after;
};

struct Assessment {
  absl::Status refusal;  // OK: it fits
  std::vector<v1::Allocation> clashes;
  Alternatives alternatives;
  std::vector<std::string> others;     // spaces of the venue that would do at the same time
  std::optional<v1::OpeningDay> shut;  // the day and the rule that say no
  std::vector<calendar::OpeningAnswer> next_open;
};

// NOT_FOUND for a venue or space that does not exist; NotLoaded passes through.
absl::StatusOr<Assessment> Assess(const VenueState& state, const Wish& wish,
                                  const calendar::HolidayTable& holidays, absl::Time now);

// Assess, for decisions: the refusal, or OK.
absl::Status CheckFits(const VenueState& state, const Wish& wish, const calendar::HolidayTable& holidays,
                       absl::Time now);

struct Taken {
  calendar::Interval interval;
  std::string space;
  std::string id;
};
// What takes the spaces themselves at some time in `range`, by start, each once.
absl::StatusOr<std::vector<Taken>> TakenIn(const VenueState& state, const std::vector<std::string>& spaces,
                                           const calendar::Interval& range);

// Session buffers of a space.
calendar::Buffers BuffersOf(const v1::Space& space);

// Makes sure that all that a fact about this interval changes is loaded, and that there is room in the
// records.
absl::Status LoadMonths(const VenueState& state, const std::vector<std::string>& spaces,
                        const calendar::Interval& interval);

// Whether the wish fits, and no more: no reasons, no alternatives.
absl::StatusOr<bool> FreeFor(const VenueState& state, const Wish& wish, const calendar::OpeningRules& rules,
                             const calendar::HolidayTable& holidays);

// Spaces of the venue like the one of the wish that are free then and suit; at most kMaxOthers.
absl::StatusOr<std::vector<std::string>> OthersFree(const VenueState& state, const Wish& wish,
                                                    const calendar::OpeningRules& rules,
                                                    const calendar::HolidayTable& holidays);

// A record that takes what the wish takes, not yet of any series.
v1::Allocation MakeAllocation(const Wish& wish, absl::string_view space, absl::string_view id,
                              v1::Allocation allocation, absl::Time now);

struct AllocateCommand {
  std::string venue, space, id;
  v1::Allocation allocation;
  std::string user;  // who sets rules aside
};
absl::StatusOr<Facts> DecideAllocate(const VenueState& state, const AllocateCommand& command,
                                     const calendar::HolidayTable& holidays, absl::Time now);

absl::StatusOr<Facts> DecideRelease(const VenueState& state, absl::string_view venue, absl::string_view space,
                                    absl::string_view id, absl::Time now);

}  // namespace kepu::venue
