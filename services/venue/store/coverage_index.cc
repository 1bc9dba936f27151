#include "services/venue/store/coverage_index.h"

#include <vector>

namespace kepu::venue {

void CoverageIndex::Put(const v1::Venue& venue) {
  absl::MutexLock lock(&mutex_);
  venues_[venue.name()] = CountedOf(venue);
}

void CoverageIndex::Put(const v1::Route& route) {
  absl::MutexLock lock(&mutex_);
  if (route.state() == v1::Route::PUBLISHED) {
    routes_[route.name()] = {route.district(), route.category()};
  } else {
    routes_.erase(route.name());
  }
}

void CoverageIndex::Put(const v1::Title& title) { PutThing(title.name(), CountedOf(title)); }
void CoverageIndex::Put(const v1::Caravan& caravan) { PutThing(caravan.name(), CountedOf(caravan)); }

void CoverageIndex::PutThing(const std::string& name, std::optional<CountedThing> thing) {
  absl::MutexLock lock(&mutex_);
  if (thing) {
    things_[name] = *std::move(thing);
  } else {
    things_.erase(name);
  }
}

void CoverageIndex::Count(const Registers* registers, absl::CivilDay today,
                          const std::function<void(const Network& network)>& count) const {
  std::vector<const CountedVenue*> venues;
  std::vector<const CountedRoute*> routes;
  absl::ReaderMutexLock lock(&mutex_);
  venues.reserve(venues_.size());
  for (const auto& [name, venue] : venues_) venues.push_back(&venue);
  for (const auto& [name, route] : routes_) routes.push_back(&route);
  std::vector<const CountedThing*> things;
  for (const auto& [name, thing] : things_) things.push_back(&thing);
  count({venues, routes, registers, today, &things});
}

}  // namespace kepu::venue
