// What facts of a venue tell those who watch its calendar: its own details, spaces and what takes them,
// exhibitions and closures. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "kepu/live/v1/live.pb.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// The thing that a claim of the venue is on; empty: not known any more.
using ThingOf = absl::FunctionRef<std::string(const std::string& claim_id)>;

std::vector<live::v1::Event> LiveEventsOf(absl::string_view venue, const log::v1::VenueFact& fact,
                                          ThingOf thing_of);

}  // namespace kepu::venue
