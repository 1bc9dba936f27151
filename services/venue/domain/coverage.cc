#include "services/venue/domain/coverage.h"

#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "services/venue/domain/facilities.h"
#include "services/venue/domain/title_state.h"

namespace kepu::venue {
namespace {

using Venue = v1::Venue;

struct Number {
  int count = 0;
  int total = 0;

  void Add(const Number& other) {
    count += other.count;
    total += other.total;
  }
};

struct Tally {
  std::array<Number, Venue::Kind_ARRAYSIZE> kinds;  // venues, and of them in `total` the standard ones
  std::map<std::pair<v1::BaseLevel, v1::BaseCategory>, int> bases;
  int venues = 0;
  std::array<Number, kMeasured> measured;
  Number& operator[](Measured what) { return measured[static_cast<size_t>(what)]; }

  void Add(const Tally& other) {
    for (size_t kind = 0; kind < kinds.size(); ++kind) kinds[kind].Add(other.kinds[kind]);
    for (const auto& [base, count] : other.bases) bases[base] += count;
    venues += other.venues;
    for (size_t i = 0; i < kMeasured; ++i) measured[i].Add(other.measured[i]);
  }
};

// A base of a level is one of the levels below it too: it was named there first (X05).
void CountBase(const CountedVenue& venue, Tally& tally) {
  if (venue.level < v1::BASE_LEVEL_DISTRICT || venue.level > v1::BASE_LEVEL_NATIONAL) return;
  ++tally.bases[{venue.level, venue.category}];
  ++tally[Measured::kDistrictBases].count;
  if (venue.level >= v1::BASE_LEVEL_MUNICIPAL) ++tally[Measured::kMunicipalBases].count;
  if (venue.level == v1::BASE_LEVEL_NATIONAL) ++tally[Measured::kNationalBases].count;
}

void CountVenue(const CountedVenue& venue, Tally& tally) {
  ++tally.venues;
  // A kind that a later release wrote counts as none of ours.
  const auto kind = static_cast<size_t>(Venue::Kind_IsValid(venue.kind) ? venue.kind : 0);
  tally.kinds[kind].Add({1, venue.standard ? 1 : 0});
  CountBase(venue, tally);
  if (MakesDistrictCovered(venue)) tally[Measured::kDistrictsWithVenue].count = 1;
  switch (venue.kind) {
    case Venue::ENTERPRISE:
      return void(++tally[Measured::kEnterpriseHalls].count);
    case Venue::COMMUNITY_ROOM:
      return void(tally[Measured::kCommunityRooms].count += venue.standard);
    case Venue::READING_ROOM:
      return void(++tally[Measured::kReadingRooms].count);
    case Venue::SCREEN:
      return void(++tally[Measured::kScreens].count);
    case Venue::SCHOOL_ACTIVITY_ROOM:
      return void(++tally[Measured::kRegionalRooms].count);
    default:
      return;
  }
}

using Tallies = std::map<std::string, Tally>;  // by district in force

// Finds the tally of a district as it is named, merged ones too; names outlive it.
class Places {
 public:
  Places(const Registers* registers, Tallies& tallies) : registers_(registers), tallies_(tallies) {}

  Tally& operator[](absl::string_view district) {
    Tally*& known = known_[district];
    if (known == nullptr)
      known = &tallies_[registers_ == nullptr ? std::string(district) : registers_->DistrictNow(district)];
    return *known;
  }

