// What has an exhibit over time, claims of reservations and custodies alike, and which of them cannot both
// be: one thing is in one place, and takes its time to get to another. Values of one executor; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/interval_set.h"
#include "services/venue/domain/exhibits.h"

namespace kepu::venue {

// What has the exhibit, or wants it.
struct Use {
  enum Kind { kClaim, kStay, kRepair };
  calendar::Interval time;
  std::string place;
  std::string with;  // the purpose of a claim, the name of a custody
  Kind kind = kClaim;
  // Of a claim.
  std::string claim_id = {};
  std::string reservation = {};
  std::string in_place_of = {};
};
using Uses = std::vector<Use>;

Use UseOf(const v1::Custody& custody);

// "m/202604": live claims of a local month.
std::string ClaimedField(absl::CivilMonth month);
calendar::Interval Widened(const calendar::Interval& time, absl::Duration by);

// A claim and a custody that only says it is where the claim needs it go together, so do custodies of one
// place, and a claim with those that it takes over; of all others one has it at a time, with `handling`
// between different places.
bool Collide(const Use& a, const Use& b, absl::Duration handling);

// Live claims that meet the window; NotLoaded after asking for all that is needed.
absl::StatusOr<Uses> ClaimsIn(const ExhibitState& state, const calendar::Interval& window);
// The same with custodies, by start.
absl::StatusOr<Uses> UsesIn(const ExhibitState& state, const calendar::Interval& window);

// How far before and after a wish another time is looked for: further off it is another programme.
inline constexpr absl::Duration kNearestReach = absl::Hours(24 * 14);
// Starts of the nearest times before and after the wish at which it would fit between the uses.
struct Nearest {
  std::optional<absl::Time> before, after;
};
Nearest NearestTo(const Use& wish, const Uses& uses, absl::Duration handling, absl::Time now);

// Of uses by start: a claim that is not over and that collides with another use; null: none.
const Use* FirstBroken(const Uses& uses, absl::Duration handling, absl::Time now);

}  // namespace kepu::venue
