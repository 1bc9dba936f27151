#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/venue/domain/coverage.h"
#include "services/venue/domain/facilities.h"

namespace kepu::venue {
namespace {

template <class Named>
void WriteText(const Named& named, v1::Text* text) {
  text->set_zh(named.zh);
  text->set_en(named.en);
}

// A district or community without; texts are the registers'.
struct Lacking {
  std::string district;
  absl::string_view name;
  const Registers::Community* community = nullptr;
};

std::vector<Lacking> LackingDistricts(const Network& network) {
  std::set<std::string> covered;
  for (const CountedVenue* venue : network.venues)
    if (IsCounted(*venue, network.today) && MakesDistrictCovered(*venue))
      covered.insert(network.registers->DistrictNow(venue->district));
  std::vector<Lacking> lacking;
  for (const Registers::District& district : network.registers->districts)
    if (district.in_force && !covered.contains(district.name))
      lacking.push_back({district.name, district.name, nullptr});
  return lacking;
}

std::vector<Lacking> LackingCommunities(Measured what, const Network& network, const Facilities& facilities) {
  std::vector<Lacking> lacking;
  for (const Registers::Community& community : network.registers->communities)
    if (Concerns(what, community) && !IsCovered(what, facilities, community))
      lacking.push_back({network.registers->DistrictNow(community.district), community.name, &community});
  return lacking;
}

// Sorts as district and name do: names hold nothing below a space.
std::string KeyOf(absl::string_view district, absl::string_view name) {
  return absl::StrCat(district, " ", name);
}

}  // namespace

std::string KeyOf(const v1::Uncovered& entry) { return KeyOf(entry.district(), entry.name()); }

UncoveredPage UncoveredBy(const Network& network, Measured what, const std::string& district,
                          absl::string_view after, size_t limit) {
  const Registers& registers = *network.registers;
  const Facilities facilities = FacilitiesOf(network);
  std::vector<Lacking> lacking = what == Measured::kDistrictsWithVenue
                                     ? LackingDistricts(network)
                                     : LackingCommunities(what, network, facilities);
  if (!district.empty()) {
    const std::string only = registers.DistrictNow(district);
    lacking.erase(std::remove_if(lacking.begin(), lacking.end(),
                                 [&only](const Lacking& one) { return one.district != only; }),
                  lacking.end());
  }
  std::sort(lacking.begin(), lacking.end(), [](const Lacking& a, const Lacking& b) {
    return std::tie(a.district, a.name) < std::tie(b.district, b.name);
  });
  UncoveredPage page;
  page.total = static_cast<int>(lacking.size());
  auto it = after.empty() ? lacking.begin()
                          : std::upper_bound(lacking.begin(), lacking.end(), after,
                                             [](absl::string_view key, const Lacking& one) {
                                               return key < KeyOf(one.district, one.name);
                                             });
  for (; it != lacking.end() && page.entries.size() < limit; ++it) {
    v1::Uncovered& entry = page.entries.emplace_back();
    entry.set_name(std::string(it->name));
    entry.set_district(std::string(it->district));
    if (it->community == nullptr) {
      WriteText(*FindDistrict(network, it->name), entry.mutable_display_name());
    } else {
      WriteText(*it->community, entry.mutable_display_name());
      for (const auto& kinds : MissingOf(what, facilities, *it->community)) {
        auto& missing = *entry.add_missing();
        for (const v1::Venue::Kind kind : kinds) missing.add_any_of(kind);
      }
    }
  }
  page.more = it != lacking.end();
  return page;
}

}  // namespace kepu::venue
