#include "services/event/domain/visit_wishes.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/school.h"

namespace kepu::event::domain {
namespace {

Span SpanOf(const v1::VisitDay::Span& span) { return {span.start_minute(), span.end_minute()}; }

// The given time without what takes it.
std::vector<Span> FreeOf(const google::protobuf::RepeatedPtrField<v1::VisitDay::Span>& given, const Span& day,
                         const std::vector<Span>& taken) {
  std::vector<Span> free;
  for (const auto& span : given) free.push_back(SpanOf(span));
  if (free.empty()) free.push_back(day);
  std::sort(free.begin(), free.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
  for (const Span& hole : taken) {
    std::vector<Span> left;
    for (const Span& span : free) {
      if (hole.end <= span.start || span.end <= hole.start) {
        left.push_back(span);
        continue;
      }
      if (span.start < hole.start) left.push_back({span.start, hole.start});
      if (hole.end < span.end) left.push_back({hole.end, span.end});
    }
    free = std::move(left);
  }
  return free;
}

// A class neither leaves nor comes back in the middle of a lesson.
Span AwayOf(const v1::VisitDay& wishes, const v1::VisitDay::SchoolClass& one) {
  Span away = one.has_away() ? SpanOf(one.away()) : SpanOf(wishes.day());
  const Span given = away;
  for (const auto& period : wishes.school_calendar().periods()) {
    if (period.start_minute() < given.start && given.start < period.end_minute())
      away.start = std::max(away.start, period.end_minute());
    if (period.start_minute() < given.end && given.end < period.end_minute())
      away.end = std::min(away.end, period.start_minute());
  }
  return away;
}

class TaskMaker {
 public:
  TaskMaker(const v1::VisitDay& wishes, const TakenSpans& taken, const VisitSessions& sessions)
      : wishes_(wishes), taken_(taken), sessions_(sessions) {}

  VisitTask Make() {
    task_.day = SpanOf(wishes_.day());
    const auto or_else = [](int given, int usual) { return given > 0 ? given : usual; };
    task_.changeover = or_else(wishes_.changeover_minutes(), kChangeoverMinutes);
    task_.bay_minutes = or_else(wishes_.bay_minutes(), kBayMinutes);
    task_.lunch_minutes = wishes_.lunch_minutes();
    AddPlaces(wishes_.rooms());
    const size_t rooms = task_.places.size();
    task_.lunch_places = AddPlaces(wishes_.lunch_places());
    task_.bays = AddPlaces(wishes_.bays());
    AddSessions();
    for (const v1::VisitDay::Guide& guide : wishes_.guides())
      task_.guides.push_back({guide.name(), guide.venue(), FreeOf(guide.free(), task_.day, {})});
    for (const v1::VisitDay::Course& course : wishes_.courses()) AddCourse(course, rooms);
    for (const v1::VisitDay::SchoolClass& one : wishes_.classes()) AddClass(one);
    AddWays();
    return std::move(task_);
  }

 private:
  std::vector<size_t> AddPlaces(const google::protobuf::RepeatedPtrField<v1::VisitDay::Room>& given) {
    std::vector<size_t> added;
    for (const v1::VisitDay::Room& room : given) {
      const auto taken = taken_.find(room.name());
      added.push_back(task_.places.size());
      task_.places.push_back(
          {room.name(),
           VenueOf(room.name()),
           room.capacity(),
           {room.equipment().begin(), room.equipment().end()},
           FreeOf(room.free(), task_.day, taken == taken_.end() ? std::vector<Span>() : taken->second)});
    }
    return added;
  }

  // A place that is free at the session's time only; as many of them as classes may go there together.
  void AddSessions() {
    int largest = 1;
    for (const v1::VisitDay::SchoolClass& one : wishes_.classes())
      largest = std::max(largest, one.pupils() + one.adults());
    for (const auto& [name, session] : sessions_) {
      const int classes = std::clamp(session.free / largest, 1, wishes_.classes_size());
      for (int i = 0; i < classes; ++i)
        task_.places.push_back(
            {name, session.venue, std::max(1, session.free / classes), {}, {session.time}});
    }
  }

  template <class Named>
  static std::vector<size_t> Indexes(const google::protobuf::RepeatedPtrField<std::string>& names,
                                     const std::vector<Named>& all, size_t count) {
    std::vector<size_t> indexes;
    for (size_t i = 0; i < count; ++i) {
      if (names.empty() || std::find(names.begin(), names.end(), all[i].name) != names.end())
        indexes.push_back(i);
    }
    return indexes;
  }

  void AddCourse(const v1::VisitDay::Course& course, size_t rooms) {
    task_.courses.push_back({course.id(),
                             course.minutes(),
                             course.guided(),
                             {course.equipment().begin(), course.equipment().end()},
                             course.sessions().empty()
                                 ? Indexes(course.rooms(), task_.places, rooms)
                                 : Indexes(course.sessions(), task_.places, task_.places.size()),
                             Indexes(course.guides(), task_.guides, task_.guides.size())});
  }

  void AddClass(const v1::VisitDay::SchoolClass& one) {
    // Beyond the numbers that may be given.
    const size_t own_bus = 1000 + task_.classes.size();
    task_.classes.push_back({one.id(), one.pupils(), one.adults(), AwayOf(wishes_, one),
                             Indexes(one.courses(), task_.courses, task_.courses.size()),
                             one.bus() > 0 ? static_cast<size_t>(one.bus()) : own_bus});
  }

  void AddWays() {
    const int within = wishes_.walk_minutes() > 0 ? wishes_.walk_minutes() : kWalkMinutes;
    const size_t count = task_.places.size();
    task_.walk.assign(count, std::vector<int>(count, 0));
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = 0; b < count; ++b) {
        if (a != b) task_.walk[a][b] = Way(task_.places[a].venue, task_.places[b].venue, within);
      }
    }
  }

