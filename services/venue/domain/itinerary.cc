#include "services/venue/domain/itinerary.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::DayOf;

std::string FieldOf(size_t visit, absl::string_view of = "start_time") {
  return absl::StrCat("tour.stops[", visit, "].", of);
}

std::string MinutesText(absl::Duration time) { return absl::StrCat(absl::ToInt64Minutes(time)); }

// Days of driving and nothing else.
int DrivingDays(absl::Duration way) {
  return static_cast<int>((way + kCrewDay - absl::Minutes(1)) / kCrewDay);
}

absl::Time HourOf(absl::CivilDay day, int hour) { return calendar::At(day, hour * 60); }

// One crew through its days.
class Crew {
 public:
  Crew(const travel::Place& home, const std::vector<Visit>& visits, const travel::KnownTimes& known,
       Problems& problems)
      : home_(home), visits_(visits), known_(known), problems_(problems), at_(&home) {}

  Itinerary Run() {
    out_.overnight.resize(visits_.size());
    for (size_t first = 0; first < visits_.size();) {
      const absl::CivilDay day = DayOf(visits_[first].service.start);
      size_t end = first + 1;
      while (end < visits_.size() && DayOf(visits_[end].service.start) == day) ++end;
      Day(day, first, end);
      first = end;
    }
    if (at_ != &home_) {
      // Home on the days after the last stop.
      const Way way = WayBetween(*at_, home_);
      const int days = std::max(1, DrivingDays(way.time));
      out_.nights += days;
      Drive(way);
      free_ = HourOf(last_day_ + days, kDrivingDayHour) + (way.time - kCrewDay * (days - 1));
    }
    out_.taken.end = free_;
    return std::move(out_);
  }

 private:
  Way WayBetween(const travel::Place& from, const travel::Place& to) const {
    return {travel::TravelTime(from, to, known_), RoadKm(from, to)};
  }
  void Drive(const Way& way) {
    out_.driving += way.time;
    out_.km += way.km;
  }
  void Leave(absl::Time time) {
    if (out_.ways.empty()) out_.taken.start = time;
  }

  void NoTime(size_t visit, const Way& way, absl::Time earliest) {
    problems_.push_back({FieldOf(visit),
                         "TOUR_NO_TIME_TO_DRIVE",
                         {{"stop", visits_[visit].place.name},
                          {"from", at_->name},
                          {"drive_minutes", MinutesText(way.time)},
                          {"start", LocalText(visits_[visit].service.start)},
                          {"earliest", LocalText(earliest)}}});
  }

  // Comes to the first visit of a day; the driving of that day.
  absl::Duration Come(absl::CivilDay day, size_t visit, absl::Duration rest_of_day) {
    const Way way = WayBetween(*at_, visits_[visit].place);
    const absl::Time start = visits_[visit].service.start;
    const bool from_home = at_ == &home_;
    const bool before = from_home ? way.km > kOvernightKm : way.time + rest_of_day > kCrewDay;
    absl::Duration driven;
    if (before && DrivingDays(way.time) > 0) {
      const int days = DrivingDays(way.time);
      const absl::CivilDay leaves = day - days;
      if (!out_.ways.empty() && leaves <= last_day_)
        NoTime(visit, way, start + absl::Hours(24) * (last_day_ + 1 - leaves));
      Leave(HourOf(leaves, kDrivingDayHour));
      if (from_home) out_.nights += days;
    } else {
      const absl::Time leaves = start - kSetUp - way.time;
      const absl::Time earliest = HourOf(day, kFirstHour);
      if (leaves < earliest) NoTime(visit, way, earliest + way.time + kSetUp);
      Leave(leaves);
      driven = way.time;
    }
    Drive(way);
    out_.ways.push_back(way);
    at_ = &visits_[visit].place;
    return driven;
  }

  void Day(absl::CivilDay day, size_t first, size_t end) {
    if (at_ != &home_) out_.nights += static_cast<int>(day - last_day_);
    absl::Duration work;
    for (size_t i = first; i < end; ++i) work += kSetUp + visits_[i].service.length() + kTakeDown;
    for (size_t i = first + 1; i < end; ++i) work += WayBetween(visits_[i - 1].place, visits_[i].place).time;
    const travel::Place& last = visits_[end - 1].place;
    const Way back = WayBetween(last, home_);
    const bool stays = visits_[end - 1].overnight || back.km > kOvernightKm;
    if (!stays) work += back.time;
    work += Come(day, first, work);
    free_ = visits_[first].service.end + kTakeDown;
    for (size_t i = first + 1; i < end; ++i) Next(i);
    last_day_ = day;
    if (stays) {
      out_.overnight[end - 1] = true;
    } else {
      Drive(back);
      free_ += back.time;
      at_ = &home_;
    }
    CheckDay(day, first, end, work, stays);
  }

