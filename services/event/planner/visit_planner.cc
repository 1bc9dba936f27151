#include "services/event/planner/visit_planner.h"

#include <algorithm>

#include "services/event/planner/rotation_greedy.h"
#include "services/event/planner/rotation_search.h"

namespace kepu::event {
namespace {

using domain::Span;
using domain::VisitClass;
using domain::VisitTask;

// Orders that are tried before the search, and plans among which the shortest is taken.
constexpr uint32_t kTurns = 32;
constexpr int kPlansCompared = 4;
// Dead ends after which the search is given up: about a second for twelve classes and six courses.
constexpr uint64_t kDeadEnds = 1000;
// While a change is looked for there are many tasks to look at: all of them quickly, and lighter ones than
// what that found more closely, as long as these last.
constexpr uint32_t kTurnsOfChange = 8;
constexpr uint64_t kDeadEndsOfChange = 50;
constexpr int kSearchesOfChanges = 6;
// Steps by which people move a departure, and the shortest lunch.
constexpr int kMoves[] = {15, 30, 60, 90, 120};
constexpr int kLunches[] = {30, 20};

// The shortest of the first few.
std::optional<domain::VisitPlan> Rotate(const VisitTask& task, uint32_t turns) {
  std::optional<domain::VisitPlan> best;
  int64_t shortest = 0;
  int found = 0;
  for (uint32_t turn = 0; turn < turns && found < kPlansCompared; ++turn) {
    std::optional<domain::VisitPlan> plan = RotateGreedily(task, turn);
    if (!plan) continue;
    ++found;
    const int64_t length = LengthOf(task, *plan);
    if (best && length >= shortest) continue;
    shortest = length;
    best = std::move(plan);
  }
  return best;
}

// Of the changes that look alike the first alone is tried: classes that differ in nothing but their name.
bool SameOf(const VisitTask& task, size_t a, size_t b) {
  const VisitClass &one = task.classes[a], &other = task.classes[b];
  return one.heads() == other.heads() && one.away == other.away && one.courses == other.courses;
}

bool IsRepeated(const VisitTask& task, const VisitChange& change) {
  const bool of_class =
      change.kind == VisitChange::kOneCourseLess || change.kind == VisitChange::kOneClassLess;
  for (size_t before = 0; of_class && before < change.who; ++before) {
    if (SameOf(task, before, change.who)) return true;
  }
  return false;
}

std::optional<VisitChange> SmallestChange(const VisitTask& task) {
  std::vector<VisitChange> changes = ChangesOf(task);
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [&](const VisitChange& change) { return IsRepeated(task, change); }),
                changes.end());
  size_t quick = 0;
  while (quick < changes.size() && !Rotate(Changed(task, changes[quick]), kTurnsOfChange)) ++quick;
  int searches = 0;
  for (size_t i = 0; i < quick && searches < kSearchesOfChanges; ++i, ++searches) {
    if (SearchRotation(Changed(task, changes[i]), kDeadEndsOfChange).plan) return changes[i];
  }
  if (quick == changes.size()) return std::nullopt;
  return changes[quick];
}

int LargestOf(const VisitTask& task, size_t course) {
  int heads = 0;
  for (const VisitClass& one : task.classes) {
    if (std::find(one.courses.begin(), one.courses.end(), course) != one.courses.end())
      heads = std::max(heads, one.heads());
  }
  return heads;
}

void AddRoom(VisitTask& task, size_t course) {
  domain::VisitPlace room;
  room.capacity = LargestOf(task, course);
  room.equipment = task.courses[course].equipment;
  room.free = {task.day};
  // As far from the others as the room it stands beside.
  const size_t beside = task.courses[course].rooms.empty() ? 0 : task.courses[course].rooms[0];
  int way = 0;
  for (const std::vector<int>& row : task.walk) way = std::max(way, beside < row.size() ? row[beside] : 0);
  if (beside < task.places.size()) room.venue = task.places[beside].venue;
  task.courses[course].rooms.push_back(task.places.size());
  task.places.push_back(std::move(room));
  for (std::vector<int>& row : task.walk) row.push_back(way);
  task.walk.emplace_back(task.places.size(), way);
}

void Split(VisitTask& task, size_t who) {
  VisitClass half = task.classes[who];
  half.name += "/2";
  half.pupils /= 2;
  half.adults /= 2;
  task.classes[who].pupils -= half.pupils;
  task.classes[who].adults -= half.adults;
  task.classes.push_back(std::move(half));
}

// A free span that reaches the end of the day goes on as the day does.
void Stretch(std::vector<Span>& free, const Span& before, const Span& after) {
  for (Span& span : free) {
    if (span.end >= before.end) span.end = std::max(span.end, after.end);
    if (span.start <= before.start) span.start = std::min(span.start, after.start);
  }
}

