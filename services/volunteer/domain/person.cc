#include "services/volunteer/domain/person.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/domain/endings.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/timeline.h"

namespace kepu::volunteer::domain {
namespace {

using reservation::v1::Claim;
using reservation::v1::Demand;

std::string Minutes(absl::Duration duration) { return absl::StrCat(absl::ToInt64Minutes(duration)); }
std::string Hours(absl::Duration duration) { return absl::StrCat(absl::ToDoubleHours(duration)); }

// The weeks in which something could meet [start, end).
std::set<std::string> WeeksAround(absl::Time start, absl::Time end) {
  std::set<std::string> weeks;
  const absl::Time last = end + kTravelMax;
  for (absl::Time at = start - kAssignmentMax - kTravelMax; at < last; at += absl::Hours(24 * 7)) {
    weeks.insert(WeekOf(at));
  }
  weeks.insert(WeekOf(start));
  weeks.insert(WeekOf(last));
  return weeks;
}

// All assignments of those weeks; NotLoaded when one of them is not known, after asking for all.
absl::StatusOr<std::vector<record::Assignment>> AssignmentsIn(const Person& person,
                                                              const std::set<std::string>& weeks) {
  std::vector<record::Assignment> all;
  absl::Status status;
  for (const std::string& week : weeks) {
    auto child = person.Find(WeekField(week));
    if (!child.ok()) {
      status = child.status();
    } else if (*child != nullptr) {
      const auto& assignments = (*child)->week().assignments();
      all.insert(all.end(), assignments.begin(), assignments.end());
    }
  }
  if (!status.ok()) return status;
  return all;
}

absl::Status Overlaps(const record::Assignment& other, absl::Duration gap) {
  return refusal::Refuse(
      absl::StatusCode::kFailedPrecondition, "OVERLAPS",
      {{"with", other.purpose()},
       {"start", absl::FormatTime(absl::FromUnixMicros(other.start_us()), absl::UTCTimeZone())},
       {"end", absl::FormatTime(absl::FromUnixMicros(other.end_us()), absl::UTCTimeZone())},
       {"gap_minutes", Minutes(gap)}});
}

// Without those of a reservation that is taken over; NotLoaded while it is not known whose they are.
absl::Status LeaveOut(const Person& person, const std::string& reservation,
                      std::vector<record::Assignment>* assignments) {
  if (reservation.empty()) return absl::OkStatus();
  absl::Status missing;
  const auto taken_over = [&](const record::Assignment& assignment) {
    auto child = person.Find(reservation::ClaimField(assignment.claim_id()));
    if (!child.ok()) missing = child.status();
    return child.ok() && *child != nullptr && (*child)->claim().claim().reservation() == reservation;
  };
  assignments->erase(std::remove_if(assignments->begin(), assignments->end(), taken_over),
                     assignments->end());
  return missing;
}

absl::Status TooManyHours(const char* span, absl::Duration have, absl::Duration more, absl::Duration most) {
  return refusal::Refuse(
      absl::StatusCode::kFailedPrecondition, "TOO_MANY_HOURS",
      {{"span", span}, {"have", Hours(have)}, {"more", Hours(more)}, {"most", Hours(most)}});
}

// Overlaps and hours, as timeline.h reckons them, as a refusal.
absl::Status CheckTimeLine(const std::vector<record::Assignment>& assignments, const Demand& demand,
                           const v1::Duty& duty, absl::Time start, absl::Time end, const Rules& rules) {
  std::vector<Stretch> taken;
  taken.reserve(assignments.size());
  for (const record::Assignment& assignment : assignments) taken.push_back(StretchOf(assignment));
  const int64_t start_us = absl::ToUnixMicros(start);
  const Stretch wanted{start_us, absl::ToUnixMicros(end), DayNumber(start_us), demand.place(),
                       duty.has_whereabouts() ? &duty.whereabouts() : nullptr};
  const Obstacle obstacle = FindObstacle(taken, wanted, rules);
  switch (obstacle.kind) {
    case Obstacle::kOverlaps:
      return Overlaps(assignments[obstacle.with], obstacle.gap);
    case Obstacle::kDay:
      return TooManyHours("DAY", obstacle.have, end - start, rules.day_max);
    case Obstacle::kWeek:
      return TooManyHours("WEEK", obstacle.have, end - start, rules.week_max);
    case Obstacle::kNone:
      break;
  }
  return absl::OkStatus();
}

// The limits that hold of the demand: fewer hours for minors, whom nobody may put in beyond them; for others
// none where a coordinator answers for it. The way stays whatever is set aside: nobody is at two places.
absl::Status CheckLimits(const std::vector<record::Assignment>& assignments, const Demand& demand,
                         const v1::Duty& duty, const Age& age, absl::Time start, absl::Time end,
                         const Rules& rules) {
  const absl::Duration most = DayMaxOf(age, start, rules);
  const bool set_aside = duty.override().limits();
  if (most >= rules.day_max && !set_aside) return CheckTimeLine(assignments, demand, duty, start, end, rules);
  Rules applied = rules;
  if (set_aside) {
    applied.rest = absl::ZeroDuration();
    applied.day_max = applied.week_max = absl::Hours(24 * 7);
  }
  if (most < rules.day_max) applied.day_max = most;
  return CheckTimeLine(assignments, demand, duty, start, end, applied);
}

}  // namespace

std::string WeekField(absl::string_view monday) { return absl::StrCat("w/", monday); }
// Of rows from before ledgers.
std::string HoursField(absl::string_view shift) { return absl::StrCat("h/", shift); }

std::string WeekOf(absl::Time time) {
  const absl::CivilDay day = calendar::DayOf(time);
  return calendar::FormatDate(day - calendar::WeekdayIndex(day));
}

absl::StatusOr<v1::Duty> DutyOf(const Demand& demand) {
  v1::Duty duty;
  if (!duty.ParseFromString(demand.detail())) return refusal::BadField("demand.detail", "cannot be read");
  if (!duty.has_whereabouts()) return duty;
  const google::type::LatLng& at = duty.whereabouts().location();
  const bool somewhere = std::abs(at.latitude()) <= 90 && std::abs(at.longitude()) <= 180;
  if (!duty.whereabouts().has_location() || !somewhere) {
    return refusal::BadField("demand.detail",
                             "must say a latitude from -90 to 90 and a longitude from -180 to 180");
  }
  return duty;
}

record::Fact At(absl::Time now) {
  record::Fact fact;
  fact.set_time_us(absl::ToUnixMicros(now));
  return fact;
}

absl::Status CheckRoom(const Person& person, const Demand& demand, const Age& age, const Rules& rules,
                       absl::Time now) {
  // Who had their data erased is nobody any more.
  if (!person.Exists() || person.head().erased_us() != 0) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_REGISTERED",
                           {{"name", demand.thing()}});
  }
  const absl::Time stopped_until = absl::FromUnixMicros(person.head().stopped_until_us());
  if (stopped_until > now) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "VOLUNTEER_STOPPED",
                           {{"until", absl::FormatTime(stopped_until, absl::UTCTimeZone())}});
  }
  const absl::Time start = calendar::FromProto(demand.start_time());
  const absl::Time end = calendar::FromProto(demand.end_time());
  if (!demand.has_start_time() || !demand.has_end_time() || end <= start || end - start > kAssignmentMax) {
    return refusal::BadField("demand.end_time", "must come after the start, and within a day of it");
  }
  auto duty = DutyOf(demand);
  if (!duty.ok()) return duty.status();
  const v1::Requirements& needs = duty->requirements();
  const absl::Status eligible =
      duty->trainee() ? CheckLearner(needs, demand.purpose(), person.head(), age, start, end, rules)
                      : CheckEligible(person.head(), age, needs, start, end, rules);
  if (!eligible.ok()) return eligible;
  auto assignments = AssignmentsIn(person, WeeksAround(start, end));
  if (!assignments.ok()) return assignments.status();
  if (absl::Status status = LeaveOut(person, demand.in_place_of(), &*assignments); !status.ok())
    return status;
  return CheckLimits(*assignments, demand, *duty, age, start, end, rules);
}

