// Names of what a place has one of: "{place}/bookingRules". Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::event {

inline constexpr absl::string_view kRulesSuffix = "/bookingRules";
inline constexpr absl::string_view kOccupancySuffix = "/occupancy";

// The place; INVALID_ARGUMENT naming `field` for anything but a place and `suffix`.
absl::StatusOr<std::string> PlaceIn(absl::string_view field, absl::string_view name,
                                    absl::string_view suffix);

}  // namespace kepu::event
