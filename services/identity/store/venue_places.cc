#include "services/identity/store/venue_places.h"

#include "absl/strings/match.h"
#include "kepu/venue/log/v1/venue_log.pb.h"

namespace kepu::identity::store {
namespace {

// What the venue service keeps a venue under, and the child that holds it as it is shown.
constexpr char kVenueKey[] = "venue/";
constexpr char kShown[] = "i";

}  // namespace

void VenuePlaces::Put(const std::string& venue, const std::string& district, const std::string& operated_by) {
  std::vector<std::string> containers;
  if (!district.empty()) containers.push_back(district);
  if (!operated_by.empty()) containers.push_back(operated_by);
  absl::MutexLock lock(&mutex_);
  containers_[venue] = std::move(containers);
}

void VenuePlaces::Load(uint32_t, const std::string& key, const kepu::store::Loaded& loaded) {
  if (!absl::StartsWith(key, kVenueKey)) return;
  for (const auto& [field, bytes] : loaded.children) {
    venue::log::v1::VenueChild child;
    if (field != kShown || !bytes || !child.ParseFromString(*bytes)) continue;
    Put(child.venue().name(), child.venue().district(), child.venue().operator_());
  }
}

void VenuePlaces::Fold(uint32_t, uint64_t, absl::Time, const kepu::log::v1::AggregateFacts& facts) {
  if (!absl::StartsWith(facts.key(), kVenueKey)) return;
  for (const kepu::log::v1::Fact& one : facts.facts()) {
    venue::log::v1::VenueFact fact;
    if (!fact.ParseFromString(one.body())) continue;
    if (!fact.has_venue_created() && !fact.has_venue_updated()) continue;
    const auto& shown = fact.has_venue_created() ? fact.venue_created() : fact.venue_updated();
    Put(shown.name(), shown.district(), shown.operator_());
  }
}

std::vector<std::string> VenuePlaces::ContainersOf(absl::string_view resource) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto it = containers_.find(resource);
  return it == containers_.end() ? std::vector<std::string>{} : it->second;
}

}  // namespace kepu::identity::store
