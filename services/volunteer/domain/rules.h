// The numbers a city may set for volunteers, with their defaults, and the time between places. A value, read
// from the configuration once and passed to every decision; facts carry what came of it, so that a change
// never rewrites the past.
#pragma once

#include <vector>

#include <string>

#include "absl/time/time.h"
#include "libs/travel/travel.h"
#include "services/volunteer/domain/minors.h"

namespace kepu::volunteer::domain {

struct Rules {
  absl::Duration day_max = absl::Hours(8);
  absl::Duration week_max = absl::Hours(40);
  // Between two assignments, beside the way from one place to the other.
  absl::Duration rest = absl::Minutes(30);
  // Without a reason a volunteer may withdraw until so long before the start.
  absl::Duration leave_limit = absl::Hours(24);
  absl::Duration check_in_before = absl::Minutes(60);
  // Presence counts this far outside the plan, in whole steps.
  absl::Duration count_slack = absl::Minutes(15);
  absl::Duration count_step = absl::Minutes(30);
  // Without a guardian's consent on record nobody younger may serve.
  int age_min = 18;
  // What minors may do, by date.
  std::vector<MinorLaw> minor_laws = ShippedMinorLaws();
  // Ways that are known better than by the rule of thumb over coordinates.
  travel::KnownTimes known_ways;
  // The way between two places when that of one of them is not known: across the main urban area.
  absl::Duration unknown_way = absl::Hours(1);
  // The page on which anybody checks a certificate, for the code on the paper; empty: number and code alone.
  std::string verify_url = {};
};

// The longest way that is reckoned with: bounds how far around an assignment others are looked for.
inline constexpr absl::Duration kTravelMax = absl::Hours(12);
// The longest time that can be claimed of a person at once.
inline constexpr absl::Duration kAssignmentMax = absl::Hours(24);

}  // namespace kepu::volunteer::domain