 private:
  const Registers* const registers_;
  Tallies& tallies_;
  absl::flat_hash_map<absl::string_view, Tally*> known_;
};

void CountCommunities(const Network& network, Places& places) {
  const Facilities facilities = FacilitiesOf(network);
  for (const Registers::Community& community : network.registers->communities) {
    Tally& tally = places[community.district];
    for (const Measured what :
         {Measured::kCommunityCover, Measured::kVillageCover, Measured::kStationCover}) {
      if (Concerns(what, community)) tally[what].Add({IsCovered(what, facilities, community) ? 1 : 0, 1});
    }
  }
}

Tallies Count(const Network& network) {
  Tallies tallies;
  const Registers* registers = network.registers;
  Places places(registers, tallies);
  if (registers != nullptr) {
    for (const Registers::District& district : registers->districts)
      if (district.in_force) places[district.name][Measured::kDistrictsWithVenue].total = 1;
  }
  for (const CountedVenue* venue : network.venues)
    if (IsCounted(*venue, network.today)) CountVenue(*venue, places[venue->district]);
  for (const CountedRoute* route : network.routes) {
    const bool enterprise = route->category == v1::Route::ENTERPRISE;
    ++places[route->district][enterprise ? Measured::kEnterpriseRoutes : Measured::kTourismProducts].count;
  }
  if (network.things != nullptr) {
    for (const CountedThing* thing : *network.things) ++places[thing->district][thing->what].count;
  }
  if (registers == nullptr) return tallies;
  CountCommunities(network, places);
  for (const auto& [district, marks] : registers->marks) {
    places[district][Measured::kInquirySchools].count += marks.inquiry_centres;
    places[district][Measured::kFeatureSchools].count += marks.feature_schools;
  }
  // A district that no register knows covers nothing of it.
  for (auto& [district, tally] : tallies)
    if (tally[Measured::kDistrictsWithVenue].total == 0) tally[Measured::kDistrictsWithVenue].count = 0;
  return tallies;
}

v1::Measure WriteMeasure(const IndicatorRow& row, const Number& number, bool registers) {
  v1::Measure measure;
  measure.set_indicator(row.code);
  if (row.rests == Rests::kOnRegister && !registers) {
    measure.set_unavailable(true);
    return measure;
  }
  measure.set_count(number.count);
  if (row.unit != v1::Indicator::PERCENT) return measure;
  measure.set_total(number.total);
  if (number.total > 0) measure.set_percent(100.0 * number.count / number.total);
  return measure;
}

void WriteRow(const Tally& tally, bool registers, v1::CoverageRow& row) {
  row.set_venues(tally.venues);
  for (size_t kind = 0; kind < tally.kinds.size(); ++kind) {
    if (tally.kinds[kind].count == 0) continue;
    auto& written = *row.add_venues_by_kind();
    written.set_kind(static_cast<Venue::Kind>(kind));
    written.set_venues(tally.kinds[kind].count);
    written.set_standard(tally.kinds[kind].total);
  }
  for (const auto& [base, count] : tally.bases) {
    auto& written = *row.add_bases();
    written.set_level(base.first);
    written.set_category(base.second);
    written.set_bases(count);
  }
  for (const IndicatorRow& indicator : Indicators())
    *row.add_measures() =
        WriteMeasure(indicator, tally.measured[static_cast<size_t>(indicator.what)], registers);
}

// By counts, so that 90 of 100 is 90 percent exactly.
bool IsMet(const IndicatorRow& row, const v1::Measure& measure) {
  if (measure.unavailable()) return false;
  const bool percent = row.unit == v1::Indicator::PERCENT;
  if (percent && measure.total() == 0) return false;
  const double value = percent ? 100.0 * measure.count() : measure.count();
  const double target = percent ? row.target * measure.total() : row.target;
  return row.op == v1::Indicator::MORE_THAN ? value > target : value >= target;
}

v1::Indicator WriteIndicator(const IndicatorRow& row, const v1::Measure& value) {
  v1::Indicator indicator;
  indicator.set_code(row.code);
  indicator.set_number(row.number);
  indicator.mutable_display_name()->set_zh(row.zh);
  indicator.mutable_display_name()->set_en(row.en);
  indicator.set_target(row.target);
  indicator.set_operator_(row.op);
  indicator.set_unit(row.unit);
  indicator.set_source(row.source);
  indicator.set_rows(row.rows);
  indicator.set_partial(row.partial);
  indicator.set_has_work_list(row.has_work_list);
  *indicator.mutable_value() = value;
  indicator.set_met(IsMet(row, value));
  return indicator;
}

}  // namespace

CountedVenue CountedOf(const v1::Venue& venue) {
  CountedVenue counted{venue.district(),         venue.community(),     venue.kind(),
                       venue.base_level(),       venue.base_category(), venue.standard(),
                       venue.science_function(), std::nullopt};
  const google::type::Date& day = venue.retire_date();
  if (venue.has_retire_date()) counted.retired = absl::CivilDay(day.year(), day.month(), day.day());
  return counted;
}

std::optional<CountedThing> CountedOf(const v1::Title& title) {
  if (!IsInForce(title.state())) return std::nullopt;
  switch (title.kind()) {
    case v1::Title::DEMONSTRATION_COMMUNITY:
      if (title.level() == v1::TITLE_LEVEL_NATIONAL)
        return CountedThing{title.district(), Measured::kNationalCommunities};
      if (title.level() == v1::TITLE_LEVEL_MUNICIPAL)
        return CountedThing{title.district(), Measured::kMunicipalCommunities};
      return std::nullopt;
    case v1::Title::DEMONSTRATION_PROJECT:
      return CountedThing{title.district(), Measured::kDemonstrationProjects};
    case v1::Title::CONTENT_CREATION_BASE:
      return CountedThing{title.district(), Measured::kContentBases};
    case v1::Title::TALENT_TRAINING_BASE:
      return CountedThing{title.district(), Measured::kTrainingBases};
    default:
      return std::nullopt;
  }
}

// The plan counts what was added or replaced from its first year on.
std::optional<CountedThing> CountedOf(const v1::Caravan& caravan) {
  constexpr int kFirstYear = 2016;
  if (caravan.kind() != v1::Caravan::CARAVAN || caravan.state() == v1::Caravan::RETIRED ||
      caravan.commissioning_date().year() < kFirstYear)
    return std::nullopt;
  return CountedThing{caravan.district(), Measured::kCaravans};
}

bool MakesDistrictCovered(const CountedVenue& venue) {
  switch (venue.kind) {
    case Venue::MUSEUM:
    case Venue::ENTERPRISE:
    case Venue::COMMUNITY_HALL:
    case Venue::THEME_PARK:
      return true;
    case Venue::SCENIC:
    case Venue::CULTURAL:
    case Venue::RURAL_BASE:
    case Venue::SCHOOL:
    case Venue::OTHER:
    case Venue::MAKER_SPACE:
    case Venue::PARK:
    case Venue::RESERVE:
    case Venue::HERITAGE:
    case Venue::ZOO_GARDEN:
    case Venue::RESEARCH_UNIT:
    case Venue::YOUTH_PALACE:
    case Venue::PRACTICE_BASE:
      return venue.science_function ||
             (venue.level >= v1::BASE_LEVEL_DISTRICT && venue.level <= v1::BASE_LEVEL_NATIONAL);
    default:
      return false;
  }
}

void CountCoverage(const Network& network, const std::string& district, v1::GetCoverageResponse& response) {
  const Tallies tallies = Count(network);
  const bool registers = network.registers != nullptr;
  Tally city;
  std::map<std::string, Tally> regions;
  for (const auto& [name, tally] : tallies) {
    city.Add(tally);
    if (const auto* found = FindDistrict(network, name)) regions[found->region].Add(tally);
  }
  WriteRow(city, registers, *response.add_rows());
  for (size_t i = 0; i < kMeasured; ++i)
    *response.add_indicators() =
        WriteIndicator(Indicators()[i], response.rows(0).measures(static_cast<int>(i)));
  const std::string only = registers ? network.registers->DistrictNow(district) : district;
  for (const auto& [region, tally] : regions) {
    if (!district.empty()) break;
    v1::CoverageRow& row = *response.add_rows();
    row.set_region(region);
    WriteRow(tally, registers, row);
  }
  for (const auto& [name, tally] : tallies) {
    if (!district.empty() && name != only) continue;
    v1::CoverageRow& row = *response.add_rows();
    row.set_district(name);
    if (const auto* found = FindDistrict(network, name)) {
      row.set_region(found->region);
      row.mutable_display_name()->set_zh(found->zh);
      row.mutable_display_name()->set_en(found->en);
    }
    WriteRow(tally, registers, row);
  }
}

}  // namespace kepu::venue
