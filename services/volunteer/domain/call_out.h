// Call-outs: what may be called for, whom it concerns, and the shifts that come of it. Source: norms N9.18.
// Pure functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/call_out.pb.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Fills what defaults and refuses what is wrong.
absl::Status CheckCallOut(v1::CallOut& call_out, absl::Time now);
// The shift that a need becomes, under the name that the call-out gives it.
ShiftCommand ShiftOf(const v1::CallOut& call_out, const v1::CallOut::Need& need);
// Whom it may concern: who may serve, of its district, with all its skills.
bool Concerns(const v1::CallOut& call_out, const record::PersonHead& person, absl::Time now);

}  // namespace kepu::volunteer::domain
