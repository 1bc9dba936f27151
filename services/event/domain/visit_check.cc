#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/school_party.h"
#include "services/event/domain/visit_wishes.h"

namespace kepu::event::domain {
namespace {

using refusal::FieldErrors;
using refusal::kNo;

bool IsDay(const google::type::Date& date) {
  const absl::CivilDay day = DayOf(date);
  return date.year() > 2000 && day.month() == date.month() && day.day() == date.day();
}

class Checker {
 public:
  explicit Checker(const v1::VisitDay& wishes) : wishes_(wishes) {}

  absl::Status Check(absl::Time now) {
    const absl::CivilDay today = calendar::DayOf(now);
    if (!IsDay(wishes_.date()) || DayOf(wishes_.date()) <= today ||
        DayOf(wishes_.date()) > today + kVisitAheadDays)
      errors_.Add("visit_day.date",
                  absl::StrCat("must be a day after today and within ", kVisitAheadDays, " days"));
    CheckSpan("visit_day.day", wishes_.day());
    CheckPlaces("rooms", wishes_.rooms());
    CheckPlaces("lunch_places", wishes_.lunch_places());
    CheckPlaces("bays", wishes_.bays());
    CheckOutreach();
    for (int i = 0; i < wishes_.guides_size(); ++i) CheckGuide(i);
    if (wishes_.lunch_minutes() > 0 && wishes_.lunch_places().empty())
      errors_.Add("visit_day.lunch_places", "is needed with lunch_minutes");
    for (int i = 0; i < wishes_.courses_size(); ++i) CheckCourse(i);
    for (int i = 0; i < wishes_.classes_size(); ++i) CheckClass(i);
    CheckCalendar();
    return errors_.ToStatus();
  }

 private:
  void CheckSpan(absl::string_view field, const v1::VisitDay::Span& span) {
    if (span.start_minute() < 0 || span.end_minute() > calendar::kMinutesPerDay ||
        span.start_minute() >= span.end_minute())
      errors_.Add(absl::StrCat(field, ".end_minute"), "must come after start_minute, from 0 to 1440");
  }

  void CheckPlaces(absl::string_view list,
                   const google::protobuf::RepeatedPtrField<v1::VisitDay::Room>& places) {
    for (int i = 0; i < places.size(); ++i) {
      const std::string field = absl::StrCat("visit_day.", list, "[", i, "]");
      const std::string& name = places[i].name();
      if (!IsPlaceOfDay(name)) {
        errors_.Add(
            absl::StrCat(field, ".name"),
            wishes_.at_school()
                ? absl::StrCat("must be a room of the school, like \"", wishes_.school(), "/rooms/lab\"")
                : "must be a space of one of the venues, like \"venues/cqstm/spaces/dome\"");
      }
      if (!places_.insert(name).second)
        errors_.Add(absl::StrCat(field, ".name"),
                    "is there twice: a space is a room, a lunch place or a bay, once");
      for (const auto& free : places[i].free()) CheckSpan(absl::StrCat(field, ".free"), free);
    }
  }

  bool IsPlaceOfDay(const std::string& name) const {
    if (wishes_.at_school()) return IsRoomOf(name, wishes_.school());
    const auto& venues = wishes_.venues();
    return std::find(venues.begin(), venues.end(), VenueOf(name)) != venues.end() &&
           absl::StrContains(name, "/spaces/");
  }

  // What only one of the two kinds of days has.
  void CheckOutreach() {
    if (wishes_.at_school() && !wishes_.bays().empty())
      errors_.Add("visit_day.bays", "are not needed at school: nobody takes a bus");
    if (!wishes_.at_school() && !wishes_.kits().empty())
      errors_.Add("visit_day.kits", "are brought to schools only; set at_school");
    std::set<std::string> kits;
    for (int i = 0; i < wishes_.kits_size(); ++i) {
      if (!absl::StartsWith(wishes_.kits(i), "exhibits/") || !kits.insert(wishes_.kits(i)).second)
        errors_.Add(absl::StrCat("visit_day.kits[", i, "]"),
                    "must be an exhibit or kit, like \"exhibits/…\", each once");
    }
  }

  void CheckGuide(int i) {
    const v1::VisitDay::Guide& guide = wishes_.guides(i);
    const std::string field = absl::StrCat("visit_day.guides[", i, "]");
    if (!absl::StartsWith(guide.name(), "volunteers/") || !guides_.insert(guide.name()).second)
      errors_.Add(absl::StrCat(field, ".name"), "must be a volunteer, like \"volunteers/…\", and each once");
    for (const auto& free : guide.free()) CheckSpan(absl::StrCat(field, ".free"), free);
  }