  void Next(size_t visit) {
    const Way way = WayBetween(*at_, visits_[visit].place);
    const absl::Time ready = free_ + way.time + kSetUp;
    if (ready > visits_[visit].service.start) NoTime(visit, way, ready);
    Drive(way);
    out_.ways.push_back(way);
    at_ = &visits_[visit].place;
    free_ = visits_[visit].service.end + kTakeDown;
  }

  void CheckDay(absl::CivilDay day, size_t first, size_t end, absl::Duration work, bool stays) {
    const std::string date = calendar::FormatDate(day);
    if (work > kCrewDay)
      problems_.push_back({FieldOf(end - 1),
                           "TOUR_CREW_DAY",
                           {{"date", date},
                            {"minutes", MinutesText(work)},
                            {"max", MinutesText(kCrewDay)},
                            {"over", MinutesText(work - kCrewDay)},
                            {"stop", visits_[end - 1].place.name}}});
    if (free_ > HourOf(day, kLastHour))
      problems_.push_back(
          {FieldOf(end - 1, "end_time"),
           "TOUR_BACK_TOO_LATE",
           {{"date", date},
            {"back", LocalText(free_)},
            {"latest_end", LocalText(visits_[end - 1].service.end - (free_ - HourOf(day, kLastHour)))},
            {"where", stays ? "inn" : "home"}}});
    int assemblies = 0, classes = 0;
    for (size_t i = first; i < end; ++i) {
      const bool said = visits_[i].assemblies + visits_[i].classes > 0;
      assemblies += said ? visits_[i].assemblies : 1;
      classes += visits_[i].classes;
    }
    if (assemblies * kClassesPerDay + classes * kAssembliesPerDay > kAssembliesPerDay * kClassesPerDay)
      problems_.push_back({FieldOf(end - 1),
                           "TOUR_TOO_MUCH_SERVICE",
                           {{"date", date},
                            {"assemblies", absl::StrCat(assemblies)},
                            {"classes", absl::StrCat(classes)},
                            {"max_assemblies", absl::StrCat(kAssembliesPerDay)},
                            {"max_classes", absl::StrCat(kClassesPerDay)}}});
  }

  const travel::Place& home_;
  const std::vector<Visit>& visits_;
  const travel::KnownTimes& known_;
  Problems& problems_;
  Itinerary out_;
  const travel::Place* at_;
  absl::Time free_;          // from when on the crew could drive
  absl::CivilDay last_day_;  // of service
};

// A lorry brings the set; it drives eight hours a day, the days and nights between count whole.
Itinerary MuseumTour(const travel::Place& home, const std::vector<Visit>& visits,
                     const travel::KnownTimes& known, Problems& problems) {
  Itinerary out;
  const travel::Place* at = &home;
  absl::Time free = absl::InfinitePast();
  auto way_to = [&](const travel::Place& to) {
    const Way way{travel::TravelTime(*at, to, known), RoadKm(*at, to)};
    out.driving += way.time;
    out.km += way.km;
    return way;
  };
  for (size_t i = 0; i < visits.size(); ++i) {
    const Visit& visit = visits[i];
    const Way way = way_to(visit.place);
    const absl::Duration needed = kMuseumSetUp + absl::Hours(24) * std::max(1, DrivingDays(way.time));
    if (i == 0) out.taken.start = visit.service.start - needed;
    if (i > 0 && free + needed > visit.service.start)
      problems.push_back({FieldOf(i),
                          "TOUR_NO_TIME_TO_DRIVE",
                          {{"stop", visit.place.name},
                           {"from", at->name},
                           {"drive_minutes", MinutesText(way.time)},
                           {"start", LocalText(visit.service.start)},
                           {"earliest", LocalText(free + needed)}}});
    out.ways.push_back(way);
    out.overnight.push_back(false);
    at = &visit.place;
    free = visit.service.end + kMuseumTakeDown;
  }
  const Way back = way_to(home);
  out.taken.end = free + absl::Hours(24) * std::max(1, DrivingDays(back.time));
  return out;
}

}  // namespace

int RoadKm(const travel::Place& from, const travel::Place& to) {
  if (!from.name.empty() && from.name == to.name) return 0;
  return static_cast<int>(std::ceil(travel::GreatCircleKm(from, to) * travel::kDetour));
}

Itinerary WorkOut(v1::Caravan::Kind kind, const travel::Place& home, const std::vector<Visit>& visits,
                  const travel::KnownTimes& known, Problems& problems) {
  return kind == v1::Caravan::MOBILE_MUSEUM ? MuseumTour(home, visits, known, problems)
                                            : Crew(home, visits, known, problems).Run();
}

}  // namespace kepu::venue
