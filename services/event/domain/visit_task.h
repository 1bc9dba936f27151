// What a visit day is planned from and what its plan is: the classes of one school with the courses they
// want, the rooms, guides, lunch places and bus bays of one or several venues, and the rows of who is where
// when. Plain values in minutes of the local day, so that a plan can be made on any thread and repeated in a
// test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace kepu::event::domain {

// Minutes after local midnight, half-open.
struct Span {
  int start = 0;
  int end = 0;
  bool operator==(const Span&) const = default;
};

// A room, a lunch place or a bus bay.
struct VisitPlace {
  std::string name;
  std::string venue;
  int capacity = 0;  // heads at once; 0: no limit
  std::vector<std::string> equipment;
  std::vector<Span> free;  // sorted, apart from each other
};

struct VisitGuide {
  std::string name;
  std::string venue;  // works in its rooms only
  std::vector<Span> free;
};

struct VisitCourse {
  std::string name;
  int minutes = 0;
  bool guided = false;                 // somebody leads it
  std::vector<std::string> equipment;  // what a room must have
  std::vector<size_t> rooms;           // that may hold it
  std::vector<size_t> guides;          // who may lead it
};

struct VisitClass {
  std::string name;
  int pupils = 0;
  int adults = 0;
  Span away;                    // when its school lets it be here
  std::vector<size_t> courses;  // each once
  size_t bus = 0;               // classes in one bus come and leave together
  int heads() const { return pupils + adults; }
};

struct VisitTask {
  Span day;               // nobody comes before it or leaves after it
  int changeover = 0;     // between two uses of a room, and two courses of a guide
  int lunch_minutes = 0;  // 0: no lunch
  int bay_minutes = 0;    // a bus stands in a bay to let its classes out, and again to take them in
  std::vector<VisitClass> classes;
  std::vector<VisitCourse> courses;
  std::vector<VisitPlace> places;
  std::vector<size_t> lunch_places;
  std::vector<size_t> bays;  // none: classes come on foot
  std::vector<VisitGuide> guides;
  std::vector<std::vector<int>> walk;  // minutes from place to place
};

struct VisitRow {
  enum Kind { kArrival, kCourse, kLunch, kDeparture };
  Kind kind = kCourse;
  size_t who = 0;     // class; of arrivals and departures the bus
  size_t course = 0;  // of kCourse
  size_t place = 0;
  std::optional<size_t> guide;
  Span time;
  bool operator==(const VisitRow&) const = default;
};

// By start, then by kind, class and course.
struct VisitPlan {
  std::vector<VisitRow> rows;
  bool operator==(const VisitPlan&) const = default;
};
void Sort(VisitPlan& plan);

// Buses in use, ascending.
std::vector<size_t> BusesOf(const VisitTask& task);
bool Covers(const std::vector<Span>& free, const Span& wanted);
// May the room hold the course with this class?
bool Suits(const VisitTask& task, const VisitClass& visitors, const VisitCourse& course, size_t room);
// Does the guide work there?
bool Suits(const VisitTask& task, size_t guide, size_t room);
// How long the row takes.
int MinutesOf(const VisitTask& task, const VisitRow& row);

// The one answer to whether a plan keeps all rules of its task; what it says names the rows that do not.
absl::Status CheckPlan(const VisitTask& task, const VisitPlan& plan);

}  // namespace kepu::event::domain
