#include "services/venue/domain/facilities.h"

#include <algorithm>

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
using Needs = std::vector<std::vector<Venue::Kind>>;
const Needs& NeedsOf(Measured what) {
  static const Needs& community =
      *new Needs{{Venue::COMMUNITY_ROOM, Venue::COMMUNITY_SCHOOL}, {Venue::GALLERY}};
  static const Needs& village = *new Needs{{Venue::SERVICE_STATION}, {Venue::NOTICE_BOARD}};
  static const Needs& station = *new Needs{{Venue::E_STATION}};
  if (what == Measured::kCommunityCover) return community;
  return what == Measured::kVillageCover ? village : station;
}

bool HasOneOf(unsigned has, const std::vector<Venue::Kind>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [has](Venue::Kind kind) { return (has & FacilityOf(kind)) != 0; });
}

}  // namespace

bool IsCounted(const CountedVenue& venue, absl::CivilDay today) {
  return !venue.retired || today < *venue.retired;
}

Facilities FacilitiesOf(const Network& network) {
  Facilities facilities;
  facilities.reserve(network.venues.size());
  for (const CountedVenue* venue : network.venues) {
    const unsigned facility = FacilityOf(venue->kind);
    if (facility != 0 && !venue->community.empty() && IsCounted(*venue, network.today))
      facilities[venue->community] |= facility;
  }
  return facilities;
}

bool Concerns(Measured what, const Registers::Community& community) {
  return what == Measured::kStationCover || (what == Measured::kVillageCover) == community.village;
}

bool IsCovered(Measured what, const Facilities& facilities, const Registers::Community& community) {
  const auto found = facilities.find(community.name);
  const Needs& needs = NeedsOf(what);
  return found != facilities.end() && std::all_of(needs.begin(), needs.end(), [&](const auto& kinds) {
           return HasOneOf(found->second, kinds);
         });
}

std::vector<std::vector<Venue::Kind>> MissingOf(Measured what, const Facilities& facilities,
                                                const Registers::Community& community) {
  const auto found = facilities.find(community.name);
  const unsigned has = found == facilities.end() ? 0 : found->second;
  std::vector<std::vector<Venue::Kind>> missing;
  for (const auto& kinds : NeedsOf(what))
    if (!HasOneOf(has, kinds)) missing.push_back(kinds);
  return missing;
}

const Registers::District* FindDistrict(const Network& network, absl::string_view name) {
  if (network.registers == nullptr) return nullptr;
  for (const Registers::District& district : network.registers->districts)
    if (district.name == name) return &district;
  return nullptr;
}

}  // namespace kepu::venue