  int Way(const std::string& from, const std::string& to, int within) const {
    if (from == to) return within;
    int back = -1;
    for (const v1::VisitDay::Way& way : wishes_.ways()) {
      if (way.from() == from && way.to() == to) return way.minutes();
      if (way.from() == to && way.to() == from) back = way.minutes();
    }
    return back >= 0 ? back : kUnknownWayMinutes;
  }
  // As long as between two places of the city of which nothing is known.
  static constexpr int kUnknownWayMinutes = 60;

  const v1::VisitDay& wishes_;
  const TakenSpans& taken_;
  const VisitSessions& sessions_;
  VisitTask task_;
};

const std::vector<Span> kWholeDay = {{0, calendar::kMinutesPerDay}};

// From the first use to the last in each stretch of free time.
void AddTakings(reservation::v1::Kind kind, const std::string& thing, const std::vector<Span>& free,
                const std::vector<Span>& uses, const std::string& place, record::VisitRows* rows) {
  for (const Span& stretch : free) {
    Span used{stretch.end, stretch.start};
    for (const Span& use : uses) {
      if (use.start < stretch.start || use.end > stretch.end) continue;
      used = {std::min(used.start, use.start), std::max(used.end, use.end)};
    }
    if (used.start >= used.end) continue;
    record::VisitRows::Taking* taking = rows->add_takings();
    taking->set_kind(kind);
    taking->set_thing(thing);
    taking->mutable_time()->set_start_minute(used.start);
    taking->mutable_time()->set_end_minute(used.end);
    taking->set_amount(1);
    taking->set_place(place);
  }
}

// Where an outreach day happens; empty: it is none.
std::string WhereOf(const v1::VisitDay& wishes) { return wishes.at_school() ? wishes.school() : ""; }

void AddClassTakings(const v1::VisitDay& wishes, const VisitTask& task, const VisitPlan& plan,
                     record::VisitRows* rows) {
  for (size_t i = 0; i < task.classes.size(); ++i) {
    std::vector<Span> uses;
    for (const VisitRow& row : plan.rows) {
      const bool bus = row.kind == VisitRow::kArrival || row.kind == VisitRow::kDeparture;
      if (bus ? task.classes[i].bus == row.who : i == row.who) uses.push_back(row.time);
    }
    const int before = rows->takings_size();
    AddTakings(reservation::v1::SCHOOL, wishes.school(), kWholeDay, uses, WhereOf(wishes), rows);
    if (rows->takings_size() == before) continue;
    rows->mutable_takings(before)->set_part(task.classes[i].name);
    rows->mutable_takings(before)->set_amount(task.classes[i].pupils);
  }
}

// A room of the school is a part of it, like a class; a space is a hall of its venue.
void AddPlaceTakings(const v1::VisitDay& wishes, const VisitPlace& place, const std::vector<Span>& uses,
                     record::VisitRows* rows) {
  if (IsSession(place.name)) return;
  if (!wishes.at_school()) return AddTakings(reservation::v1::HALL, place.name, place.free, uses, "", rows);
  const int before = rows->takings_size();
  AddTakings(reservation::v1::SCHOOL, wishes.school(), place.free, uses, wishes.school(), rows);
  const std::string room = absl::StrCat(kRoomPart, place.name.substr(place.name.rfind('/') + 1));
  for (int i = before; i < rows->takings_size(); ++i) rows->mutable_takings(i)->set_part(room);
}

// Each class takes its own places.
void AddSessionTakings(const v1::VisitDay& wishes, const VisitTask& task, const VisitPlan& plan,
                       record::VisitRows* rows) {
  for (const VisitRow& row : plan.rows) {
    if (row.kind != VisitRow::kCourse || !IsSession(task.places[row.place].name)) continue;
    const VisitClass& visitors = task.classes[row.who];
    record::VisitRows::Taking* taking = rows->add_takings();
    taking->set_kind(reservation::v1::SESSION);
    taking->set_thing(task.places[row.place].name);
    taking->set_part(visitors.name);
    taking->set_amount(visitors.heads());
    taking->mutable_time()->set_start_minute(row.time.start);
    taking->mutable_time()->set_end_minute(row.time.end);
    taking->mutable_party()->set_pupils(visitors.pupils);
    taking->mutable_party()->set_adults(visitors.adults);
    taking->set_grade(wishes.classes(static_cast<int>(row.who)).grade());
  }
}

void AddKitTakings(const v1::VisitDay& wishes, const VisitPlan& plan, record::VisitRows* rows) {
  std::vector<Span> uses;
  for (const VisitRow& row : plan.rows) {
    if (row.kind == VisitRow::kCourse) uses.push_back(row.time);
  }
  for (const std::string& kit : wishes.kits())
    AddTakings(reservation::v1::KIT, kit, kWholeDay, uses, wishes.school(), rows);
}

}  // namespace

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

