#include "services/event/domain/round_match.h"

#include <algorithm>
#include <tuple>

#include "services/event/domain/lottery.h"
#include "services/event/domain/school.h"

namespace kepu::event::domain {
namespace {

class Matching {
 public:
  explicit Matching(const MatchTask& task) : task_(task), last_admitted_(task.sessions.size(), 0) {
    result_.order = OrderOf(task);
    for (const MatchSession& session : task.sessions) result_.left.push_back(session.free);
    for (const MatchClass& one : task.classes) {
      result_.results.emplace_back(one.wishes.size());
      states_.emplace_back(one.wishes.size(), false);
      granted_.emplace_back();
    }
  }

  MatchResult Run() {
    RefuseUnfit();
    for (size_t i = 0; i < result_.order.size(); ++i)
      TakeTurn(result_.order[i].school_class, static_cast<int>(i) + 1);
    // What is still open was never reached: the class had what it may have before.
    for (size_t c = 0; c < task_.classes.size(); ++c) {
      WishResult limit;
      limit.outcome = WishOutcome::kClassLimit;
      limit.most = task_.rules.visits_per_class;
      CloseRest(c, limit);
    }
    return std::move(result_);
  }

 private:
  void Decide(size_t c, size_t w, const WishResult& decided) {
    result_.results[c][w] = decided;
    states_[c][w] = true;
  }

  void CloseRest(size_t c, const WishResult& why) {
    for (size_t w = 0; w < states_[c].size(); ++w) {
      if (!states_[c][w]) Decide(c, w, why);
    }
  }

  void RefuseUnfit() {
    for (size_t c = 0; c < task_.classes.size(); ++c) {
      for (size_t w = 0; w < task_.classes[c].wishes.size(); ++w) {
        WishResult unfit;
        unfit.outcome = WishOutcome::kUnfit;
        if (!task_.classes[c].wishes[w].unfit.empty()) Decide(c, w, unfit);
      }
    }
  }

  // A limit that the class has met whatever it wishes.
  bool MetLimit(const MatchClass& one, int rank, WishResult* met) const {
    met->rank = rank;
    met->most = task_.rules.visits_per_school;
    met->outcome = WishOutcome::kSchoolLimit;
    auto school = of_school_.find(one.school);
    if (school != of_school_.end() && school->second >= met->most) return true;
    if (met->most <= 0) return true;
    auto quota = task_.rules.visits_per_district.find(one.district);
    if (quota == task_.rules.visits_per_district.end()) return false;
    met->most = quota->second;
    met->outcome = WishOutcome::kDistrictLimit;
    auto district = of_district_.find(one.district);
    return (district == of_district_.end() ? 0 : district->second) >= met->most;
  }

  bool Clashes(size_t c, const MatchSession& wished, WishResult* why) const {
    for (size_t other : granted_[c]) {
      const MatchSession& had = task_.sessions[other];
      if (!TooClose({had.place, had.start_us, had.end_us}, {wished.place, wished.start_us, wished.end_us},
                    task_.rules.class_gap))
        continue;
      why->outcome = WishOutcome::kClash;
      why->with = other;
      return true;
    }
    return false;
  }

  bool Full(const MatchWish& wish, WishResult* why) const {
    const Places& left = result_.left[wish.session];
    for (size_t pool = 0; pool < left.size(); ++pool) {
      if (left[pool] >= wish.need[pool]) continue;
      why->outcome = WishOutcome::kFull;
      why->last_admitted = last_admitted_[wish.session];
      why->left = left[pool];
      why->needed = wish.need[pool];
      return true;
    }
    return false;
  }

  void Grant(size_t c, const MatchWish& wish, int rank) {
    Places& left = result_.left[wish.session];
    for (size_t pool = 0; pool < left.size(); ++pool) left[pool] -= wish.need[pool];
    last_admitted_[wish.session] = rank;
    granted_[c].push_back(wish.session);
    ++of_school_[task_.classes[c].school];
    ++of_district_[task_.classes[c].district];
  }

  void TakeTurn(size_t c, int rank) {
    const MatchClass& one = task_.classes[c];
    WishResult met;
    if (MetLimit(one, rank, &met)) return CloseRest(c, met);
    for (size_t w = 0; w < one.wishes.size(); ++w) {
      if (states_[c][w]) continue;
      const MatchWish& wish = one.wishes[w];
      WishResult found;
      found.rank = rank;
      found.outcome = WishOutcome::kGranted;
      const bool refused = Clashes(c, task_.sessions[wish.session], &found) || Full(wish, &found);
      Decide(c, w, found);
      if (!refused) return Grant(c, wish, rank);
    }
  }

  const MatchTask& task_;
  MatchResult result_;
  std::vector<std::vector<bool>> states_;  // decided, by class and wish
  std::vector<std::vector<size_t>> granted_;
  std::vector<int> last_admitted_;
  std::map<std::string, int> of_school_;
  std::map<std::string, int> of_district_;
};

}  // namespace

std::vector<Turn> OrderOf(const MatchTask& task) {
  // Classes of each school in the order of their draws, which is the order of their turns.
  std::map<std::string, std::vector<std::pair<std::string, size_t>>> schools;
  for (size_t c = 0; c < task.classes.size(); ++c) {
    const MatchClass& one = task.classes[c];
    schools[one.school].emplace_back(DrawOf(task.seed, one.school, one.school_class), c);
  }
  std::vector<Turn> order;
  for (auto& [school, classes] : schools) {
    std::sort(classes.begin(), classes.end());
    const std::string draw = DrawOf(task.seed, school);
    int turn = 0;
    for (int visit = 0; visit < task.rules.visits_per_class; ++visit) {
      for (const auto& [of_class, c] : classes) order.push_back({c, task.classes[c].priority, ++turn, draw});
    }
  }
  std::sort(order.begin(), order.end(), [](const Turn& a, const Turn& b) {
    return std::tie(a.priority, a.turn, a.draw) < std::tie(b.priority, b.turn, b.draw);
  });
  return order;
}

MatchResult Match(const MatchTask& task) { return Matching(task).Run(); }

}  // namespace kepu::event::domain
