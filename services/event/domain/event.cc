#include "services/event/domain/event.h"

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {

absl::StatusOr<Facts> DecideCreateEvent(const Event& event, record::EventHead created, absl::Time now) {
  if (event.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", absl::StrCat("events/", event.head().id())}});
  }
  refusal::FieldErrors errors;
  if (created.display_name().zh().empty()) errors.Add("event.display_name.zh", "is required");
  if ((created.start_us() == 0) != (created.end_us() == 0)) {
    errors.Add("event.end_time", "start_time and end_time are given both or not at all");
  } else if (created.end_us() < created.start_us()) {
    errors.Add("event.end_time", "must not be before start_time");
  }
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  created.set_state(v1::Event::PUBLISHED);
  *facts.back().mutable_event_created()->mutable_event() = std::move(created);
  return facts;
}

void ApplyHead(record::EventHead& head, const record::Fact& fact) {
  if (fact.has_event_created()) {
    head = fact.event_created().event();
    head.set_create_us(fact.time_us());
  }
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
}

absl::Status Apply(Event& event, const record::Fact& fact) {
  ApplyHead(event.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
