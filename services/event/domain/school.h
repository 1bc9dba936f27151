// A school as the event service knows it: how many visits of each term are taken, and where each class is
// when. Bookings of its sessions claim both before the session decides, so that a class is never in two
// sessions at once and no term is overrun, in whatever partitions the sessions lie. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using School = aggregate::Aggregate<record::SchoolHead, record::SchoolChild>;

// First and last day, both included. A table of data, like the holidays.
struct Term {
  std::string id;
  absl::CivilDay first;
  absl::CivilDay last;
};
// Invented, for the demo city.
std::vector<Term> DemoTerms();

struct SchoolRules {
  std::vector<Term> terms = DemoTerms();
  // Visits of a school in a term; one class in one session is one. What lies outside of all terms counts by
  // its calendar year.
  int visits_per_term = 40;
  // Between two sessions of a class at different places.
  absl::Duration class_gap = absl::Minutes(30);
};

std::string TermOf(const SchoolRules& rules, absl::Time time);
// Begins the part of a demand that is a room of the school instead of a class: it has a calendar like a
// class, and takes no visit of a term. No class is called so.
inline constexpr char kRoomPart[] = "room/";
// "k/<class>/2026-11": what a class does in a local month, by the start.
std::string PageField(absl::string_view school_class, absl::Time time);

// When and where a class is.
struct Whereabouts {
  absl::string_view place;
  int64_t start_us = 0;
  int64_t end_us = 0;
};
// A class cannot be at both: lessons at one place follow each other without a way between them, others need
// the gap.
bool TooClose(const Whereabouts& a, const Whereabouts& b, absl::Duration gap);

// What a booking claims of its school.
reservation::v1::Demand SchoolDemand(const record::SessionHead& head, absl::string_view school,
                                     absl::string_view school_class, int32_t pupils);

// The same of its district, where a place limits those: `thing` is counted like a school without classes.
reservation::v1::Demand DistrictDemand(const record::SessionHead& head, absl::string_view thing);
// May it be claimed? DISTRICT_QUOTA_USED_UP; `most` 0: no limit.
absl::Status CheckDistrictRoom(const School& visits, const reservation::v1::Demand& demand, int most,
                               const SchoolRules& rules);

// May this be claimed? SCHOOL_QUOTA_USED_UP, CLASS_BUSY.
absl::Status CheckSchoolRoom(const School& school, const reservation::v1::Demand& demand,
                             const SchoolRules& rules);

// Null when there is none.
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const School& school, absl::string_view claim_id);
// The service's fact around one of reservations; NotLoaded until Apply has all it needs.
absl::StatusOr<record::Fact> ClaimedFact(const School& school, absl::string_view id,
                                         const reservation::v1::ClaimFact& claim, const SchoolRules& rules);

// Ended claims are forgotten when no call can ask for them any more.
absl::StatusOr<Facts> Due(const School& school, absl::Time now);
absl::Time NextDue(const School& school);

absl::Status Apply(School& school, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const School& school, const SchoolRules& rules);

}  // namespace kepu::event::domain
