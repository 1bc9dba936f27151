#include "libs/calendar/interval_set.h"

#include <algorithm>

namespace kepu::calendar {
namespace {

// `time` moved to the grid of `step` from `origin`, upwards or downwards.
absl::Time OnGrid(absl::Time time, absl::Time origin, absl::Duration step, bool upwards) {
  if (step <= absl::ZeroDuration()) return time;
  const absl::Duration offset = time - origin;
  const absl::Duration moved = upwards ? absl::Ceil(offset, step) : absl::Floor(offset, step);
  return origin + moved;
}

}  // namespace

bool IntervalSet::Insert(const Interval& interval, absl::string_view id) {
  if (interval.empty() || Overlaps(interval)) return false;
  entries_[interval.start] = {interval, std::string(id)};
  return true;
}

bool IntervalSet::Erase(absl::Time start, absl::string_view id) {
  auto it = entries_.find(start);
  if (it == entries_.end() || it->second.id != id) return false;
  entries_.erase(it);
  return true;
}

bool IntervalSet::Overlaps(const Interval& interval) const {
  if (interval.empty()) return false;
  // Entries are apart, so only the last one that begins before the end can reach into the interval.
  auto it = entries_.lower_bound(interval.end);
  return it != entries_.begin() && std::prev(it)->second.interval.end > interval.start;
}

std::vector<IntervalSet::Entry> IntervalSet::Overlapping(const Interval& interval) const {
  std::vector<Entry> found;
  for (auto it = entries_.lower_bound(interval.end); it != entries_.begin();) {
    --it;
    if (!it->second.interval.Overlaps(interval)) break;
    found.push_back(it->second);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::vector<Interval> IntervalSet::Free(const Interval& window) const {
  std::vector<Interval> taken;
  for (const Entry& entry : Overlapping(window)) taken.push_back(entry.interval);
  return Subtract(window, taken);
}

std::optional<Interval> IntervalSet::FirstFit(const Interval& window, absl::Duration length,
                                              const Buffers& buffers, absl::Duration step) const {
  for (const Interval& free : Free(buffers.Widen(window))) {
    const absl::Time start =
        OnGrid(std::max(free.start + buffers.before, window.start), window.start, step, true);
    const Interval use{start, start + length};
    if (free.Contains(buffers.Widen(use)) && window.Contains(use)) return use;
  }
  return std::nullopt;
}

std::optional<Interval> IntervalSet::LastFit(const Interval& window, absl::Duration length,
                                             const Buffers& buffers, absl::Duration step) const {
  std::vector<Interval> free_ones = Free(buffers.Widen(window));
  for (auto free = free_ones.rbegin(); free != free_ones.rend(); ++free) {
    const absl::Time end = std::min(free->end - buffers.after, window.end);
    const absl::Time start = OnGrid(end - length, window.start, step, false);
    const Interval use{start, start + length};
    if (free->Contains(buffers.Widen(use)) && window.Contains(use)) return use;
  }
  return std::nullopt;
}

Peak MaxOverlap(const std::vector<Interval>& intervals) {
  std::vector<std::pair<absl::Time, int>> steps;
  for (const Interval& interval : intervals) {
    if (interval.empty()) continue;
    steps.emplace_back(interval.start, 1);
    steps.emplace_back(interval.end, -1);
  }
  std::sort(steps.begin(), steps.end());  // at one instant -1 stands before 1
  Peak peak;
  int running = 0;
  for (const auto& [at, change] : steps) {
    running += change;
    if (running > peak.count) peak = {running, at};
  }
  return peak;
}

std::vector<Interval> Subtract(const Interval& whole, const std::vector<Interval>& holes) {
  std::vector<Interval> sorted = holes;
  std::sort(sorted.begin(), sorted.end(),
            [](const Interval& a, const Interval& b) { return a.start < b.start; });
  std::vector<Interval> left;
  absl::Time from = whole.start;
  for (const Interval& hole : sorted) {
    if (hole.empty() || !hole.Overlaps(whole)) continue;
    if (hole.start > from) left.push_back({from, hole.start});
    from = std::max(from, hole.end);
  }
  if (from < whole.end) left.push_back({from, whole.end});
  return left;
}

}  // namespace kepu::calendar
