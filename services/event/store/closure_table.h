// What is in the way of sessions, as the log of the venue service says: closures of venues and of their
// halls, and tours of caravans with their stops. Followed with children; all on the executor.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "libs/projection/follower.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class ClosureTable final : public projection::Sink {
 public:
  // `changed(place)`: something at "venues/*", or with "caravans/*", is other than it was.
  explicit ClosureTable(std::function<void(const std::string& place)> changed)
      : changed_(std::move(changed)) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // The word of every cause that could concern the session: in its way, or over.
  std::vector<domain::record::DisruptionHead> Concerning(const domain::record::SessionHead& head) const;

 private:
  struct Venue {
    std::map<std::string, venue::v1::Closure> closures;  // by id
    // Which space is a part of which, both ways.
    std::map<std::string, std::set<std::string>> related;
  };

  void PutClosure(const std::string& venue, const venue::v1::Closure& closure);
  void FoldVenue(const std::string& id, const venue::log::v1::VenueFact& fact);
  void PutTour(const venue::v1::Tour& tour);
  void FoldFleet(const venue::log::v1::FleetFact& fact);
  void AddStop(const domain::record::SessionHead& head,
               std::vector<domain::record::DisruptionHead>* told) const;

  std::function<void(const std::string&)> changed_;
  absl::flat_hash_map<std::string, Venue> venues_;           // by id
  absl::flat_hash_map<std::string, venue::v1::Tour> tours_;  // by name
};

}  // namespace kepu::event
