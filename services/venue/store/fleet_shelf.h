// The fleet as it is read: all of it folded in memory, with caravans by name, tours by start and requests by
// time of asking, and which names contain which. Owned by the read model; changed and read on the executor.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"
#include "services/venue/domain/fleet.h"
#include "services/venue/store/folded.h"

namespace kepu::venue {

inline constexpr absl::string_view kFleetPrefix = "fleet/";

std::string FleetKey();
// All of the fleet lies in one partition, so that a convoy or a whole plan is one commit.
uint32_t FleetPartition();

class FleetShelf {
 public:
  using PutContainers = std::function<void(const std::string& name, std::vector<std::string> containers)>;
  // Hears of each caravan as it is after a change.
  using SeeCaravan = std::function<void(const v1::Caravan& caravan)>;
  FleetShelf(PutContainers put_containers, SeeCaravan see_caravan)
      : put_containers_(std::move(put_containers)), see_caravan_(std::move(see_caravan)) {}

  void Load(const std::string& key, const store::Loaded& loaded);
  void Fold(const ::kepu::log::v1::AggregateFacts& facts);

  // Null as long as there is none.
  const FleetState* state() const { return folded_.Find(FleetKey()); }

  // Sort key to field of the state: the order that lists are shown in.
  using Rows = std::map<std::string, std::string>;
  const Rows& caravans() const { return caravans_; }
  const Rows& tours() const { return tours_; }
  const Rows& requests() const { return requests_; }

  // Of a time in a sort key.
  static std::string TimeKey(absl::Time time);
  // When each place that was ever served was served last.
  std::map<std::string, absl::Time> LastVisits() const;

 private:
  void Show(const std::string& field, const log::v1::FleetChild* child);
  // Moves a row to the place that its key gives it.
  static void Place(Rows& rows, std::map<std::string, std::string>& keys, const std::string& field,
                    const std::string& key);

  Folded<FleetState, log::v1::FleetFact> folded_;
  const PutContainers put_containers_;
  const SeeCaravan see_caravan_;
  Rows caravans_, tours_, requests_;
  std::map<std::string, std::string> keys_;  // of each field
};

}  // namespace kepu::venue