absl::StatusOr<const Claim*> FindClaim(const Person& person, absl::string_view claim_id) {
  auto child = person.FindOrAssumeAbsent(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim().claim();
}

absl::StatusOr<record::Fact> ClaimedFact(const Person& person, const reservation::v1::ClaimFact& claim) {
  record::Fact fact;
  *fact.mutable_person_claimed()->mutable_claim() = claim;
  auto child = person.FindOrAssumeAbsent(reservation::ClaimField(claim.claim_id()));
  if (!child.ok()) return child.status();
  std::string week;
  if (claim.has_tried()) {
    week = WeekOf(calendar::FromProto(claim.tried().demand().start_time()));
    fact.mutable_person_claimed()->set_week(week);
  } else if (*child != nullptr) {
    week = (*child)->claim().week();
  }
  if (!week.empty()) {
    if (auto calendar = person.Find(WeekField(week)); !calendar.ok()) return calendar.status();
  }
  return fact;
}

absl::Time NextDue(const record::PersonHead& head) {
  return std::min({reservation::NextForgetting(head.keeping()), NextStopEnd(head), NextEnding(head)});
}

absl::StatusOr<Facts> Due(const Person& person, absl::Time now) {
  if (auto ended = DueStopEnd(person.head(), now)) return Facts{*ended};
  if (auto noted = DueEndings(person.head(), now)) return Facts{*noted};
  auto forgotten = reservation::DecideForgetting(
      person, person.head().keeping(), now, [](const record::PersonChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = person.Find(field);
        if (!child.ok()) return child.status();
        return reservation::MayForget(*child == nullptr ? nullptr : &(*child)->claim().claim());
      });
  if (!forgotten.ok()) return forgotten.status();
  if (!*forgotten) return Facts{};
  record::Fact fact = At(now);
  *fact.mutable_ends_forgotten() = **forgotten;
  return Facts{fact};
}

}  // namespace kepu::volunteer::domain
