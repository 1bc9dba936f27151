// One small row a venue, a published route, a title and a vehicle, for counting what the network covers.
// Owned by the read model; changed on the executor, counted from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/venue/domain/coverage.h"

namespace kepu::venue {

class CoverageIndex {
 public:
  void Put(const v1::Venue& venue);
  void Put(const v1::Route& route);
  void Put(const v1::Title& title);
  void Put(const v1::Caravan& caravan);

  // `count(network)` over all there is; the network is good for the call only.
  void Count(const Registers* registers, absl::CivilDay today,
             const std::function<void(const Network& network)>& count) const;

 private:
  void PutThing(const std::string& name, std::optional<CountedThing> thing);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, CountedVenue> venues_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, CountedRoute> routes_ ABSL_GUARDED_BY(mutex_);  // published ones
  absl::flat_hash_map<std::string, CountedThing> things_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::venue
