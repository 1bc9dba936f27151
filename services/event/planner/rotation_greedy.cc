#include "services/event/planner/rotation_greedy.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

namespace kepu::event {
namespace {

using domain::Span;
using domain::VisitRow;
using domain::VisitTask;

constexpr int kNever = 24 * 60 + 1;

// The first start at or after `from` at which `free` covers so many minutes and none of `busy` is nearer than
// `gap`.
int FirstFit(const std::vector<Span>& free, const std::vector<Span>& busy, int from, int minutes, int gap) {
  for (const Span& span : free) {
    int start = std::max(from, span.start);
    for (bool moved = true; moved && start + minutes <= span.end;) {
      moved = false;
      for (const Span& taken : busy) {
        if (start >= taken.end + gap || taken.start >= start + minutes + gap) continue;
        start = taken.end + gap;
        moved = true;
      }
    }
    if (start + minutes <= span.end) return start;
  }
  return kNever;
}

class Greedy {
 public:
  Greedy(const VisitTask& task, uint32_t turn)
      : task_(task), turn_(turn), random_(turn), taken_(task.places.size()), led_(task.guides.size()) {}

  std::optional<domain::VisitPlan> Plan() {
    for (const domain::VisitClass& one : task_.classes) {
      Visitor& visitor = visitors_.emplace_back();
      visitor.ready = std::max(task_.day.start, one.away.start);
      visitor.left = one.courses;
      visitor.hungry = task_.lunch_minutes > 0;
    }
    if (!Arrive()) return std::nullopt;
    while (Next()) {
    }
    const bool stuck = std::any_of(visitors_.begin(), visitors_.end(),
                                   [](const Visitor& one) { return one.hungry || !one.left.empty(); });
    if (stuck || !Leave()) return std::nullopt;
    Sort(plan_);
    return plan_;
  }

 private:
  struct Visitor {
    int ready = 0;
    std::optional<size_t> place;  // where it was last
    std::vector<size_t> left;
    bool hungry = false;
    int round = 0;
  };
  struct Choice {
    VisitRow row;
    std::tuple<int, int, int, size_t> rank;
  };

  int Way(const std::optional<size_t>& from, size_t to) const { return from ? task_.walk[*from][to] : 0; }
  int LastEnd(size_t who) const { return std::min(task_.day.end, task_.classes[who].away.end); }

  void Put(const VisitRow& row) {
    plan_.rows.push_back(row);
    if (row.kind != VisitRow::kLunch) taken_[row.place].push_back(row.time);
    if (row.guide) led_[*row.guide].push_back(row.time);
  }

  bool Arrive() {
    if (task_.bays.empty()) return true;
    std::vector<size_t> buses = BusesOf(task_);
    if (turn_ > 0) std::shuffle(buses.begin(), buses.end(), random_);
    for (size_t bus : buses) {
      int from = task_.day.start;
      for (size_t i = 0; i < visitors_.size(); ++i) {
        if (task_.classes[i].bus == bus) from = std::max(from, visitors_[i].ready);
      }
      const VisitRow row = InBay(VisitRow::kArrival, bus, from);
      if (row.time.start == kNever) return false;
      Put(row);
      for (size_t i = 0; i < visitors_.size(); ++i) {
        if (task_.classes[i].bus != bus) continue;
        if (row.time.end > LastEnd(i)) return false;
        visitors_[i].ready = row.time.end;
        visitors_[i].place = row.place;
      }
    }
    return true;
  }

  // In the bay that is free first.
  VisitRow InBay(VisitRow::Kind kind, size_t bus, int from) const {
    VisitRow best{kind, bus, 0, 0, std::nullopt, {kNever, kNever}};
    for (size_t bay : task_.bays) {
      int start = from;
      for (size_t i = 0; i < visitors_.size() && kind == VisitRow::kDeparture; ++i) {
        if (task_.classes[i].bus == bus)
          start = std::max(start, visitors_[i].ready + Way(visitors_[i].place, bay));
      }
      start = FirstFit(task_.places[bay].free, taken_[bay], start, task_.bay_minutes, 0);
      if (start < best.time.start) {
        best.place = bay;
        best.time = {start, start + task_.bay_minutes};
      }
    }
    return best;
  }

  bool Leave() {
    if (task_.bays.empty()) return true;
    std::vector<std::pair<int, size_t>> buses;
    for (size_t bus : BusesOf(task_)) {
      int ready = 0;
      for (size_t i = 0; i < visitors_.size(); ++i) {
        if (task_.classes[i].bus == bus) ready = std::max(ready, visitors_[i].ready);
      }
      buses.emplace_back(ready, bus);
    }
    std::sort(buses.begin(), buses.end());
    for (const auto& [ready, bus] : buses) {
      const VisitRow row = InBay(VisitRow::kDeparture, bus, ready);
      for (size_t i = 0; i < visitors_.size(); ++i) {
        if (task_.classes[i].bus == bus && row.time.end > LastEnd(i)) return false;
      }
      Put(row);
    }
    return true;
  }

  // Places the row that can begin first; false when none can.
  bool Next() {
    std::optional<Choice> best;
    for (size_t who = 0; who < visitors_.size(); ++who) {
      if (visitors_[who].hungry) Consider(who, Lunch(who), 0, best);
      for (size_t course : visitors_[who].left)
        Consider(who, Course(who, course), Distance(who, course), best);
    }
    if (!best) return false;
    const VisitRow& row = best->row;
    Put(row);
    Visitor& visitor = visitors_[row.who];
    visitor.ready = row.time.end;
    visitor.place = row.place;
    if (row.kind == VisitRow::kLunch) {
      visitor.hungry = false;
    } else {
      ++visitor.round;
      visitor.left.erase(std::find(visitor.left.begin(), visitor.left.end(), row.course));
    }
    return true;
  }

