// A person with calendar and ledger as one aggregate: who serves, when they are taken, and the hours they
// served. Claims on their time stand in the calendar by week, so that a decision reads at most three weeks.
// Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "services/volunteer/domain/eligibility.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

using Person = aggregate::Aggregate<record::PersonHead, record::PersonChild>;
using Facts = std::vector<record::Fact>;

// What happened so long before a start may not have been told by the process that ended.
inline constexpr absl::Duration kMayBeUntold = absl::Hours(1);
// Counted hours of that time that a head has room for.
inline constexpr int kCountedLatelyMax = 8;

std::string WeekField(absl::string_view monday);
std::string HoursField(absl::string_view shift);
// "2026-11-16": the Monday of the local week in which the time lies.
std::string WeekOf(absl::Time time);

// A fact with its time set.
record::Fact At(absl::Time now);

// What a demand asks of the person; empty when it does not say. INVALID_ARGUMENT for what cannot be read, or
// for a place that lies nowhere.
absl::StatusOr<v1::Duty> DutyOf(const reservation::v1::Demand& demand);

struct RegisterCommand {
  std::string id;
  std::string user;
  int32_t birth_year_band = 0;
  // What the person's head says when it is unsealed; 0: nothing, or it was erased.
  int32_t known_birth_year_band = 0;
  std::string district;
  // Given by who may be under age, and kept of minors only.
  std::optional<absl::CivilDay> birth_date = std::nullopt;
  std::optional<absl::CivilDay> known_birth_date = std::nullopt;
  std::vector<std::string> languages = {};
  std::vector<std::string> skills = {};
  v1::Category category = v1::CATEGORY_UNSPECIFIED;
  v1::Source source = v1::SOURCE_UNSPECIFIED;
  // As facts keep them: sealed by the caller under the user's key.
  std::string sealed_birth_year_band = {};
  std::string sealed_birth_date = {};
};
// Registers, or changes what may change (domain/profile.cc). Minors register with their date of birth; of a
// child under 14 nothing personal is kept before a guardian consents (G17). TOO_YOUNG, PERSON_ERASED.
absl::StatusOr<Facts> DecideRegister(const Person& person, const RegisterCommand& command, const Rules& rules,
                                     absl::Time now);

// May this time be claimed, for what the demand asks? Hard limits: who may serve in it (CheckEligible), no
// overlap with rest and travel, hours of the day (of minors fewer) and of the week. Refusals name what is in
// the way: NOT_REGISTERED, VOLUNTEER_STOPPED, OVERLAPS, TOO_MANY_HOURS, and those of CheckEligible.
absl::Status CheckRoom(const Person& person, const reservation::v1::Demand& demand, const Age& age,
                       const Rules& rules, absl::Time now);

// The claim, null when there is none.
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const Person& person, absl::string_view claim_id);
// The fact of the service around one of reservations, which says itself when it was. NotLoaded until Apply
// has all it needs.
absl::StatusOr<record::Fact> ClaimedFact(const Person& person, const reservation::v1::ClaimFact& claim);

// Ends of claims that no late try can meet any more are forgotten.
absl::StatusOr<Facts> Due(const Person& person, absl::Time now);
absl::Time NextDue(const record::PersonHead& head);

// Needs nothing but the head: what read models fold.
void ApplyHead(record::PersonHead& head, const record::Fact& fact);
// Head and children. INTERNAL for what cannot be: a defect.
absl::Status Apply(Person& person, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
