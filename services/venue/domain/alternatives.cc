#include "services/venue/domain/alternatives.h"

#include <algorithm>

#include "libs/calendar/dates.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/spaces.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using calendar::IntervalSet;

// Several spaces are free when none of them is taken: what takes any of them, melted together.
IntervalSet Melt(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.start < b.start; });
  IntervalSet set;
  std::optional<Interval> open;
  for (const Interval& next : intervals) {
    if (open && next.start <= open->end) {
      open->end = std::max(open->end, next.end);
      continue;
    }
    if (open) set.Insert(*open, "");
    open = next;
  }
  if (open) set.Insert(*open, "");
  return set;
}

// When the use itself may be, by start.
std::vector<Interval> Windows(const Wish& wish, const calendar::OpeningRules& rules,
                              const calendar::HolidayTable& holidays, const Interval& range) {
  if (wish.whole_days || !wish.inside_opening) return {range};
  std::vector<Interval> windows;
  const absl::CivilDay last = calendar::DayOf(range.end - absl::Nanoseconds(1));
  for (absl::CivilDay day = calendar::DayOf(range.start); day <= last; ++day)
    for (const calendar::Period& period : calendar::OpenOn(rules, holidays, day).periods)
      windows.push_back({calendar::At(day, period.open), calendar::At(day, period.close)});
  return windows;
}

}  // namespace

absl::StatusOr<Alternatives> NearestFree(const VenueState& state, const Wish& wish,
                                         const calendar::OpeningRules& rules,
                                         const calendar::HolidayTable& holidays, absl::Time now) {
  const absl::Duration step = wish.whole_days ? absl::Hours(24) : kHourStep;
  const int reach = wish.whole_days ? kDayAlternativesDays : kHourAlternativesDays;
  const Interval range{calendar::At(calendar::DayOf(wish.use.start) - reach),
                       calendar::At(calendar::DayOf(wish.use.end - absl::Nanoseconds(1)) + 1 + reach)};
  const std::vector<std::string> related = WithParts(state.head(), wish.spaces);
  auto taken = TakenIn(state, related, wish.buffers.Widen(range));
  if (!taken.ok()) return taken.status();
  std::vector<Interval> blocked;
  for (const Taken& item : *taken)
    if (!wish.gone.contains(item.id)) blocked.push_back(item.interval);
  if (!wish.despite_closures) {
    auto closures = ClosuresIn(state, related, range);
    if (!closures.ok()) return closures.status();
    for (const auto& closure : *closures) blocked.push_back(closure.interval);
  }
  const IntervalSet set = Melt(std::move(blocked));

  // The set-up may not begin before now; a venue that retires takes nothing that ends later.
  absl::Time earliest = now + wish.buffers.before;
  if (wish.whole_days) earliest = calendar::At(calendar::DayOf(earliest) + 1);
  const absl::Time latest =
      state.head().retire_us() > 0 ? absl::FromUnixMicros(state.head().retire_us()) : absl::InfiniteFuture();
  Alternatives found;
  std::vector<Interval> windows = Windows(wish, rules, holidays, range);
  for (const Interval& window : windows) {
    // The wish's own start plus a step, so that its minutes are kept where they were sensible.
    const Interval later{std::max({window.start, wish.use.start + step, earliest}),
                         std::min(window.end, latest)};
    found.after = set.FirstFit(later, wish.use.length(), wish.buffers, step);
    if (found.after) break;
  }
  for (auto window = windows.rbegin(); window != windows.rend(); ++window) {
    const Interval sooner{std::max(window->start, earliest),
                          std::min({window->end, wish.use.end - step, latest})};
    found.before = set.LastFit(sooner, wish.use.length(), wish.buffers, step);
    if (found.before) break;
  }
  return found;
}

}  // namespace kepu::venue
