// Who is responsible for a task of the plan: what makes a row sound, and the one name it can have. Pure
// functions; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "kepu/event/v1/campaign.pb.h"

namespace kepu::event::domain {

// INVALID_ARGUMENT with every field that is wrong.
absl::Status CheckResponsibility(const v1::Responsibility& row);

// "LEAD" before "PARTICIPANT" within a task.
std::string OrderOf(const v1::Responsibility& row);

}  // namespace kepu::event::domain
