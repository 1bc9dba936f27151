// An event as an aggregate: what people come to, by itself. Its sessions are aggregates of their own, at
// their places. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Event = aggregate::Aggregate<record::EventHead, record::EventChild>;

// `created` is complete but for state and times, which are set here.
absl::StatusOr<Facts> DecideCreateEvent(const Event& event, record::EventHead created, absl::Time now);

void ApplyHead(record::EventHead& head, const record::Fact& fact);
absl::Status Apply(Event& event, const record::Fact& fact);

}  // namespace kepu::event::domain