void Move(VisitTask& task, int earlier, int later) {
  const Span before = task.day;
  task.day = {std::max(0, before.start - earlier), std::min(24 * 60, before.end + later)};
  for (domain::VisitPlace& place : task.places) Stretch(place.free, before, task.day);
  for (domain::VisitGuide& guide : task.guides) Stretch(guide.free, before, task.day);
  for (VisitClass& one : task.classes) {
    if (one.away.end >= before.end) one.away.end = std::max(one.away.end, task.day.end);
    if (one.away.start <= before.start) one.away.start = std::min(one.away.start, task.day.start);
  }
}

bool FitsSomewhere(const VisitTask& task, const VisitClass& one, size_t course) {
  const std::vector<size_t>& rooms = task.courses[course].rooms;
  return std::any_of(rooms.begin(), rooms.end(),
                     [&](size_t room) { return Suits(task, one, task.courses[course], room); });
}

}  // namespace

VisitTask Changed(VisitTask task, const VisitChange& change) {
  switch (change.kind) {
    case VisitChange::kLaterDeparture:
      Move(task, 0, change.amount);
      break;
    case VisitChange::kEarlierArrival:
      Move(task, change.amount, 0);
      break;
    case VisitChange::kShorterLunch:
      task.lunch_minutes = change.amount;
      break;
    case VisitChange::kOneMoreGuide:
      task.courses[change.course].guides.push_back(task.guides.size());
      task.guides.push_back({"", "", {task.day}});
      break;
    case VisitChange::kOneMoreRoom:
      AddRoom(task, change.course);
      break;
    case VisitChange::kSplitClass:
      Split(task, change.who);
      break;
    case VisitChange::kOneCourseLess: {
      std::vector<size_t>& courses = task.classes[change.who].courses;
      courses.erase(std::remove(courses.begin(), courses.end(), change.course), courses.end());
      break;
    }
    case VisitChange::kFewerCourses:
      // Not the same ones for all, or their rooms would be short.
      for (size_t i = 0; i < task.classes.size(); ++i) {
        std::vector<size_t>& courses = task.classes[i].courses;
        if (courses.size() <= static_cast<size_t>(change.amount)) continue;
        std::rotate(courses.begin(), courses.begin() + static_cast<std::ptrdiff_t>(i % courses.size()),
                    courses.end());
        courses.resize(static_cast<size_t>(change.amount));
      }
      break;
    case VisitChange::kOneClassLess:
      task.classes.erase(task.classes.begin() + static_cast<std::ptrdiff_t>(change.who));
      break;
  }
  return task;
}

std::vector<VisitChange> ChangesOf(const VisitTask& task) {
  std::vector<VisitChange> changes;
  for (int minutes : kMoves) {
    if (minutes <= 30) changes.push_back({VisitChange::kLaterDeparture, 0, 0, minutes});
    if (minutes <= 30) changes.push_back({VisitChange::kEarlierArrival, 0, 0, minutes});
  }
  for (int minutes : kLunches) {
    if (minutes < task.lunch_minutes) changes.push_back({VisitChange::kShorterLunch, 0, 0, minutes});
  }
  for (int minutes : kMoves) {
    if (minutes > 30) changes.push_back({VisitChange::kLaterDeparture, 0, 0, minutes});
  }
  size_t most = 0;
  for (size_t course = 0; course < task.courses.size(); ++course) {
    if (task.courses[course].guided) changes.push_back({VisitChange::kOneMoreGuide, 0, course, 0});
  }
  for (size_t course = 0; course < task.courses.size(); ++course)
    changes.push_back({VisitChange::kOneMoreRoom, 0, course, 0});
  for (size_t who = 0; who < task.classes.size(); ++who) {
    most = std::max(most, task.classes[who].courses.size());
    for (size_t course : task.classes[who].courses) {
      if (FitsSomewhere(task, task.classes[who], course)) continue;
      changes.push_back({VisitChange::kSplitClass, who, course, 0});
      break;
    }
  }
  for (size_t who = 0; who < task.classes.size(); ++who) {
    for (size_t course : task.classes[who].courses)
      changes.push_back({VisitChange::kOneCourseLess, who, course, 0});
  }
  if (task.classes.size() > 1) {
    for (size_t who = 0; who < task.classes.size(); ++who)
      changes.push_back({VisitChange::kOneClassLess, who, 0, 0});
  }
  for (size_t left = most; left-- > 1;)
    changes.push_back({VisitChange::kFewerCourses, 0, 0, static_cast<int>(left)});
  return changes;
}

VisitOutcome PlanVisitDay(const VisitTask& task) {
  VisitOutcome outcome;
  outcome.plan = Rotate(task, kTurns);
  if (outcome.plan) return outcome;
  SearchResult result = SearchRotation(task, kDeadEnds);
  outcome.plan = std::move(result.plan);
  outcome.none = result.none;
  if (!outcome.plan) outcome.change = SmallestChange(task);
  return outcome;
}

}  // namespace kepu::event
