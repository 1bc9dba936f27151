// What facts about the ways into a shift change: part of folding a shift. Pure.
#pragma once

#include <string>

#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Children; INTERNAL for what cannot be, and for what is no fact of a shift.
absl::Status ApplyWays(Shift& shift, const record::Fact& fact);
void ApplyWaysHead(record::ShiftHead& head, const record::Fact& fact);
// The sign-up after the fact.
void ApplyMoved(record::SignupRecord& signup, const record::SignupMoved& moved, int64_t time_us);
// Somebody who was never here before is entered.
absl::Status EnterIndex(Shift& shift, const std::string& person);

}  // namespace kepu::volunteer::domain
