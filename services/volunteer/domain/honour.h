// Honours, commendations and the awards they may be of (R021, R022). Pure functions on the resources, which
// are their own records.
#pragma once

#include "absl/status/status.h"
#include "kepu/volunteer/v1/honour.pb.h"

namespace kepu::volunteer::domain {

// INVALID_ARGUMENT naming the fields that cannot be.
absl::Status CheckAward(const v1::Award& award);
absl::Status CheckHonour(const v1::Honour& honour);
// HONOUR_REVOKED when it is already.
absl::Status Revoke(const v1::Text& reason, v1::Honour& honour);

}  // namespace kepu::volunteer::domain
