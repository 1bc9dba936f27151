#include "services/event/domain/visit_task.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace kepu::event::domain {
namespace {

std::string Shown(const VisitTask& task, const VisitRow& row) {
  std::string text;
  if (row.kind == VisitRow::kArrival || row.kind == VisitRow::kDeparture) {
    text = absl::StrCat(row.kind == VisitRow::kArrival ? "arrival" : "departure", " of bus ", row.who);
  } else {
    text = absl::StrCat(task.classes[row.who].name, " at ",
                        row.kind == VisitRow::kLunch ? "lunch" : task.courses[row.course].name);
  }
  return absl::StrCat(text, " in ", task.places[row.place].name, " from ", row.time.start, " to ",
                      row.time.end);
}

absl::Status Wrong(const VisitTask& task, const VisitRow& row, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(Shown(task, row), ": ", what));
}

absl::Status Clash(const VisitTask& task, const VisitRow& a, const VisitRow& b, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(Shown(task, a), " and ", Shown(task, b), ": ", what));
}

bool Has(const std::vector<size_t>& all, size_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool IsBus(const VisitRow& row) { return row.kind == VisitRow::kArrival || row.kind == VisitRow::kDeparture; }

// The parts of the task that the row names are there.
bool Known(const VisitTask& task, const VisitRow& row) {
  return row.place < task.places.size() && (IsBus(row) || row.who < task.classes.size()) &&
         (row.kind != VisitRow::kCourse || row.course < task.courses.size()) &&
         (!row.guide || *row.guide < task.guides.size());
}

absl::Status CheckCourse(const VisitTask& task, const VisitRow& row) {
  const VisitCourse& course = task.courses[row.course];
  if (!Suits(task, task.classes[row.who], course, row.place))
    return Wrong(task, row, "the room does not suit");
  if (course.guided != row.guide.has_value()) return Wrong(task, row, "a guide is missing or not needed");
  if (!row.guide) return absl::OkStatus();
  if (!Has(course.guides, *row.guide) || !Suits(task, *row.guide, row.place))
    return Wrong(task, row, "the guide does not lead it there");
  if (!Covers(task.guides[*row.guide].free, row.time)) return Wrong(task, row, "the guide is not free");
  return absl::OkStatus();
}

absl::Status CheckRow(const VisitTask& task, const VisitRow& row) {
  if (row.time.end - row.time.start != MinutesOf(task, row)) return Wrong(task, row, "it takes another time");
  if (row.time.start < task.day.start || row.time.end > task.day.end)
    return Wrong(task, row, "outside of the day");
  if (!Covers(task.places[row.place].free, row.time)) return Wrong(task, row, "the place is not free");
  for (size_t i = 0; i < task.classes.size(); ++i) {
    const bool there = IsBus(row) ? task.classes[i].bus == row.who : i == row.who;
    if (there && !Covers({task.classes[i].away}, row.time))
      return Wrong(task, row, "the class is needed at school");
  }
  if (IsBus(row))
    return Has(task.bays, row.place) ? absl::OkStatus() : Wrong(task, row, "a bus stands in a bay");
  if (row.kind == VisitRow::kCourse) return CheckCourse(task, row);
  return Has(task.lunch_places, row.place) ? absl::OkStatus() : Wrong(task, row, "nobody eats there");
}

// Whether one class is in both rows.
bool SameClass(const VisitTask& task, const VisitRow& a, const VisitRow& b) {
  if (IsBus(a) && IsBus(b)) return a.who == b.who;
  if (IsBus(a)) return task.classes[b.who].bus == a.who;
  if (IsBus(b)) return task.classes[a.who].bus == b.who;
  return a.who == b.who;
}

absl::Status CheckPair(const VisitTask& task, const VisitRow& a, const VisitRow& b) {
  const bool apart = a.time.end <= b.time.start;
  const int between = b.time.start - a.time.end;
  if (SameClass(task, a, b)) {
    const bool in_order = a.kind != VisitRow::kDeparture && b.kind != VisitRow::kArrival;
    if (!in_order) return Clash(task, a, b, "a class comes first and leaves last");
    if (!apart || between < task.walk[a.place][b.place]) return Clash(task, a, b, "no time for the way");
  }
  const bool shared_room = a.place == b.place && a.kind != VisitRow::kLunch && b.kind != VisitRow::kLunch;
  const int gap = IsBus(a) && IsBus(b) ? 0 : task.changeover;
  if (shared_room && (!apart || between < gap)) return Clash(task, a, b, "the place is used twice");
  if (a.guide && a.guide == b.guide && (!apart || between < task.changeover))
    return Clash(task, a, b, "the guide is in both");
  return absl::OkStatus();
}

// Heads at a lunch place are the most when somebody has just sat down.
absl::Status CheckSeats(const VisitTask& task, const std::vector<VisitRow>& rows) {
  for (const VisitRow& at : rows) {
    if (at.kind != VisitRow::kLunch || task.places[at.place].capacity == 0) continue;
    int heads = 0;
    for (const VisitRow& other : rows) {
      const bool there = other.kind == VisitRow::kLunch && other.place == at.place &&
                         other.time.start <= at.time.start && at.time.start < other.time.end;
      if (there) heads += task.classes[other.who].heads();
    }
    if (heads > task.places[at.place].capacity) return Wrong(task, at, "too few seats");
  }
  return absl::OkStatus();
}

using Duty = std::tuple<int, size_t, size_t>;  // kind, who, course

std::multiset<Duty> DutiesOf(const VisitTask& task) {
  std::multiset<Duty> duties;
  for (size_t i = 0; i < task.classes.size(); ++i) {
    for (size_t course : task.classes[i].courses) duties.insert({VisitRow::kCourse, i, course});
    if (task.lunch_minutes > 0) duties.insert({VisitRow::kLunch, i, 0});
  }
  if (task.bays.empty()) return duties;
  for (size_t bus : BusesOf(task)) {
    duties.insert({VisitRow::kArrival, bus, 0});
    duties.insert({VisitRow::kDeparture, bus, 0});
  }
  return duties;
}

}  // namespace