  void CheckCourse(int i) {
    const v1::VisitDay::Course& course = wishes_.courses(i);
    const std::string field = absl::StrCat("visit_day.courses[", i, "]");
    if (!courses_.insert(course.id()).second) errors_.Add(absl::StrCat(field, ".id"), "is there twice");
    for (const std::string& room : course.rooms()) {
      if (!places_.contains(room))
        errors_.Add(absl::StrCat(field, ".rooms"), "must be among the rooms of the day");
    }
    if (!course.sessions().empty() && (wishes_.at_school() || course.guided() || !course.rooms().empty()))
      errors_.Add(absl::StrCat(field, ".sessions"),
                  "go without rooms, guides and at_school: who gives them is there");
    for (const std::string& session : course.sessions()) {
      if (!names::Parse(field, "events/*/sessions/*", session).ok())
        errors_.Add(absl::StrCat(field, ".sessions"), "must be sessions, like \"events/…/sessions/…\"");
    }
    for (const std::string& guide : course.guides()) {
      if (!guides_.contains(guide))
        errors_.Add(absl::StrCat(field, ".guides"), "must be among the guides of the day");
    }
  }

  void CheckClass(int i) {
    const v1::VisitDay::SchoolClass& one = wishes_.classes(i);
    const std::string field = absl::StrCat("visit_day.classes[", i, "]");
    if (!classes_.insert(one.id()).second)
      errors_.Add(absl::StrCat(field, ".id"), "is there twice: a class is in one place at a time");
    if (!GradeRank(one.grade())) errors_.Add(absl::StrCat(field, ".grade"), kGradeRule);
    std::set<std::string> once;
    for (const std::string& course : one.courses()) {
      if (!courses_.contains(course) || !once.insert(course).second)
        errors_.Add(absl::StrCat(field, ".courses"), "must be ids of courses of the day, each once");
    }
    if (one.has_away()) CheckSpan(absl::StrCat(field, ".away"), one.away());
  }

  void CheckCalendar() {
    const v1::VisitDay::SchoolCalendar& school = wishes_.school_calendar();
    const auto check = [&](absl::string_view list, const auto& all) {
      for (const auto& days : all) {
        if (!IsDay(days.first()) || !IsDay(days.last()) || DayOf(days.last()) < DayOf(days.first()))
          errors_.Add(absl::StrCat("visit_day.school_calendar.", list),
                      "must be days, the last not before the first");
      }
    };
    check("terms", school.terms());
    check("exam_weeks", school.exam_weeks());
    for (const auto& period : school.periods()) CheckSpan("visit_day.school_calendar.periods", period);
  }

  const v1::VisitDay& wishes_;
  FieldErrors errors_;
  std::set<std::string> places_, guides_, courses_, classes_;
};

absl::Status CheckSchoolDays(const v1::VisitDay& wishes) {
  const absl::CivilDay day = DayOf(wishes.date());
  const auto within = [&](const auto& days) {
    return DayOf(days.first()) <= day && day <= DayOf(days.last());
  };
  const auto& school = wishes.school_calendar();
  if (!school.terms().empty() && std::none_of(school.terms().begin(), school.terms().end(), within)) {
    return refusal::Refuse(kNo, "VISIT_OUTSIDE_TERM",
                           {{"school", wishes.school()}, {"date", calendar::FormatDate(day)}});
  }
  for (const auto& days : school.exam_weeks()) {
    if (!within(days)) continue;
    return refusal::Refuse(kNo, "VISIT_IN_EXAM_WEEK",
                           {{"school", wishes.school()},
                            {"date", calendar::FormatDate(day)},
                            {"last", calendar::FormatDate(DayOf(days.last()))}});
  }
  return absl::OkStatus();
}

absl::Status CheckAdults(const v1::VisitDay& wishes, const Rules& rules) {
  for (const v1::VisitDay::SchoolClass& one : wishes.classes()) {
    const int ratio = PupilsPerAdult({}, one.grade(), rules);
    const int needed = (one.pupils() + ratio - 1) / ratio;
    if (one.adults() >= needed) continue;
    return refusal::Refuse(kNo, "TOO_FEW_ADULTS",
                           {{"class", one.id()},
                            {"pupils", absl::StrCat(one.pupils())},
                            {"adults", absl::StrCat(one.adults())},
                            {"needed", absl::StrCat(needed)},
                            {"rule", absl::StrCat("1:", ratio)}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWishes(const v1::VisitDay& wishes, const Rules& rules, absl::Time now) {
  if (absl::Status status = Checker(wishes).Check(now); !status.ok()) return status;
  if (absl::Status status = CheckSchoolDays(wishes); !status.ok()) return status;
  return CheckAdults(wishes, rules);
}

}  // namespace kepu::event::domain
