// What takes place at places over time: found by id, and by place and time; what ended long ago is let go of.
// An Entry says its `place`, `start_us` and `end_us`, which never change. Lives on one executor; not
// thread-safe.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/calendar/interval_set.h"

namespace kepu::venue {

// A closure that still goes on tells what it hit in its last month; what is older is nobody's to move any
// more, and a year of it would be most of the memory.
inline constexpr absl::Duration kEndedIsKept = absl::Hours(24 * 31);

template <class Entry>
class Timetable {
 public:
  // Puts or replaces it, unless it ended too long ago.
  void Put(const std::string& id, Entry entry, absl::Time now) {
    Erase(id);
    if (entry.end_us < absl::ToUnixMicros(now - kEndedIsKept)) return;
    longest_us_ = std::max(longest_us_, entry.end_us - entry.start_us);
    auto row = std::make_unique<Row>(Row{id, std::move(entry)});
    by_place_[row->entry.place].insert(row.get());
    by_end_.insert({row->entry.end_us, row.get()});
    rows_[id] = std::move(row);
  }

  // False when there was none.
  bool Erase(absl::string_view id) {
    auto it = rows_.find(id);
    if (it == rows_.end()) return false;
    const Row* row = it->second.get();
    auto place = by_place_.find(row->entry.place);
    place->second.erase(row);
    if (place->second.empty()) by_place_.erase(place);
    by_end_.erase({row->entry.end_us, row});
    rows_.erase(it);
    return true;
  }

  // Null when there is none.
  const Entry* Find(absl::string_view id) const {
    auto it = rows_.find(id);
    return it == rows_.end() ? nullptr : &it->second->entry;
  }
  // What does not place it may be changed.
  Entry* Mutable(absl::string_view id) {
    auto it = rows_.find(id);
    return it == rows_.end() ? nullptr : &it->second->entry;
  }

  // `visit(id, entry)` for what takes place then, by start.
  template <class Visit>
  void ForEachIn(absl::string_view place, const calendar::Interval& time, Visit visit) const {
    auto it = by_place_.find(place);
    if (it == by_place_.end()) return;
    const int64_t start_us = absl::ToUnixMicros(time.start), end_us = absl::ToUnixMicros(time.end);
    for (auto row = it->second.lower_bound(start_us - longest_us_); row != it->second.end(); ++row) {
      if ((*row)->entry.start_us >= end_us) return;
      if ((*row)->entry.end_us > start_us) visit((*row)->id, (*row)->entry);
    }
  }

  // What ended too long ago, for its owner to erase.
  std::vector<std::string> Ended(absl::Time now) const {
    std::vector<std::string> ids;
    const int64_t before_us = absl::ToUnixMicros(now - kEndedIsKept);
    for (auto it = by_end_.begin(); it != by_end_.end() && it->first < before_us; ++it)
      ids.push_back(it->second->id);
    return ids;
  }

  size_t size() const { return rows_.size(); }

 private:
  struct Row {
    std::string id;
    Entry entry;
  };
  struct ByStart {
    using is_transparent = void;
    bool operator()(const Row* a, const Row* b) const {
      return std::tie(a->entry.start_us, a->id) < std::tie(b->entry.start_us, b->id);
    }
    bool operator()(const Row* a, int64_t start_us) const { return a->entry.start_us < start_us; }
    bool operator()(int64_t start_us, const Row* a) const { return start_us < a->entry.start_us; }
  };

  absl::flat_hash_map<std::string, std::unique_ptr<Row>> rows_;
  absl::flat_hash_map<std::string, std::set<const Row*, ByStart>> by_place_;
  std::set<std::pair<int64_t, const Row*>> by_end_;
  // How far before a time something may begin that reaches into it.
  int64_t longest_us_ = 0;
};

}  // namespace kepu::venue