  // How far the course is from the one that the rotation has next.
  int Distance(size_t who, size_t course) const {
    const std::vector<size_t>& all = task_.classes[who].courses;
    const auto at = static_cast<size_t>(std::find(all.begin(), all.end(), course) - all.begin());
    const size_t next = (who + static_cast<size_t>(visitors_[who].round)) % all.size();
    return static_cast<int>((at + all.size() - next) % all.size());
  }

  void Consider(size_t who, const VisitRow& row, int distance, std::optional<Choice>& best) {
    if (row.time.end > LastEnd(who)) return;
    const int noise = turn_ == 0 ? 0 : static_cast<int>(random_() % 8);
    const int left = static_cast<int>(visitors_[who].left.size());
    // Odd turns keep to the rotation, even ones let whoever has most before them go first.
    const Choice choice{row, turn_ % 2 == 1 ? std::tuple(row.time.start + noise, distance, -left, who)
                                            : std::tuple(row.time.start, distance + noise / 4, -left, who)};
    if (!best || choice.rank < best->rank) best = choice;
  }

  VisitRow Course(size_t who, size_t index) const {
    const domain::VisitCourse& course = task_.courses[index];
    VisitRow best{VisitRow::kCourse, who, index, 0, std::nullopt, {kNever, kNever}};
    for (size_t room : course.rooms) {
      if (!Suits(task_, task_.classes[who], course, room)) continue;
      const int from = visitors_[who].ready + Way(visitors_[who].place, room);
      if (!course.guided) Take(room, std::nullopt, RoomFit(room, from, course.minutes), course.minutes, best);
      for (size_t guide : course.guides) {
        if (course.guided && Suits(task_, guide, room))
          Take(room, guide, BothFit(room, guide, from, course.minutes), course.minutes, best);
      }
    }
    return best;
  }

  static void Take(size_t place, std::optional<size_t> guide, int start, int minutes, VisitRow& best) {
    if (start >= best.time.start) return;
    best.place = place;
    best.guide = guide;
    best.time = {start, start + minutes};
  }

  int RoomFit(size_t room, int from, int minutes) const {
    return FirstFit(task_.places[room].free, taken_[room], from, minutes, task_.changeover);
  }

  int BothFit(size_t room, size_t guide, int from, int minutes) const {
    for (int start = from;;) {
      const int there = RoomFit(room, start, minutes);
      if (there == kNever) return kNever;
      const int then = FirstFit(task_.guides[guide].free, led_[guide], there, minutes, task_.changeover);
      if (then == there || then == kNever) return then;
      start = then;
    }
  }

  VisitRow Lunch(size_t who) const {
    VisitRow best{VisitRow::kLunch, who, 0, 0, std::nullopt, {kNever, kNever}};
    for (size_t place : task_.lunch_places) {
      const int from = visitors_[who].ready + Way(visitors_[who].place, place);
      Take(place, std::nullopt, SeatsFit(who, place, from), task_.lunch_minutes, best);
    }
    return best;
  }

  int SeatsFit(size_t who, size_t place, int from) const {
    int start = FirstFit(task_.places[place].free, {}, from, task_.lunch_minutes, 0);
    while (start != kNever) {
      int earliest_end = kNever;
      int heads = task_.classes[who].heads();
      for (const VisitRow& row : plan_.rows) {
        const bool meets = row.kind == VisitRow::kLunch && row.place == place &&
                           row.time.start < start + task_.lunch_minutes && start < row.time.end;
        if (!meets) continue;
        heads += task_.classes[row.who].heads();
        earliest_end = std::min(earliest_end, row.time.end);
      }
      // All who eat at some time of it, though perhaps not at once: the search looks closer.
      if (task_.places[place].capacity == 0 || heads <= task_.places[place].capacity) return start;
      if (earliest_end == kNever) return kNever;
      start = FirstFit(task_.places[place].free, {}, earliest_end, task_.lunch_minutes, 0);
    }
    return kNever;
  }

  const VisitTask& task_;
  const uint32_t turn_;
  std::minstd_rand random_;
  std::vector<std::vector<Span>> taken_;  // by place
  std::vector<std::vector<Span>> led_;    // by guide
  std::vector<Visitor> visitors_;
  domain::VisitPlan plan_;
};

}  // namespace

std::optional<domain::VisitPlan> RotateGreedily(const domain::VisitTask& task, uint32_t turn) {
  return Greedy(task, turn).Plan();
}

int64_t LengthOf(const domain::VisitTask& task, const domain::VisitPlan& plan) {
  std::map<size_t, Span> stays;
  for (const VisitRow& row : plan.rows) {
    for (size_t i = 0; i < task.classes.size(); ++i) {
      const bool bus = row.kind == VisitRow::kArrival || row.kind == VisitRow::kDeparture;
      if (bus ? task.classes[i].bus != row.who : i != row.who) continue;
      auto [stay, first] = stays.try_emplace(i, row.time);
      stay->second = {std::min(stay->second.start, row.time.start), std::max(stay->second.end, row.time.end)};
    }
  }
  int64_t length = 0;
  for (const auto& [who, stay] : stays) length += stay.end - stay.start;
  return length;
}

}  // namespace kepu::event
