// The failures a client answers with, which say whether the command may have taken effect. Values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kepu::redis {

// UNAVAILABLE; the command certainly did not run.
absl::Status NotRun(absl::string_view why);

// `status` marked so that MayHaveRun tells it.
absl::Status OutcomeUnknown(absl::Status status);

}  // namespace kepu::redis
