// How the venue service's aggregates are made, folded and fall due, for the engine and the verifier; and
// their keys. Pure; thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "libs/store/kinds.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

inline constexpr absl::string_view kVenuePrefix = "venue/";
inline constexpr absl::string_view kCalendarPrefix = "calendar/";
inline constexpr absl::string_view kExhibitPrefix = "exhibit/";
inline constexpr absl::string_view kAlliancePrefix = "alliance/";
inline constexpr absl::string_view kRoutePrefix = "route/";

std::string VenueKey(absl::string_view venue);
std::string CalendarKey(int year);
std::string ExhibitKey(absl::string_view exhibit);
std::string AllianceKey(absl::string_view alliance);
std::string RouteKey(absl::string_view route);
// Of the year's aggregate; the others' is names::PartitionOf of their ids.
uint32_t CalendarPartition(int year);

class VenueSchema final : public store::KindSchema {
 public:
  VenueSchema();
};

}  // namespace kepu::venue
