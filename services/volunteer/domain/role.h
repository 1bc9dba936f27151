// Roles that volunteers serve in. Pure functions on the resource, which is its own record.
#pragma once

#include "absl/status/status.h"
#include "kepu/volunteer/v1/role.pb.h"

namespace kepu::volunteer::domain {

// Fills what defaults; INVALID_ARGUMENT naming the fields that cannot be.
absl::Status CheckRole(v1::Role& role);

}  // namespace kepu::volunteer::domain
