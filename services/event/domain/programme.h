// A programme as an aggregate: the terms on which a place offers something to classes. What a session keeps
// of it is copied when the session is made, so that a booking reads the session alone. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Programme = aggregate::Aggregate<record::ProgrammeHead, record::ProgrammeChild>;

// `created` is complete but for times and what defaults, which are set here.
absl::StatusOr<Facts> DecideCreateProgramme(const Programme& programme, record::ProgrammeHead created,
                                            const Rules& rules, absl::Time now);

void ApplyHead(record::ProgrammeHead& head, const record::Fact& fact);
absl::Status Apply(Programme& programme, const record::Fact& fact);

}  // namespace kepu::event::domain
