// Whether a crew can do a tour: the ways between home and stops, set-up and take-down, hours of a crew's day,
// nights away, and how much service a day holds. The one function for planning by hand, for checks and for
// the planner, so that they agree. A mobile museum follows other limits: it stays for weeks. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "kepu/venue/v1/fleet.pb.h"
#include "libs/calendar/interval_set.h"
#include "libs/refusal/refusal.h"
#include "libs/travel/travel.h"

namespace kepu::venue {

// The city's defaults for vehicles.
inline constexpr absl::Duration kSetUp = absl::Minutes(45);
inline constexpr absl::Duration kTakeDown = absl::Minutes(30);
inline constexpr absl::Duration kCrewDay = absl::Hours(8);
inline constexpr int kOvernightKm = 150;
inline constexpr int kAssembliesPerDay = 2;
inline constexpr int kClassesPerDay = 5;
// Nobody leaves home or the inn earlier, or comes there later; a day of mere driving begins at eight.
inline constexpr int kFirstHour = 5;
inline constexpr int kLastHour = 23;
inline constexpr int kDrivingDayHour = 8;
inline constexpr absl::Duration kShortestService = absl::Minutes(15);
inline constexpr absl::Duration kLongestTour = absl::Hours(24 * 45);
// A set of exhibits is built up in two days and taken down in one.
inline constexpr absl::Duration kMuseumSetUp = absl::Hours(48);
inline constexpr absl::Duration kMuseumTakeDown = absl::Hours(24);
inline constexpr absl::Duration kShortestStay = absl::Hours(24 * 7);
inline constexpr absl::Duration kLongestStay = absl::Hours(24 * 200);

struct Visit {
  travel::Place place;
  calendar::Interval service;
  int assemblies = 0;
  int classes = 0;
  bool overnight = false;
};

struct Way {
  absl::Duration time;
  int km = 0;
};

struct Itinerary {
  calendar::Interval taken;     // from leaving home until being back
  std::vector<Way> ways;        // to each visit
  std::vector<bool> overnight;  // the crew sleeps near the visit
  absl::Duration driving;       // the way home included
  int km = 0;
  int nights = 0;
};

// A rule that says no, where, and what would do.
struct Problem {
  std::string field;  // "tour.stops[2].start_time"
  std::string rule;
  refusal::Params params;
};
using Problems = std::vector<Problem>;

// By road.
int RoadKm(const travel::Place& from, const travel::Place& to);

// Visits are in the order of time and not empty; what cannot be is added to `problems`, and the rest is
// worked out all the same.
Itinerary WorkOut(v1::Caravan::Kind kind, const travel::Place& home, const std::vector<Visit>& visits,
                  const travel::KnownTimes& known, Problems& problems);

}  // namespace kepu::venue
