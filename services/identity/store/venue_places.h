// Where venues lie, as the log of the venue service says: the district and the operator of each, so that who
// looks after a district or an organization can give roles at its venues. Folded on the executor; read from
// any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "libs/auth/access.h"
#include "libs/projection/follower.h"

namespace kepu::identity::store {

class VenuePlaces final : public projection::Sink, public auth::Containment {
 public:
  void Load(uint32_t partition, const std::string& key, const kepu::store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const kepu::log::v1::AggregateFacts& facts) override;

  // Of a venue its district and its operator; empty for what is not known here.
  std::vector<std::string> ContainersOf(absl::string_view resource) const override;

 private:
  void Put(const std::string& venue, const std::string& district, const std::string& operated_by);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::vector<std::string>> containers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::identity::store
