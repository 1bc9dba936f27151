#include "services/volunteer/planner/match_planner.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/volunteer/domain/availability.h"
#include "services/volunteer/planner/slice_flow.h"

namespace kepu::volunteer {
namespace {

using domain::MatchPlan;
using domain::MatchTask;
using domain::Obstacle;
using domain::Rules;
using domain::Stretch;

// People moved in a row to fill one place, and tries in all: a second or so when nothing can be moved.
constexpr int kMovesMax = 4;
constexpr int64_t kTriesMax = 4'000'000;

// Minutes; the way is cheap against wishes within town, and what decides across the city.
constexpr int64_t kUnknownWay = 60, kWayMax = 300;
constexpr int64_t kWish = 40;
constexpr int64_t kServedHoursMax = 200;
constexpr int64_t kOften = 60, kOftenMax = 10;
constexpr int64_t kHourUs = 3'600'000'000;

// Shifts of a slice that ask the same at the same time are the same question.
struct Question {
  int64_t start_us;
  int64_t end_us;
  const domain::SharedNeeds* needs;
  // Who may not, by reason.
  std::map<std::string, int32_t> refused = {};
  bool Same(const Question& other) const {
    return start_us == other.start_us && end_us == other.end_us && needs == other.needs;
  }
};

// What a person's other duties make of a shift.
enum Busy { kFree, kOverlaps, kHours, kEnough, kElsewhere, kKinds };
constexpr const char* kBusyReasons[kKinds] = {domain::kTakenElsewhere, "OVERLAPS", "TOO_MANY_HOURS",
                                              domain::kEnoughShifts, domain::kTakenElsewhere};

class Planner {
 public:
  Planner(const MatchTask& task, const Rules& rules)
      : task_(task), rules_(rules), busy_(task.volunteers.size()), in_(task.volunteers.size()) {
    suiting_.reserve(task.volunteers.size());
    for (size_t i = 0; i < task.volunteers.size(); ++i) {
      const MatchTask::Volunteer& one = task.volunteers[i];
      suiting_.emplace_back(one.head, one.age, rules);
      busy_[i] = one.taken;
    }
    plan_.people.resize(task.shifts.size());
    plan_.why_unfilled.resize(task.shifts.size());
    left_.reserve(task.shifts.size());
    for (const MatchTask::Shift& shift : task.shifts) left_.push_back(std::max(0, shift.free));
  }

  MatchPlan Plan() {
    for (size_t first = 0; first < task_.shifts.size();) {
      const size_t end = EndOfSlice(first);
      Solve(first, end);
      first = end;
    }
    candidates_ready_.resize(task_.shifts.size());
    candidates_.resize(task_.shifts.size());
    for (uint32_t shift = 0; shift < task_.shifts.size(); ++shift) {
      std::vector<bool> seen(task_.shifts.size());
      while (left_[shift] > 0 && tries_ < kTriesMax && Fill(shift, kMovesMax, seen))
        seen.assign(seen.size(), false);
    }
    Finish();
    return std::move(plan_);
  }

 private:
  // All of a slice begin before any of it ends.
  size_t EndOfSlice(size_t first) const {
    int64_t ends_us = task_.shifts[first].at.end_us;
    size_t end = first + 1;
    for (; end < task_.shifts.size() && task_.shifts[end].at.start_us < ends_us; ++end)
      ends_us = std::min(ends_us, task_.shifts[end].at.end_us);
    return end;
  }

