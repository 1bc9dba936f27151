// What is recorded of a venue beside what it is: the checklist of a public place, and its upgrades. Pure;
// thread-safe.
#pragma once

#include "absl/time/civil_time.h"
#include "kepu/venue/v1/venue.pb.h"

namespace kepu::refusal {
class FieldErrors;
}

namespace kepu::venue {

// Adds what is wrong with them, as fields of "venue".
void CheckDetails(const v1::Venue& venue, absl::CivilDay today, refusal::FieldErrors& errors);

}  // namespace kepu::venue
