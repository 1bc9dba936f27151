#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/domain/endings.h"
#include "services/volunteer/domain/expert.h"
#include "services/volunteer/domain/membership.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/domain/qualification.h"

namespace kepu::volunteer::domain {
namespace {

void Enter(Person& person, const std::string& week, const reservation::v1::Claim& claim) {
  record::Assignment assignment;
  assignment.set_claim_id(claim.claim_id());
  assignment.set_start_us(calendar::MicrosOf(claim.demand().start_time()));
  assignment.set_end_us(calendar::MicrosOf(claim.demand().end_time()));
  assignment.set_place(claim.demand().place());
  assignment.set_purpose(claim.demand().purpose());
  // A claim that was granted says where, or nothing.
  if (auto duty = DutyOf(claim.demand()); duty.ok() && duty->has_whereabouts()) {
    *assignment.mutable_whereabouts() = duty->whereabouts();
  }
  const record::PersonChild* known = person.Mutable(WeekField(week));
  record::PersonChild child = known != nullptr ? *known : record::PersonChild();
  auto& list = *child.mutable_week()->mutable_assignments();
  *list.Add() = std::move(assignment);
  std::stable_sort(list.begin(), list.end(), [](const record::Assignment& a, const record::Assignment& b) {
    return a.start_us() < b.start_us();
  });
  person.Put(WeekField(week), std::move(child));
}

absl::Status Leave(Person& person, const std::string& week, const std::string& claim_id) {
  record::PersonChild* child = person.Mutable(WeekField(week));
  if (child == nullptr) return absl::InternalError(absl::StrCat("a claim's week is not there: ", week));
  auto& list = *child->mutable_week()->mutable_assignments();
  auto it = std::find_if(list.begin(), list.end(), [&](const record::Assignment& assignment) {
    return assignment.claim_id() == claim_id;
  });
  if (it == list.end()) return absl::InternalError(absl::StrCat("a claim is not in its week: ", claim_id));
  list.erase(it);
  if (list.empty()) person.Erase(WeekField(week));
  return absl::OkStatus();
}

absl::Status ApplyClaimed(Person& person, const record::PersonClaimed& claimed) {
  const std::string field = reservation::ClaimField(claimed.claim().claim_id());
  std::string week = claimed.week();
  const record::PersonChild* child = person.Mutable(field);
  const reservation::v1::Claim* before = child == nullptr ? nullptr : &child->claim().claim();
  const bool was_live = before != nullptr && reservation::IsLive(*before);
  if (was_live) week = child->claim().week();
  auto after = reservation::ApplyClaim(before, claimed.claim());
  if (!after.ok()) return after.status();
  const bool is_live = *after && reservation::IsLive(**after);
  if (!*after) {
    person.Erase(field);
  } else {
    record::PersonChild next;
    *next.mutable_claim()->mutable_claim() = **after;
    if (is_live) next.mutable_claim()->set_week(week);
    person.Put(field, std::move(next));
  }
  reservation::FileChild(person, person.head().keeping(), field, reservation::EndOf(claimed.claim()),
                         reservation::Filing<record::PersonChild>);
  if (is_live && !was_live) Enter(person, week, **after);
  if (was_live && !is_live) return Leave(person, week, claimed.claim().claim_id());
  return absl::OkStatus();
}

// Kept as long as it may not have been told, and no more than the head has room for.
void CountLately(record::PersonHead& head, const record::HoursCounted& counted) {
  if (counted.at_us() == 0) return;
  auto& lately = *head.mutable_counted_lately();
  const int64_t since_us = counted.at_us() - absl::ToInt64Microseconds(kMayBeUntold);
  const auto old = [&](const record::CountedLately& one) { return one.at_us() < since_us; };
  lately.erase(std::remove_if(lately.begin(), lately.end(), old), lately.end());
  if (lately.size() >= kCountedLatelyMax) lately.erase(lately.begin());
  record::CountedLately& one = *lately.Add();
  one.set_shift(counted.shift());
  one.set_start_us(counted.start_us());
  one.set_minutes(counted.minutes());
  one.set_at_us(counted.at_us());
}

void CountHours(record::PersonHead& head, const record::HoursCounted& counted) {
  CountLately(head, counted);
  head.set_total_minutes(head.total_minutes() + counted.minutes());
  head.set_served_shifts(head.served_shifts() + counted.shifts());
  const auto year = static_cast<int32_t>(calendar::DayOf(absl::FromUnixMicros(counted.start_us())).year());
  auto& years = *head.mutable_minutes_by_year();
  auto it = std::find_if(years.begin(), years.end(),
                         [&](const record::YearMinutes& one) { return one.year() == year; });
  record::YearMinutes& sum = it == years.end() ? *years.Add() : *it;
  sum.set_year(year);
  sum.set_minutes(sum.minutes() + counted.minutes());
}

}  // namespace

void ApplyHead(record::PersonHead& head, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kVolunteerRegistered: {
      const record::VolunteerRegistered& registered = fact.volunteer_registered();
      if (head.id().empty()) {
        head.set_id(registered.id());
        head.set_user(registered.user());
        head.set_state(v1::Volunteer::ACTIVE);
        head.set_sealed_birth_year_band(registered.sealed_birth_year_band());
        head.set_create_us(fact.time_us());
      }
      head.set_district(registered.district());
      head.set_sealed_languages(registered.sealed_languages());
      head.set_update_us(fact.time_us());
      return;
    }
    case record::Fact::kHoursRecorded:
      head.set_total_minutes(head.total_minutes() + fact.hours_recorded().entry().minutes());
      head.set_served_shifts(head.served_shifts() + 1);
      return;
    case record::Fact::kHoursCounted:
      return CountHours(head, fact.hours_counted());
    case record::Fact::kPersonClaimed:
      if (const auto end = reservation::EndOf(fact.person_claimed().claim()))
        reservation::FileEnd(*head.mutable_keeping(), *end);
      return;
    case record::Fact::kAvailabilitySet:
      *head.mutable_availability() = fact.availability_set().availability();
      return;
    case record::Fact::kEndsForgotten:
      reservation::FoldForgetting(*head.mutable_keeping(), fact.ends_forgotten());
      return;
    case record::Fact::kQualification:
      return ApplyStanding(head, fact.qualification().standing());
    case record::Fact::kEndingsNoted:
      return ApplyEndings(head, fact.endings_noted(), fact.time_us());
    default:
      if (ApplyProfileHead(head, fact) || ApplyTeamsHead(head, fact) || ApplyExpertHead(head, fact)) return;
      return ApplyRecognition(head, fact);
  }
}