std::string VenueOf(absl::string_view space) {
  const std::vector<absl::string_view> parts = absl::StrSplit(space, absl::MaxSplits('/', 2));
  return parts.size() < 2 ? std::string(space) : absl::StrCat(parts[0], "/", parts[1]);
}

bool IsRoomOf(absl::string_view room, absl::string_view school) {
  return absl::ConsumePrefix(&room, school) && absl::ConsumePrefix(&room, "/rooms/") && !room.empty() &&
         !absl::StrContains(room, '/');
}

bool IsSession(absl::string_view place) { return absl::StartsWith(place, "events/"); }

VisitTask TaskOf(const v1::VisitDay& wishes, const TakenSpans& taken, const VisitSessions& sessions) {
  return TaskMaker(wishes, taken, sessions).Make();
}

record::VisitRows RowsOf(const v1::VisitDay& wishes, const VisitTask& task, const VisitPlan& plan) {
  record::VisitRows rows;
  for (const VisitRow& row : plan.rows) {
    v1::VisitDay::Row* out = rows.add_rows();
    out->set_kind(static_cast<v1::VisitDay::Row::Kind>(static_cast<int>(row.kind) + 1));
    const bool bus = row.kind == VisitRow::kArrival || row.kind == VisitRow::kDeparture;
    for (size_t i = 0; i < task.classes.size(); ++i) {
      if (bus ? task.classes[i].bus == row.who : i == row.who) out->add_classes(task.classes[i].name);
    }
    if (row.kind == VisitRow::kCourse) out->set_course(task.courses[row.course].name);
    out->set_place(task.places[row.place].name);
    if (row.guide) out->set_guide(task.guides[*row.guide].name);
    out->mutable_time()->set_start_minute(row.time.start);
    out->mutable_time()->set_end_minute(row.time.end);
  }
  AddClassTakings(wishes, task, plan, &rows);
  for (size_t place = 0; place < task.places.size(); ++place) {
    std::vector<Span> uses;
    for (const VisitRow& row : plan.rows) {
      if (row.place == place && row.kind != VisitRow::kLunch) uses.push_back(row.time);
    }
    AddPlaceTakings(wishes, task.places[place], uses, &rows);
  }
  for (size_t guide = 0; guide < task.guides.size(); ++guide) {
    std::vector<Span> uses;
    for (const VisitRow& row : plan.rows) {
      if (row.guide == guide) uses.push_back(row.time);
    }
    AddTakings(reservation::v1::PERSON, task.guides[guide].name, task.guides[guide].free, uses,
               WhereOf(wishes), &rows);
  }
  AddKitTakings(wishes, plan, &rows);
  AddSessionTakings(wishes, task, plan, &rows);
  std::sort(rows.mutable_takings()->begin(), rows.mutable_takings()->end(), [](const auto& a, const auto& b) {
    return std::tuple(a.kind(), a.thing(), a.part(), a.time().start_minute()) <
           std::tuple(b.kind(), b.thing(), b.part(), b.time().start_minute());
  });
  return rows;
}

std::vector<reservation::v1::Demand> DemandsOf(const record::VisitDayHead& head,
                                               const record::VisitRows& plan,
                                               const std::string& in_place_of) {
  std::vector<reservation::v1::Demand> demands;
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + head.day();
  const auto micros = [&](int minute) { return absl::ToUnixMicros(calendar::At(day, minute)); };
  for (const record::VisitRows::Taking& taking : plan.takings()) {
    reservation::v1::Demand& demand = demands.emplace_back();
    demand.set_thing(taking.thing());
    demand.set_kind(taking.kind());
    calendar::SetMicros(micros(taking.time().start_minute()), demand.mutable_start_time());
    calendar::SetMicros(micros(taking.time().end_minute()), demand.mutable_end_time());
    demand.set_amount(taking.amount());
    demand.set_part(taking.part());
    demand.set_place(taking.place().empty() ? head.venues(0) : taking.place());
    demand.set_purpose(absl::StrCat("visitDays/", head.id()));
    demand.set_in_place_of(in_place_of);
    if (taking.kind() != reservation::v1::SESSION) continue;
    record::SessionParty party;
    *party.mutable_party() = taking.party();
    party.set_school(head.school());
    party.set_grade(taking.grade());
    party.set_booker(head.booker());
    demand.set_detail(party.SerializeAsString());
  }
  return demands;
}

}  // namespace kepu::event::domain
