// A programme as an aggregate: the terms on which a place offers something to classes. What a session keeps
// of it is copied when the session is made, so that a booking reads the session alone. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/event/domain/document.h"

namespace kepu::event::domain {

using Programme = aggregate::Aggregate<record::ProgrammeHead, record::DocumentChild>;

template <>
struct StateOf<v1::Programme> {
  using Type = Programme;
  // One that was made before programmes were documents.
  static bool FromHead(const Programme& state, v1::Programme* programme);
};

// Fills in what defaults; refuses what is wrong.
absl::Status MakeProgramme(v1::Programme& programme, const Rules& rules);
// Of a programme as an update would leave it.
absl::Status CheckUpdatedProgramme(const v1::Programme& programme);
absl::Status RetireProgramme(v1::Programme& programme, absl::Time now);

bool ServesGrade(const v1::Programme& programme, absl::string_view grade);

v1::Programme ProgrammeOf(const record::ProgrammeHead& head);
// As it was before documents: of the facts that the head alone kept.
void ApplyHead(record::ProgrammeHead& head, const record::Fact& fact);
absl::Status Apply(Programme& programme, const record::Fact& fact);

}  // namespace kepu::event::domain
