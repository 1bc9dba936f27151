// What the network of venues reaches: counted per district, region and city out of one row a venue, and held
// against the registers, and who is still without. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "kepu/venue/v1/fleet.pb.h"
#include "kepu/venue/v1/route.pb.h"
#include "kepu/venue/v1/title.pb.h"
#include "services/venue/domain/indicators.h"
#include "services/venue/domain/registers.h"

namespace kepu::venue {

// What is counted of a venue.
struct CountedVenue {
  std::string district;
  std::string community;
  v1::Venue::Kind kind = v1::Venue::KIND_UNSPECIFIED;
  v1::BaseLevel level = v1::BASE_LEVEL_UNSPECIFIED;
  v1::BaseCategory category = v1::BASE_CATEGORY_UNSPECIFIED;
  bool standard = false;
  bool science_function = false;
  std::optional<absl::CivilDay> retired;  // the first day on which it counts no more
};
CountedVenue CountedOf(const v1::Venue& venue);

// Published routes.
struct CountedRoute {
  std::string district;
  v1::Route::Category category = v1::Route::CATEGORY_UNSPECIFIED;
};

// A title in force, or a vehicle: one more of a number of its district.
struct CountedThing {
  std::string district;
  Measured what;
};
std::optional<CountedThing> CountedOf(const v1::Title& title);
std::optional<CountedThing> CountedOf(const v1::Caravan& caravan);

// A permanent place that makes its district covered (X01): a hall of science, or another lasting place that
// holds a base's title or was given a science function. What is on the net, moves, or is a grass-roots
// facility does not.
bool MakesDistrictCovered(const CountedVenue& venue);

// What is counted; a null register is one that could not be read.
struct Network {
  const std::vector<const CountedVenue*>& venues;
  const std::vector<const CountedRoute*>& routes;
  const Registers* registers = nullptr;
  absl::CivilDay today;
  const std::vector<const CountedThing*>* things = nullptr;
};

// The indicators with the city's values, and the rows. `district`: only its row, beside the city's.
void CountCoverage(const Network& network, const std::string& district, v1::GetCoverageResponse& response);

// Who an indicator with a work list lacks, by district and name; needs the registers. At most `limit` after
// `after`, which is the key of the last one seen or empty.
struct UncoveredPage {
  std::vector<v1::Uncovered> entries;
  int total = 0;  // on all pages
  bool more = false;
};
UncoveredPage UncoveredBy(const Network& network, Measured what, const std::string& district,
                          absl::string_view after, size_t limit);
std::string KeyOf(const v1::Uncovered& entry);

}  // namespace kepu::venue
