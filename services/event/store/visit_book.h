// Visit days as last folded: ready bytes by name, listed by school and by venue in the order of their dates.
// Part of the read model; fed on one executor, read from any thread.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/projection/catalogue.h"
#include "libs/reservation/settler.h"
#include "libs/store/store.h"
#include "services/event/domain/visit_day.h"

namespace kepu::event {

class VisitBook {
 public:
  using SeeRecord = std::function<void(const reservation::Place&, const reservation::v1::Reservation&)>;
  using SeeFact = std::function<void(const reservation::Place&, const reservation::v1::ReservationFact&)>;

  void Load(const reservation::Place& place, const store::Loaded& loaded, const SeeRecord& see);
  void Fold(const reservation::Place& place, const ::kepu::log::v1::AggregateFacts& facts,
            const SeeFact& see);
  const projection::Catalogue& days() const { return days_; }

 private:
  void Show(const domain::VisitDay& visit);

  absl::flat_hash_map<std::string, domain::VisitDay> visits_;
  projection::Catalogue days_;
};

// As callers see it.
void ToResource(const domain::VisitDay& visit, v1::VisitDay* resource);

}  // namespace kepu::event