  void Solve(size_t first, size_t end) {
    Slice slice;
    std::vector<Question> questions;
    std::vector<size_t> question_of;
    for (size_t i = first; i < end; ++i) {
      const MatchTask::Shift& shift = task_.shifts[i];
      const int64_t hours_ahead = std::max<int64_t>(0, (shift.at.start_us - task_.now_us) / kHourUs);
      slice.shifts.push_back({left_[i], std::max<int64_t>(0, kLeaveCostMax - hours_ahead)});
      const Question question{shift.at.start_us, shift.at.end_us, shift.needs};
      auto it = std::find_if(questions.begin(), questions.end(),
                             [&](const Question& other) { return other.Same(question); });
      question_of.push_back(static_cast<size_t>(it - questions.begin()));
      if (it == questions.end()) questions.push_back(question);
    }
    std::vector<std::array<int32_t, kKinds>> busy(end - first, std::array<int32_t, kKinds>{});
    std::vector<bool> may(questions.size());
    for (uint32_t person = 0; person < task_.volunteers.size(); ++person) {
      for (size_t i = 0; i < questions.size(); ++i) {
        const char* refused = WhyNot(person, questions[i]);
        may[i] = *refused == 0;
        if (!may[i]) ++questions[i].refused[refused];
      }
      for (size_t i = 0; i < busy.size(); ++i) {
        if (!may[question_of[i]] || slice.shifts[i].places == 0) continue;
        const auto shift = static_cast<uint32_t>(first + i);
        const Busy kind = HowBusy(person, shift);
        ++busy[i][kind];
        if (kind == kFree) slice.offers.push_back({person, static_cast<uint32_t>(i), Cost(person, shift)});
      }
    }
    const auto people = SolveSlice(slice);
    for (size_t i = 0; i < busy.size(); ++i) {
      for (const uint32_t person : people[i]) Put(person, static_cast<uint32_t>(first + i));
      std::map<std::string, int32_t>& why = plan_.why_unfilled[first + i];
      why = questions[question_of[i]].refused;
      for (size_t kind = 0; kind < kKinds; ++kind)
        if (busy[i][kind] > 0) why[kBusyReasons[kind]] += busy[i][kind];
    }
  }

  // Empty when they are fit and there. What they lack is told before when they are there: it can be changed.
  const char* WhyNot(uint32_t person, const Question& question) {
    const std::string& lacking = suiting_[person].WhyNot(*question.needs, question.start_us, question.end_us);
    if (!lacking.empty()) return lacking.c_str();
    Stretch at;
    at.start_us = question.start_us;
    at.end_us = question.end_us;
    at.day = domain::DayNumber(question.start_us);
    const bool there = domain::IsAvailable(task_.volunteers[person].head.availability(), at);
    return there ? "" : domain::kNotAvailable;
  }

  // What stood in the way before anything was proposed is told apart from what the proposal made of their
  // time.
  Busy HowBusy(uint32_t person, uint32_t shift) const {
    const Stretch& at = task_.shifts[shift].at;
    const std::vector<Stretch>& taken = task_.volunteers[person].taken;
    Obstacle obstacle = domain::FindObstacle(taken, at, rules_);
    if (obstacle.kind == Obstacle::kOverlaps) return kOverlaps;
    if (obstacle.kind != Obstacle::kNone) return kHours;
    if (HasEnough(person, taken, at)) return kEnough;
    if (busy_[person].size() == taken.size()) return kFree;
    obstacle = domain::FindObstacle(busy_[person], at, rules_);
    return obstacle.kind == Obstacle::kNone && !HasEnough(person, busy_[person], at) ? kFree : kElsewhere;
  }

  bool HasEnough(uint32_t person, const std::vector<Stretch>& busy, const Stretch& at) const {
    const int32_t most = task_.volunteers[person].head.availability().shifts_a_week_max();
    if (most == 0) return false;
    const int32_t monday = domain::MondayOf(at.day);
    return std::count_if(busy.begin(), busy.end(),
                         [&](const Stretch& other) { return domain::MondayOf(other.day) == monday; }) >= most;
  }

  int64_t Cost(uint32_t person, uint32_t number) {
    const MatchTask::Volunteer& one = task_.volunteers[person];
    const MatchTask::Shift& shift = task_.shifts[number];
    const auto& wishes = one.head.availability();
    const auto wished = [](const auto& list, const std::string& name) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    int64_t cost = WayMinutes(one, shift) + 2 * kWish;
    if (wished(wishes.roles(), shift.role)) cost -= kWish;
    if (wished(wishes.districts(), shift.district)) cost -= kWish;
    cost += std::min(kServedHoursMax, one.head.total_minutes() / 60);
    const int64_t often = std::min<int64_t>(kOftenMax, static_cast<int64_t>(in_[person].size()));
    return cost + kOften * often * often;
  }

  // From what they do last before it that day, or from home.
  int64_t WayMinutes(const MatchTask::Volunteer& one, const MatchTask::Shift& shift) {
    const Stretch* from = &one.home;
    for (const Stretch& other : one.taken) {
      const bool before = other.day == shift.at.day && other.start_us < shift.at.start_us;
      if (before && (from == &one.home || from->start_us < other.start_us)) from = &other;
    }
    if (from->place.empty() || from->where == nullptr || shift.at.where == nullptr) return kUnknownWay;
    auto [it, added] = ways_.try_emplace({from->where, shift.at.where}, 0);
    if (added)
      it->second = std::min(kWayMax, absl::ToInt64Minutes(domain::WayBetween(*from, shift.at, rules_)));
    return it->second;
  }

