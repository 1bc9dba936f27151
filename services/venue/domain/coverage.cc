#include "services/venue/domain/coverage.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"

namespace kepu::venue {
namespace {

using Venue = v1::Venue;

// Kinds that a community may have, as bits.
enum Facility : unsigned {
  kRoom = 1,
  kSchool = 2,
  kGallery = 4,
  kStation = 8,
  kServiceStation = 16,
  kBoard = 32
};

unsigned FacilityOf(Venue::Kind kind) {
  switch (kind) {
    case Venue::COMMUNITY_ROOM:
      return kRoom;
    case Venue::COMMUNITY_SCHOOL:
      return kSchool;
    case Venue::GALLERY:
      return kGallery;
    case Venue::E_STATION:
      return kStation;
    case Venue::SERVICE_STATION:
      return kServiceStation;
    case Venue::NOTICE_BOARD:
      return kBoard;
    default:
      return 0;
  }
}

// What a community needs for an indicator: one of each.
std::vector<std::vector<Venue::Kind>> NeedsOf(Measured what) {
  switch (what) {
    case Measured::kCommunityCover:
      return {{Venue::COMMUNITY_ROOM, Venue::COMMUNITY_SCHOOL}, {Venue::GALLERY}};
    case Measured::kVillageCover:
      return {{Venue::SERVICE_STATION}, {Venue::NOTICE_BOARD}};
    case Measured::kStationCover:
      return {{Venue::E_STATION}};
    default:
      return {};
  }
}

bool Concerns(Measured what, const Registers::Community& community) {
  return what == Measured::kStationCover || (what == Measured::kVillageCover) == community.village;
}

bool HasOneOf(unsigned has, const std::vector<Venue::Kind>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [has](Venue::Kind kind) { return (has & FacilityOf(kind)) != 0; });
}

bool IsCounted(const CountedVenue& venue, absl::CivilDay today) {
  return !venue.retired || today < *venue.retired;
}

// Facilities of each community.
absl::flat_hash_map<absl::string_view, unsigned> FacilitiesOf(const Network& network) {
  absl::flat_hash_map<absl::string_view, unsigned> facilities;
  for (const CountedVenue* venue : network.venues)
    if (!venue->community.empty() && IsCounted(*venue, network.today))
      facilities[venue->community] |= FacilityOf(venue->kind);
  return facilities;
}

struct Number {
  int count = 0;
  int total = 0;
};

struct Tally {
  std::map<Venue::Kind, Number> kinds;  // venues, of them standard
  std::map<std::pair<v1::BaseLevel, v1::BaseCategory>, int> bases;
  int venues = 0;
  std::array<Number, kMeasured> measured;
  Number& operator[](Measured what) { return measured[static_cast<size_t>(what)]; }

