// What takes a thing over time: half-open intervals [start, end), each with an id, kept apart from each
// other. Answers whether a wish fits, what is in the way, and the nearest times that would do. A value; not
// thread-safe while changed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::calendar {

struct Interval {
  absl::Time start;
  absl::Time end;

  bool empty() const { return end <= start; }
  absl::Duration length() const { return end - start; }
  // Touching ends do not overlap.
  bool Overlaps(const Interval& other) const { return start < other.end && other.start < end; }
  bool Contains(const Interval& other) const { return start <= other.start && other.end <= end; }
  bool operator==(const Interval&) const = default;
};

// Time needed before a use (set-up) and after it (take-down).
struct Buffers {
  absl::Duration before = absl::ZeroDuration();
  absl::Duration after = absl::ZeroDuration();
  Interval Widen(const Interval& use) const { return {use.start - before, use.end + after}; }
  Interval Narrow(const Interval& taken) const { return {taken.start + before, taken.end - after}; }
  bool operator==(const Buffers&) const = default;
};

class IntervalSet {
 public:
  struct Entry {
    Interval interval;
    std::string id;
  };

  // False, and nothing changed, when something is in the way or the interval is empty.
  bool Insert(const Interval& interval, absl::string_view id);
  // False when there is none with this id that begins then.
  bool Erase(absl::Time start, absl::string_view id);

  bool Overlaps(const Interval& interval) const;
  // What lies in the way, by start.
  std::vector<Entry> Overlapping(const Interval& interval) const;
  // The free stretches inside `window`, by start.
  std::vector<Interval> Free(const Interval& window) const;

  // The earliest use of this length inside `window`, buffers around it included in what must be free; its
  // start is a whole number of `step` after the start of the window. nullopt: there is none.
  std::optional<Interval> FirstFit(const Interval& window, absl::Duration length, const Buffers& buffers,
                                   absl::Duration step) const;
  // The latest such use.
  std::optional<Interval> LastFit(const Interval& window, absl::Duration length, const Buffers& buffers,
                                  absl::Duration step) const;

  size_t size() const { return entries_.size(); }

 private:
  std::map<absl::Time, Entry> entries_;  // by start; they never overlap, so ends ascend too
};

// The most of them that run at once, and when that first is so: ends before starts at the same instant.
struct Peak {
  int count = 0;
  absl::Time at = absl::InfinitePast();
};
Peak MaxOverlap(const std::vector<Interval>& intervals);

// The parts of `whole` that no hole takes.
std::vector<Interval> Subtract(const Interval& whole, const std::vector<Interval>& holes);

}  // namespace kepu::calendar
