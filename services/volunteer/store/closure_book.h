// What the log of the venue service says about places: which venues are closed when, and when caravans stop
// where. For shifts that hang on no session. Followed with children; all on the executor.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "libs/projection/follower.h"
#include "services/volunteer/domain/consequence.h"

namespace kepu::volunteer {

class ClosureBook final : public projection::Sink {
 public:
  // `changed` is told the place ("venues/*" or "caravans/*") of which something else is known now.
  explicit ClosureBook(std::function<void(const std::string& place)> changed)
      : changed_(std::move(changed)) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Of "caravans/*/tours/*/stops/*"; nullopt: not known.
  std::optional<domain::Hung> FindStop(absl::string_view stop) const;
  // What is in the way of somebody at the place then, or at the stop: closures of the whole venue, a stop
  // that was missed.
  std::vector<v1::Shift::Disruption> InTheWay(const domain::record::ShiftHead& shift) const;

 private:
  using Closure = ::kepu::venue::v1::Closure;
  using Tour = ::kepu::venue::v1::Tour;
  void PutClosure(const std::string& venue, const Closure& closure);
  void PutTour(const Tour& tour);
  void FoldVenue(const std::string& id, const ::kepu::venue::log::v1::VenueFact& fact);
  void FoldFleet(const ::kepu::venue::log::v1::FleetFact& fact);
  // The tour of the stop and which of its stops it is, from 0; null when there is none.
  const Tour* TourOf(absl::string_view stop, int* number) const;

  const std::function<void(const std::string&)> changed_;
  // By id of the venue, then of the closure; those that ended stay.
  absl::flat_hash_map<std::string, std::map<std::string, Closure>> closures_;
  absl::flat_hash_map<std::string, Tour> tours_;
};

}  // namespace kepu::volunteer
