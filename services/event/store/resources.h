// From records to the resources of the contract: what callers see. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "kepu/event/v1/event.pb.h"
#include "services/event/domain/session.h"

namespace kepu::event {

void ToResource(const domain::record::SessionHead& head, v1::Session* session);
void ToResource(const domain::record::SessionHead& head, absl::string_view id,
                const domain::record::BookingRecord& booking, v1::Booking* resource);
void ToResource(const domain::record::SessionHead& head, absl::string_view id,
                const domain::record::WaitRecord& entry, v1::WaitEntry* resource);

// Tells one state of a record from another: of what Serialize gives, and of the state that is shown.
std::string EtagOf(const google::protobuf::Message& record, int shown_state);

}  // namespace kepu::event
