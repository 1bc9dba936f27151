// Roles that volunteers serve in, and what a shift takes of its role. Pure functions on the resource, which
// is its own record.
#pragma once

#include "absl/status/status.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Fills what defaults; INVALID_ARGUMENT naming the fields that cannot be. A role for left-behind children
// always asks for a background check and for two adults (R162).
absl::Status CheckRole(v1::Role& role);

// What both ask for: of lists everything, of ages the narrower. Nothing that one of them asks for is lowered.
v1::Requirements Joined(const v1::Requirements& one, const v1::Requirements& other);

// Completes what is given of a shift by its role as it stands, null when there is none of that name: its
// text, way of signing up, trainee places and break where they are not given, its requirements beside those
// that are. INVALID_ARGUMENT for a role that is not there, FAILED_PRECONDITION / ROLE_RETIRED.
absl::Status TakeRole(const v1::Role* role, ShiftCommand* command);

}  // namespace kepu::volunteer::domain
