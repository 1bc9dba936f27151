#include "services/event/planner/rotation_search.h"

#include <algorithm>
#include <memory>
#include <set>

#include <gecode/int.hh>
#include <gecode/search.hh>

namespace kepu::event {
namespace {

using domain::Span;
using domain::VisitRow;
using domain::VisitTask;
using Gecode::BoolVar;
using Gecode::BoolVarArgs;
using Gecode::IntArgs;
using Gecode::IntVar;
using Gecode::IntVarArgs;

// A row that is still to be placed.
struct Duty {
  VisitRow row;
  int minutes = 0;
  Span inside;  // it must lie in it
  std::vector<size_t> places;
  std::vector<size_t> guides;  // empty: needs none
};

bool IsBus(const Duty& duty) {
  return duty.row.kind == VisitRow::kArrival || duty.row.kind == VisitRow::kDeparture;
}

Span Common(const Span& a, const Span& b) { return {std::max(a.start, b.start), std::min(a.end, b.end)}; }

void AddOfClass(const VisitTask& task, size_t who, std::vector<Duty>& duties) {
  const domain::VisitClass& visitors = task.classes[who];
  const Span inside = Common(task.day, visitors.away);
  for (size_t course : visitors.courses) {
    Duty duty{
        {VisitRow::kCourse, who, course, 0, std::nullopt, {}}, task.courses[course].minutes, inside, {}, {}};
    for (size_t room : task.courses[course].rooms) {
      if (Suits(task, visitors, task.courses[course], room)) duty.places.push_back(room);
    }
    if (task.courses[course].guided) duty.guides = task.courses[course].guides;
    duties.push_back(std::move(duty));
  }
  if (task.lunch_minutes == 0) return;
  duties.push_back(
      {{VisitRow::kLunch, who, 0, 0, std::nullopt, {}}, task.lunch_minutes, inside, task.lunch_places, {}});
}

std::vector<Duty> DutiesOf(const VisitTask& task) {
  std::vector<Duty> duties;
  for (size_t i = 0; i < task.classes.size(); ++i) AddOfClass(task, i, duties);
  if (task.bays.empty()) return duties;
  for (size_t bus : BusesOf(task)) {
    Span inside = task.day;
    for (const domain::VisitClass& one : task.classes) {
      if (one.bus == bus) inside = Common(inside, one.away);
    }
    for (VisitRow::Kind kind : {VisitRow::kArrival, VisitRow::kDeparture})
      duties.push_back({{kind, bus, 0, 0, std::nullopt, {}}, task.bay_minutes, inside, task.bays, {}});
  }
  return duties;
}

bool Meet(const std::vector<size_t>& a, const std::vector<size_t>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](size_t one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

class Rotation final : public Gecode::Space {
 public:
  Rotation(const VisitTask& task, const std::vector<Duty>& duties) {
    for (const Duty& duty : duties) AddVariables(task, duty);
    for (size_t i = 0; i < duties.size(); ++i) {
      for (size_t j = i + 1; j < duties.size(); ++j) AddPair(task, duties, i, j);
    }
    for (size_t i = 0; i < task.classes.size(); ++i) AddClass(task, duties, i);
    for (size_t i = 0; i < task.places.size(); ++i) AddPlace(task, duties, i);
    for (size_t i = 0; i < task.guides.size(); ++i) AddGuide(task, duties, i);
    starts_ = Gecode::IntVarArray(*this, start_args_);
    choices_ = Gecode::IntVarArray(*this, choice_args_);
    orders_ = Gecode::BoolVarArray(*this, order_args_);
    guides_ = Gecode::IntVarArray(*this, guide_args_);
    Gecode::Rnd random(1);
    Gecode::branch(*this, choices_,
                   Gecode::tiebreak(Gecode::INT_VAR_AFC_SIZE_MAX(), Gecode::INT_VAR_RND(random)),
                   Gecode::INT_VAL_RND(random));
    Gecode::branch(*this, orders_, Gecode::tiebreak(Gecode::BOOL_VAR_AFC_MAX(), Gecode::BOOL_VAR_RND(random)),
                   Gecode::BOOL_VAL_RND(random));
    Gecode::branch(*this, starts_, Gecode::INT_VAR_MIN_MIN(), Gecode::INT_VAL_MIN());
  }
  Rotation(Rotation& other) : Space(other) {
    starts_.update(*this, other.starts_);
    choices_.update(*this, other.choices_);
    guides_.update(*this, other.guides_);
    orders_.update(*this, other.orders_);
  }
  Gecode::Space* copy() override { return new Rotation(*this); }

  domain::VisitPlan PlanOf(const std::vector<Duty>& duties) const {
    domain::VisitPlan plan;
    int guide = 0;
    for (size_t i = 0; i < duties.size(); ++i) {
      VisitRow row = duties[i].row;
      const int at = static_cast<int>(i);
      row.time = {starts_[at].val(), starts_[at].val() + duties[i].minutes};
      row.place = static_cast<size_t>(choices_[at + guide].val());
      if (!duties[i].guides.empty()) {
        ++guide;
        row.guide = static_cast<size_t>(choices_[at + guide].val());
      }
      plan.rows.push_back(row);
    }
    Sort(plan);
    return plan;
  }

 private:
  // Where it may begin when it lies in one of the spans.
  static Gecode::IntSet StartsIn(const std::vector<Span>& free, int minutes) {
    std::vector<int[2]> ranges(free.size());
    int count = 0;
    for (const Span& span : free) {
      if (span.end - span.start < minutes) continue;
      ranges[static_cast<size_t>(count)][0] = span.start;
      ranges[static_cast<size_t>(count++)][1] = span.end - minutes;
    }
    return Gecode::IntSet(ranges.data(), count);
  }

  IntVar Choice(const std::vector<size_t>& options) {
    std::vector<int> values(options.begin(), options.end());
    IntVar choice(*this, Gecode::IntSet(IntArgs(values)));
    choice_args_ << choice;
    return choice;
  }

  BoolVar Is(IntVar choice, size_t option) {
    BoolVar is(*this, 0, 1);
    Gecode::rel(*this, choice, Gecode::IRT_EQ, static_cast<int>(option), is);
    return is;
  }

  void AddVariables(const VisitTask& task, const Duty& duty) {
    const int last = duty.inside.end - duty.minutes;
    const bool hopeless =
        last < duty.inside.start || duty.places.empty() ||
        (duty.row.kind == VisitRow::kCourse && task.courses[duty.row.course].guided && duty.guides.empty());
    if (hopeless) fail();
    IntVar start(*this, std::min(duty.inside.start, last), last);
    start_args_ << start;
    IntVar place = duty.places.empty() ? IntVar(*this, 0, 0) : Choice(duty.places);
    place_args_ << place;
    for (size_t option : duty.places) {
      Gecode::dom(*this, start, StartsIn(task.places[option].free, duty.minutes),
                  Gecode::Reify(Is(place, option), Gecode::RM_IMP));
    }
    IntVar guide(*this, 0, 0);
    if (!duty.guides.empty()) guide = Choice(duty.guides);
    guide_args_ << guide;
    for (size_t option : duty.guides) {
      const BoolVar leads = Is(guide, option);
      Gecode::dom(*this, start, StartsIn(task.guides[option].free, duty.minutes),
                  Gecode::Reify(leads, Gecode::RM_IMP));
      for (size_t room : duty.places) {
        if (Suits(task, option, room)) continue;
        Gecode::rel(*this, place, Gecode::IRT_NQ, static_cast<int>(room),
                    Gecode::Reify(leads, Gecode::RM_IMP));
      }
    }
  }

  // The way between two rows of a class.
  IntVar Way(const VisitTask& task, const Duty& from, size_t i, const Duty& to, size_t j) {
    std::set<int> ways;
    for (size_t a : from.places) {
      for (size_t b : to.places) ways.insert(task.walk[a][b]);
    }
    if (ways.empty()) return IntVar(*this, 0, 0);
    IntVar way(*this, *ways.begin(), *ways.rbegin());
    if (ways.size() == 1) return way;
    const int n = static_cast<int>(task.places.size());
    IntArgs table;
    for (int b = 0; b < n; ++b) {
      for (int a = 0; a < n; ++a) table << task.walk[static_cast<size_t>(a)][static_cast<size_t>(b)];
    }
    Gecode::element(*this, table, place_args_[static_cast<int>(i)], n, place_args_[static_cast<int>(j)], n,
                    way);
    return way;
  }

  // start(i) + minutes + way <= start(j), when `if_so`.
  void Before(const Duty& first, size_t i, size_t j, IntVar way, Gecode::Reify if_so) {
    Gecode::linear(
        *this, IntArgs({1, 1, -1}),
        IntVarArgs() << start_args_[static_cast<int>(i)] << way << start_args_[static_cast<int>(j)],
        Gecode::IRT_LQ, -first.minutes, if_so);
  }

  void AddPair(const VisitTask& task, const std::vector<Duty>& duties, size_t i, size_t j) {
    const Duty &a = duties[i], &b = duties[j];
    const BoolVar yes(*this, 1, 1);
    if (IsBus(b) && (!IsBus(a) ? task.classes[a.row.who].bus == b.row.who : a.row.who == b.row.who)) {
      const bool b_first = b.row.kind == VisitRow::kArrival;
      if (b_first) return Before(b, j, i, Way(task, b, j, a, i), Gecode::Reify(yes, Gecode::RM_IMP));
      return Before(a, i, j, Way(task, a, i, b, j), Gecode::Reify(yes, Gecode::RM_IMP));
    }
    if (!IsBus(a) && !IsBus(b) && a.row.who == b.row.who) {
      BoolVar order(*this, 0, 1);
      Gecode::BoolVar other(*this, 0, 1);
      Gecode::rel(*this, order, Gecode::IRT_NQ, other);
      Before(a, i, j, Way(task, a, i, b, j), Gecode::Reify(order, Gecode::RM_IMP));
      Before(b, j, i, Way(task, b, j, a, i), Gecode::Reify(other, Gecode::RM_IMP));
      order_args_ << order;
      return;
    }
    const bool eats = a.row.kind == VisitRow::kLunch || b.row.kind == VisitRow::kLunch;
    if (eats) return;
    if (Meet(a.places, b.places)) {
      Apart(a, i, b, j, place_args_[static_cast<int>(i)], place_args_[static_cast<int>(j)],
            IsBus(a) && IsBus(b) ? 0 : task.changeover);
    }
    if (Meet(a.guides, b.guides)) {
      Apart(a, i, b, j, guide_args_[static_cast<int>(i)], guide_args_[static_cast<int>(j)], task.changeover);
    }
  }

  // Not at once where both choose the same.
  void Apart(const Duty& a, size_t i, const Duty& b, size_t j, IntVar of_a, IntVar of_b, int gap) {
    BoolVar same(*this, 0, 1), a_first(*this, 0, 1), b_first(*this, 0, 1);
    Gecode::rel(*this, of_a, Gecode::IRT_EQ, of_b, same);
    const IntVar between(*this, gap, gap);
    Before(a, i, j, between, Gecode::Reify(a_first, Gecode::RM_IMP));
    Before(b, j, i, between, Gecode::Reify(b_first, Gecode::RM_IMP));
    Gecode::clause(*this, Gecode::BOT_OR, BoolVarArgs() << a_first << b_first, BoolVarArgs() << same, 1);
    order_args_ << a_first << b_first;
  }

  void AddClass(const VisitTask& task, const std::vector<Duty>& duties, size_t who) {
    IntVarArgs starts;
    IntArgs minutes;
    int least = 1 << 20;
    for (size_t i = 0; i < duties.size(); ++i) {
      if (IsBus(duties[i]) || duties[i].row.who != who) continue;
      starts << start_args_[static_cast<int>(i)];
      minutes << duties[i].minutes;
      for (size_t j = 0; j < duties.size(); ++j) {
        if (i == j || IsBus(duties[j]) || duties[j].row.who != who) continue;
        for (size_t a : duties[i].places) {
          for (size_t b : duties[j].places) least = std::min(least, task.walk[a][b]);
        }
      }
    }
    if (starts.size() < 2) return;
    for (int i = 0; i < minutes.size(); ++i) minutes[i] += least;
    Gecode::unary(*this, starts, minutes);
  }

  void AddPlace(const VisitTask& task, const std::vector<Duty>& duties, size_t place) {
    IntVarArgs starts, eaters;
    IntArgs minutes, lunches, heads;
    BoolVarArgs there, eating;
    for (size_t i = 0; i < duties.size(); ++i) {
      const Duty& duty = duties[i];
      if (std::find(duty.places.begin(), duty.places.end(), place) == duty.places.end()) continue;
      const BoolVar is = Is(place_args_[static_cast<int>(i)], place);
      if (duty.row.kind == VisitRow::kLunch) {
        eaters << start_args_[static_cast<int>(i)];
        lunches << duty.minutes;
        heads << task.classes[duty.row.who].heads();
        eating << is;
      } else {
        starts << start_args_[static_cast<int>(i)];
        minutes << duty.minutes + (IsBus(duty) ? 0 : task.changeover);
        there << is;
      }
    }
    if (starts.size() > 1) Gecode::unary(*this, starts, minutes, there);
    if (eaters.size() > 0 && task.places[place].capacity > 0)
      Gecode::cumulative(*this, task.places[place].capacity, eaters, lunches, heads, eating);
  }

  void AddGuide(const VisitTask& task, const std::vector<Duty>& duties, size_t guide) {
    IntVarArgs starts;
    IntArgs minutes;
    BoolVarArgs leads;
    for (size_t i = 0; i < duties.size(); ++i) {
      const std::vector<size_t>& able = duties[i].guides;
      if (std::find(able.begin(), able.end(), guide) == able.end()) continue;
      starts << start_args_[static_cast<int>(i)];
      minutes << duties[i].minutes + task.changeover;
      leads << Is(guide_args_[static_cast<int>(i)], guide);
    }
    if (starts.size() > 1) Gecode::unary(*this, starts, minutes, leads);
  }

  // While it is built.
  IntVarArgs start_args_, place_args_, guide_args_, choice_args_;
  BoolVarArgs order_args_;
  // What is searched.
  Gecode::IntVarArray starts_, choices_, guides_;
  Gecode::BoolVarArray orders_;
};

// Lengths of the runs between which it begins anew, with what it has learnt about where dead ends lie.
constexpr unsigned kFirstRun = 60;
constexpr double kRunGrows = 1.4;

}  // namespace

SearchResult SearchRotation(const domain::VisitTask& task, uint64_t dead_ends_max) {
  const std::vector<Duty> duties = DutiesOf(task);
  Gecode::Search::FailStop stop(dead_ends_max);
  Gecode::Search::Options options;
  options.threads = 1;
  options.stop = &stop;
  options.cutoff = Gecode::Search::Cutoff::geometric(kFirstRun, kRunGrows);
  auto root = std::make_unique<Rotation>(task, duties);
  Gecode::RBS<Rotation, Gecode::DFS> search(root.get(), options);
  const std::unique_ptr<Rotation> found(search.next());
  if (found != nullptr) return {found->PlanOf(duties), false};
  return {std::nullopt, !search.stopped()};
}

}  // namespace kepu::event
