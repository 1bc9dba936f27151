// What the reservation desk must know of venues and exhibits: where a claimed space or kit lies, its claims,
// and whether there is room. The venue service coordinates no reservations, so it has no records of any.
// Immutable; used on the executor.
#pragma once

#include "libs/reservation/desk.h"
#include "services/venue/store/read_model.h"

namespace kepu::venue {

class VenueDeskRules final : public reservation::DeskRules {
 public:
  explicit VenueDeskRules(const ReadModel& model) : model_(model) {}

  absl::StatusOr<reservation::Place> PlaceOf(absl::string_view thing) const override;
  absl::StatusOr<const reservation::v1::Claim*> FindClaim(store::View& view, const reservation::Place& place,
                                                          absl::string_view claim_id) const override;
  absl::StatusOr<const reservation::v1::Reservation*> FindRecord(
      store::View& view, const reservation::Place& place, absl::string_view reservation) const override;
  absl::Status Room(store::View& view, const reservation::Place& place,
                    const reservation::v1::TryRequest& request, absl::Time now) const override;
  absl::Status Emit(store::View& view, const reservation::Place& place,
                    const reservation::v1::ClaimFact& fact, absl::Time now) const override;
  absl::Status Emit(store::View& view, const reservation::Place& place,
                    const reservation::v1::ReservationFact& fact) const override;

 private:
  const ReadModel& model_;
};

}  // namespace kepu::venue
