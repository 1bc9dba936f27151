// Folding facts into sessions: the only way a session changes. The head is folded alone by read models; the
// children part needs the children that the fact names. Pure.
#pragma once

#include "absl/status/status.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// Needs nothing but the head: facts carry the differences.
void ApplyHead(record::SessionHead& head, const record::Fact& fact);

// Head and children. INTERNAL when a child that the fact changes is not there: a defect.
absl::Status Apply(Session& session, const record::Fact& fact);

// For those who apply a part of a fact: somebody who waits may have to be offered something.
void LookForParties(record::SessionHead& head);

}  // namespace kepu::event::domain