void Sort(VisitPlan& plan) {
  std::sort(plan.rows.begin(), plan.rows.end(), [](const VisitRow& a, const VisitRow& b) {
    return std::tuple(a.time.start, static_cast<int>(a.kind), a.who, a.course) <
           std::tuple(b.time.start, static_cast<int>(b.kind), b.who, b.course);
  });
}

std::vector<size_t> BusesOf(const VisitTask& task) {
  std::set<size_t> buses;
  for (const VisitClass& one : task.classes) buses.insert(one.bus);
  return {buses.begin(), buses.end()};
}

bool Covers(const std::vector<Span>& free, const Span& wanted) {
  return std::any_of(free.begin(), free.end(),
                     [&](const Span& span) { return span.start <= wanted.start && wanted.end <= span.end; });
}

bool Suits(const VisitTask& task, const VisitClass& visitors, const VisitCourse& course, size_t room) {
  const VisitPlace& place = task.places[room];
  return Has(course.rooms, room) && (place.capacity == 0 || visitors.heads() <= place.capacity) &&
         std::all_of(course.equipment.begin(), course.equipment.end(), [&](const std::string& needed) {
           return std::find(place.equipment.begin(), place.equipment.end(), needed) != place.equipment.end();
         });
}

bool Suits(const VisitTask& task, size_t guide, size_t room) {
  const std::string& venue = task.guides[guide].venue;
  return venue.empty() || venue == task.places[room].venue;
}

int MinutesOf(const VisitTask& task, const VisitRow& row) {
  if (row.kind == VisitRow::kCourse) return task.courses[row.course].minutes;
  return row.kind == VisitRow::kLunch ? task.lunch_minutes : task.bay_minutes;
}

absl::Status CheckPlan(const VisitTask& task, const VisitPlan& plan) {
  std::multiset<Duty> left = DutiesOf(task);
  for (const VisitRow& row : plan.rows) {
    if (!Known(task, row)) return absl::FailedPreconditionError("a row names what is not there");
    auto duty = left.find({row.kind, row.who, row.course});
    if (duty == left.end()) return Wrong(task, row, "nobody asked for it, or it is there twice");
    left.erase(duty);
    if (absl::Status status = CheckRow(task, row); !status.ok()) return status;
  }
  if (!left.empty()) {
    const auto [kind, who, course] = *left.begin();
    return absl::FailedPreconditionError(
        absl::StrCat("a row is missing: kind ", kind, " of ", who, ", course ", course));
  }
  VisitPlan sorted = plan;
  Sort(sorted);
  for (size_t i = 0; i < sorted.rows.size(); ++i) {
    for (size_t j = i + 1; j < sorted.rows.size(); ++j) {
      if (absl::Status status = CheckPair(task, sorted.rows[i], sorted.rows[j]); !status.ok()) return status;
    }
  }
  return CheckSeats(task, sorted.rows);
}

}  // namespace kepu::event::domain
