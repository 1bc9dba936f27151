// From what a school asks for to the task of the planner, and from its plan back to rows and to what has to
// be claimed for them. Also what can be said of the wishes alone: names that fit together, enough adults, and
// the school's own calendar. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/event/domain/rules.h"
#include "services/event/domain/session.h"
#include "services/event/domain/visit_task.h"

namespace kepu::event::domain {

// Nobody plans a visit further ahead.
inline constexpr int kVisitAheadDays = 400;
inline constexpr int kChangeoverMinutes = 10;
inline constexpr int kBayMinutes = 10;
inline constexpr int kWalkMinutes = 5;

absl::CivilDay DayOf(const google::type::Date& date);
// "venues/a" of "venues/a/spaces/b".
std::string VenueOf(absl::string_view space);
// "schools/a/rooms/b" of the school "schools/a".
bool IsRoomOf(absl::string_view room, absl::string_view school);

// INVALID_ARGUMENT with all fields that are wrong; TOO_FEW_ADULTS, VISIT_OUTSIDE_TERM, VISIT_IN_EXAM_WEEK.
absl::Status CheckWishes(const v1::VisitDay& wishes, const Rules& rules, absl::Time now);

// What else takes places on the day, by their names.
using TakenSpans = std::map<std::string, std::vector<Span>>;

// A public session on the day, as it is when the plan is made.
struct VisitSession {
  std::string venue;
  Span time;
  int free = 0;  // heads
};
using VisitSessions = std::map<std::string, VisitSession>;
// "events/*/sessions/*".
bool IsSession(absl::string_view place);

// Of wishes that were checked.
VisitTask TaskOf(const v1::VisitDay& wishes, const TakenSpans& taken, const VisitSessions& sessions);

// The plan with names, and what it takes.
record::VisitRows RowsOf(const v1::VisitDay& wishes, const VisitTask& task, const VisitPlan& plan);

// In the order in which they are tried. `in_place_of` is the reservation that they take over; empty: none.
std::vector<reservation::v1::Demand> DemandsOf(const record::VisitDayHead& head,
                                               const record::VisitRows& plan, const std::string& in_place_of);

}  // namespace kepu::event::domain
