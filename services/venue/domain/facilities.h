// Which grass-roots facilities communities have, and whether those are what an indicator asks for: shared by
// counting and by work lists. Pure; thread-safe.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/venue/domain/coverage.h"

namespace kepu::venue {

// It is there today.
bool IsCounted(const CountedVenue& venue, absl::CivilDay today);

// Facilities of each community, as bits; nothing for who has none. Names are those of the network.
using Facilities = absl::flat_hash_map<absl::string_view, unsigned>;
Facilities FacilitiesOf(const Network& network);

// The indicator is about this community at all.
bool Concerns(Measured what, const Registers::Community& community);
bool IsCovered(Measured what, const Facilities& facilities, const Registers::Community& community);
// What is missing: one of each.
std::vector<std::vector<v1::Venue::Kind>> MissingOf(Measured what, const Facilities& facilities,
                                                    const Registers::Community& community);

// Null without registers, and for a district that they do not know.
const Registers::District* FindDistrict(const Network& network, absl::string_view name);

}  // namespace kepu::venue
