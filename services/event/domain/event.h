// An event as an aggregate: what people come to, by itself. Its sessions are aggregates of their own, at
// their places. A draft may lack what it likes; what is published has what the plans count by. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/document.h"

namespace kepu::event::domain {

using Event = aggregate::Aggregate<record::EventHead, record::DocumentChild>;

template <>
struct StateOf<v1::Event> {
  using Type = Event;
  // One that was made before events were documents.
  static bool FromHead(const Event& state, v1::Event* event);
};

// Names of the fields that it must have before it can be published.
std::vector<std::string> MissingToPublish(const v1::Event& event);

// Fills in what defaults; refuses what is wrong, and with `publish` what is missing.
absl::Status MakeEvent(v1::Event& event, bool publish, absl::Time now);
// Of an event as an update would leave it.
absl::Status CheckUpdatedEvent(const v1::Event& event);
absl::Status PublishEvent(v1::Event& event, absl::Time now);
absl::Status RetireEvent(v1::Event& event, absl::Time now);
// A draft of the same event in another year.
absl::StatusOr<v1::Event> CopyOfEvent(const v1::Event& event, int year, bool keep_weekdays);

// Runs at some time in [from, to); never, without times.
bool RunsWithin(const v1::Event& event, absl::Time from, absl::Time to);

v1::Event EventOf(const record::EventHead& head);
// As it was before documents: of the facts that the head alone kept.
void ApplyHead(record::EventHead& head, const record::Fact& fact);
absl::Status Apply(Event& event, const record::Fact& fact);

}  // namespace kepu::event::domain
