// What a school's party must be: enough adults for its grade, and within the terms of the programme that the
// session belongs to. Reads the session's head only. Pure.
#pragma once

#include "absl/status/status.h"
#include "services/event/domain/bookings.h"

namespace kepu::event::domain {

// Refusals: TOO_FEW_ADULTS, GRADE_NOT_SERVED, PARTY_TOO_SMALL, PARTY_TOO_LARGE, or the field that is wrong.
absl::Status CheckSchoolParty(const record::SessionHead& head, const PartyCommand& command,
                              const Rules& rules);

// Pupils that one adult may accompany there.
int PupilsPerAdult(const record::ProgrammeTerms& terms, absl::string_view grade, const Rules& rules);

}  // namespace kepu::event::domain