  void Put(uint32_t person, uint32_t shift) {
    busy_[person].push_back(task_.shifts[shift].at);
    in_[person].push_back(shift);
    plan_.people[shift].push_back(person);
    --left_[shift];
  }

  void Take(uint32_t person, uint32_t shift) {
    std::vector<uint32_t>& in = in_[person];
    const auto at = static_cast<size_t>(std::find(in.begin(), in.end(), shift) - in.begin());
    in.erase(in.begin() + static_cast<std::ptrdiff_t>(at));
    const size_t own = task_.volunteers[person].taken.size();
    busy_[person].erase(busy_[person].begin() + static_cast<std::ptrdiff_t>(own + at));
    std::vector<uint32_t>& people = plan_.people[shift];
    people.erase(std::find(people.begin(), people.end(), person));
    ++left_[shift];
  }

  // Those who could serve in it if nothing else were proposed to them.
  const std::vector<uint32_t>& Candidates(uint32_t shift) {
    if (candidates_ready_[shift]) return candidates_[shift];
    candidates_ready_[shift] = true;
    const MatchTask::Shift& wanted = task_.shifts[shift];
    const Question question{wanted.at.start_us, wanted.at.end_us, wanted.needs};
    for (uint32_t person = 0; person < task_.volunteers.size(); ++person) {
      ++tries_;
      if (*WhyNot(person, question) != 0) continue;
      const std::vector<Stretch>& taken = task_.volunteers[person].taken;
      if (domain::FindObstacle(taken, wanted.at, rules_).kind != Obstacle::kNone) continue;
      if (!HasEnough(person, taken, wanted.at)) candidates_[shift].push_back(person);
    }
    return candidates_[shift];
  }

  // Fills one place: by somebody who is free, or by somebody whose place another can fill.
  bool Fill(uint32_t shift, int moves, std::vector<bool>& seen) {
    seen[shift] = true;
    const std::vector<uint32_t>& candidates = Candidates(shift);
    for (const uint32_t person : candidates) {
      ++tries_;
      if (IsIn(person, shift) || HowBusy(person, shift) != kFree) continue;
      Put(person, shift);
      return true;
    }
    if (moves == 0) return false;
    for (const uint32_t person : candidates) {
      if (IsIn(person, shift)) continue;
      const std::vector<uint32_t> others = in_[person];
      for (const uint32_t other : others) {
        if (seen[other] || ++tries_ >= kTriesMax) continue;
        Take(person, other);
        if (HowBusy(person, shift) == kFree) {
          Put(person, shift);
          if (Fill(other, moves - 1, seen)) return true;
          Take(person, shift);
        }
        Put(person, other);
      }
    }
    return false;
  }

  bool IsIn(uint32_t person, uint32_t shift) const {
    return std::find(in_[person].begin(), in_[person].end(), shift) != in_[person].end();
  }

  void Finish() {
    for (size_t i = 0; i < plan_.people.size(); ++i) {
      std::sort(plan_.people[i].begin(), plan_.people[i].end());
      std::map<std::string, int32_t>& why = plan_.why_unfilled[i];
      if (left_[i] == 0) why.clear();
      auto elsewhere = why.find(domain::kTakenElsewhere);
      if (elsewhere == why.end()) continue;
      // Whoever could: those who are in it now are not elsewhere.
      elsewhere->second -= static_cast<int32_t>(plan_.people[i].size());
      if (elsewhere->second <= 0) why.erase(elsewhere);
    }
  }

  const MatchTask& task_;
  const Rules& rules_;
  std::vector<domain::Suiting> suiting_;
  // By person: what was taken before and then, in the order of in_, what is proposed.
  std::vector<std::vector<Stretch>> busy_;
  std::vector<std::vector<uint32_t>> in_;
  // Empty places by shift.
  std::vector<int32_t> left_;
  std::vector<bool> candidates_ready_;
  std::vector<std::vector<uint32_t>> candidates_;
  absl::flat_hash_map<std::pair<const v1::Whereabouts*, const v1::Whereabouts*>, int64_t> ways_;
  int64_t tries_ = 0;
  MatchPlan plan_;
};

}  // namespace

MatchPlan PlanMatch(const MatchTask& task, const Rules& rules) { return Planner(task, rules).Plan(); }

}  // namespace kepu::volunteer
