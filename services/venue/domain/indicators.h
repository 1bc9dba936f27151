// The numbers of the two plans that venues, routes and registers can be held against: code, target and where
// it is written. Pure; thread-safe.
#pragma once

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"
#include "kepu/venue/v1/coverage.pb.h"

namespace kepu::venue {

// In the order of the plans' numbers.
enum class Measured {
  kNationalBases,
  kMunicipalBases,
  kDistrictBases,
  kDistrictsWithVenue,
  kCaravans,
  kEnterpriseHalls,
  kEnterpriseRoutes,
  kTourismProducts,
  kNationalCommunities,
  kMunicipalCommunities,
  kCommunityRooms,
  kCommunityCover,
  kVillageCover,
  kStationCover,
  kReadingRooms,
  kScreens,
  kDemonstrationProjects,
  kContentBases,
  kInquirySchools,
  kFeatureSchools,
  kRegionalRooms,
  kTrainingBases,
};
inline constexpr size_t kMeasured = 22;

// What a number rests on.
enum class Rests { kOnVenues, kOnRegister };

struct IndicatorRow {
  Measured what;
  const char* code;
  const char* number;
  const char* zh;
  const char* en;
  v1::Indicator::Operator op;
  double target;
  v1::Indicator::Unit unit;
  const char* source;
  const char* rows;
  Rests rests;
  bool partial;
  bool has_work_list;
};

const std::array<IndicatorRow, kMeasured>& Indicators();
// Null for an unknown code.
const IndicatorRow* FindIndicator(absl::string_view code);

}  // namespace kepu::venue
