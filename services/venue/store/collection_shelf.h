// Exhibits with their custodies and reservations, and alliances, as reads are answered from them: folded,
// shown in the catalogue, and contained in the venues that own and lead them. Owned by the read model;
// changed on the executor.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/projection/catalogue.h"
#include "services/venue/domain/alliances.h"
#include "services/venue/domain/exhibits.h"
#include "services/venue/store/claim_observer.h"
#include "services/venue/store/folded.h"

namespace kepu::venue {

class CollectionShelf {
 public:
  // What a role on any of the containers reaches.
  using PutContainers = std::function<void(const std::string& resource, std::vector<std::string> containers)>;
  // `observer` hears of the claims on exhibits; it may be filled later.
  CollectionShelf(projection::Catalogue& catalogue, const ClaimObserver& observer,
                  PutContainers put_containers)
      : catalogue_(catalogue), observer_(observer), put_containers_(std::move(put_containers)) {}

  // Whether the key is of an exhibit or an alliance.
  static bool Owns(absl::string_view key);
  void Load(const reservation::Place& place, const store::Loaded& loaded);
  void Fold(uint32_t partition, const ::kepu::log::v1::AggregateFacts& facts);

  // On the executor: the whole exhibit. Null when there is none.
  const ExhibitState* FindExhibit(absl::string_view exhibit) const;

  // Lists of the catalogue; all exhibits when both are empty.
  static std::string ExhibitsScope(absl::string_view owner, absl::string_view alliance);
  static std::string CustodiesScope(absl::string_view exhibit);
  // Kept whole, so that a list can be narrowed by their times.
  static std::string ReservationsScope(absl::string_view exhibit);
  static std::string AlliancesScope() { return "alliances"; }

 private:
  void Show(const log::v1::ExhibitChild& child, absl::string_view exhibit);
  void ShowClaim(const reservation::v1::Claim& claim, absl::string_view exhibit);
  void Show(const AllianceState& state);

  projection::Catalogue& catalogue_;
  const ClaimObserver& observer_;
  const PutContainers put_containers_;
  Folded<ExhibitState, log::v1::ExhibitFact> exhibits_;
  Folded<AllianceState, log::v1::AllianceFact> alliances_;
};

}  // namespace kepu::venue
