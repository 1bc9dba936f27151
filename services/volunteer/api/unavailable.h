// Duties that somebody cannot come to and cannot end by themselves, since another service has claimed their
// time: reported, for who did. Pure functions on values and views.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "libs/reservation/desk.h"

namespace kepu::volunteer {

// By the claim's id, which is the last part of the duty's name.
std::string UnavailabilityName(absl::string_view duty);
// A claim on their time as a duty that they cannot come to.
v1::Unavailability UnavailabilityOf(const std::string& person, const reservation::v1::Claim& claim);

// Where the report lies, and the facts that make it stand in a view of it; none when it does.
reservation::Place PlaceOfReport(const v1::Unavailability& report);
absl::Status EmitReport(store::View& view, const v1::Unavailability& report, absl::Time now);

}  // namespace kepu::volunteer