  void Add(const Tally& other) {
    for (const auto& [kind, number] : other.kinds) {
      kinds[kind].count += number.count;
      kinds[kind].total += number.total;
    }
    for (const auto& [base, count] : other.bases) bases[base] += count;
    venues += other.venues;
    for (size_t i = 0; i < kMeasured; ++i) {
      measured[i].count += other.measured[i].count;
      measured[i].total += other.measured[i].total;
    }
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
  ++tally.kinds[venue.kind].count;
  if (venue.standard) ++tally.kinds[venue.kind].total;
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

void CountCommunities(const Network& network, Tallies& tallies) {
  const auto facilities = FacilitiesOf(network);
  for (const Registers::Community& community : network.registers->communities) {
    Tally& tally = tallies[network.registers->DistrictNow(community.district)];
    const auto found = facilities.find(community.name);
    const unsigned has = found == facilities.end() ? 0 : found->second;
    for (const Measured what :
         {Measured::kCommunityCover, Measured::kVillageCover, Measured::kStationCover}) {
      if (!Concerns(what, community)) continue;
      ++tally[what].total;
      const auto needs = NeedsOf(what);
      tally[what].count +=
          std::all_of(needs.begin(), needs.end(), [has](const auto& kinds) { return HasOneOf(has, kinds); });
    }
  }
}

Tallies Count(const Network& network) {
  Tallies tallies;
  const Registers* registers = network.registers;
  const auto place = [&](const std::string& district) -> Tally& {
    return tallies[registers == nullptr ? district : registers->DistrictNow(district)];
  };
  if (registers != nullptr) {
    for (const Registers::District& district : registers->districts)
      if (district.in_force) place(district.name)[Measured::kDistrictsWithVenue].total = 1;
  }
  for (const CountedVenue* venue : network.venues)
    if (IsCounted(*venue, network.today)) CountVenue(*venue, place(venue->district));
  for (const CountedRoute* route : network.routes) {
    const bool enterprise = route->category == v1::Route::ENTERPRISE;
    ++place(route->district)[enterprise ? Measured::kEnterpriseRoutes : Measured::kTourismProducts].count;
  }
  if (registers == nullptr) return tallies;
  CountCommunities(network, tallies);
  for (const auto& [district, marks] : registers->marks) {
    Tally& tally = place(district);
    tally[Measured::kInquirySchools].count += marks.inquiry_centres;
    tally[Measured::kFeatureSchools].count += marks.feature_schools;
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
  for (const auto& [kind, number] : tally.kinds) {
    auto& written = *row.add_venues_by_kind();
    written.set_kind(kind);
    written.set_venues(number.count);
    written.set_standard(number.total);
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

const Registers::District* FindDistrict(const Registers* registers, absl::string_view name) {
  if (registers == nullptr) return nullptr;
  for (const Registers::District& district : registers->districts)
    if (district.name == name) return &district;
  return nullptr;
}

template <class Named>
void WriteText(const Named& named, v1::Text* text) {
  text->set_zh(named.zh);
  text->set_en(named.en);
}

}  // namespace

std::string Registers::DistrictNow(absl::string_view district) const {
  // Mergers follow one another at most a few times; the bound stops a ring.
  for (int step = 0; step < 8; ++step) {
    const auto found =
        std::lower_bound(districts.begin(), districts.end(), district,
                         [](const District& one, absl::string_view name) { return one.name < name; });
    if (found == districts.end() || found->name != district || found->in_force || found->merged_into.empty())
      break;
    district = found->merged_into;
  }
  return std::string(district);
}

CountedVenue CountedOf(const v1::Venue& venue) {
  CountedVenue counted{venue.district(),         venue.community(),     venue.kind(),
                       venue.base_level(),       venue.base_category(), venue.standard(),
                       venue.science_function(), std::nullopt};
  const google::type::Date& day = venue.retire_date();
  if (venue.has_retire_date()) counted.retired = absl::CivilDay(day.year(), day.month(), day.day());
  return counted;
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
    if (const auto* found = FindDistrict(network.registers, name)) regions[found->region].Add(tally);
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
    if (const auto* found = FindDistrict(network.registers, name)) {
      row.set_region(found->region);
      WriteText(*found, row.mutable_display_name());
    }
    WriteRow(tally, registers, row);
  }
}

std::vector<v1::Uncovered> UncoveredBy(const Network& network, Measured what, const std::string& district) {
  const Registers& registers = *network.registers;
  const std::string only = registers.DistrictNow(district);
  std::vector<v1::Uncovered> uncovered;
  if (what == Measured::kDistrictsWithVenue) {
    std::set<std::string> covered;
    for (const CountedVenue* venue : network.venues)
      if (IsCounted(*venue, network.today) && MakesDistrictCovered(*venue))
        covered.insert(registers.DistrictNow(venue->district));
    for (const Registers::District& one : registers.districts) {
      if (!one.in_force || covered.contains(one.name) || (!district.empty() && one.name != only)) continue;
      v1::Uncovered& entry = uncovered.emplace_back();
      entry.set_name(one.name);
      entry.set_district(one.name);
      WriteText(one, entry.mutable_display_name());
    }
    return uncovered;
  }
  const auto facilities = FacilitiesOf(network);
  for (const Registers::Community& community : registers.communities) {
    const std::string at = registers.DistrictNow(community.district);
    if (!Concerns(what, community) || (!district.empty() && at != only)) continue;
    const auto found = facilities.find(community.name);
    v1::Uncovered entry;
    for (const auto& kinds : NeedsOf(what)) {
      if (HasOneOf(found == facilities.end() ? 0 : found->second, kinds)) continue;
      auto& missing = *entry.add_missing();
      for (const Venue::Kind kind : kinds) missing.add_any_of(kind);
    }
    if (entry.missing().empty()) continue;
    entry.set_name(community.name);
    entry.set_district(at);
    WriteText(community, entry.mutable_display_name());
    uncovered.push_back(std::move(entry));
  }
  std::sort(uncovered.begin(), uncovered.end(), [](const auto& a, const auto& b) {
    return std::tie(a.district(), a.name()) < std::tie(b.district(), b.name());
  });
  return uncovered;
}

}  // namespace kepu::venue