absl::Status Apply(Person& person, const record::Fact& fact) {
  if (!person.Exists() && !fact.has_volunteer_registered()) return absl::InternalError("a fact of nobody");
  switch (fact.kind_case()) {
    case record::Fact::kVolunteerRegistered:
    case record::Fact::kAvailabilitySet:
    case record::Fact::kEndingsNoted:
    case record::Fact::kHoursCounted:
      break;
    case record::Fact::kPersonClaimed:
      if (absl::Status status = ApplyClaimed(person, fact.person_claimed()); !status.ok()) return status;
      break;
    case record::Fact::kHoursRecorded: {
      record::PersonChild child;
      *child.mutable_hours() = fact.hours_recorded().entry();
      person.Put(HoursField(fact.hours_recorded().entry().shift()), std::move(child));
      break;
    }
    case record::Fact::kEndsForgotten:
      reservation::EraseForgotten(person, person.head().keeping(), fact.ends_forgotten(),
                                  reservation::Filing<record::PersonChild>);
      break;
    case record::Fact::kQualification:
      ApplyQualification(person, fact.qualification(), fact.time_us());
      break;
    case record::Fact::kAbsenceChanged: {
      record::PersonChild child;
      *child.mutable_absence() = fact.absence_changed().mark();
      person.Put(AbsenceField(fact.absence_changed().mark().source().shift()), std::move(child));
      break;
    }
    case record::Fact::kStarReached:
    case record::Fact::kStarDropped:
    case record::Fact::kStopEnded:
      break;
    default:
      if (record::PersonHead probe; ApplyProfileHead(probe, fact)) {
        ApplyProfileChildren(person, fact);
        break;
      }
      if (ApplyExpertChildren(person, fact)) break;
      if (absl::Status status = ApplyTeamsChildren(person, fact); !status.ok()) return status;
  }
  ApplyHead(person.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
