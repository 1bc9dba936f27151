// What the volunteer service's people and shifts know of reservations: where they lie, whether there is room,
// and how the facts of claims and records are theirs. Immutable; thread-safe.
#pragma once

#include "libs/reservation/desk.h"
#include "services/volunteer/domain/lecture.h"
#include "services/volunteer/domain/rules.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

class ClaimRules final : public reservation::DeskRules {
 public:
  explicit ClaimRules(domain::Rules rules) : rules_(std::move(rules)) {}

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
  const domain::Rules rules_;
};

domain::Person& PersonIn(store::View& view, absl::string_view key);
domain::Shift& ShiftIn(store::View& view, absl::string_view key);
domain::Lecture& LectureIn(store::View& view, absl::string_view key);
// Emits what was decided, or passes the refusal on.
absl::Status EmitAll(store::View& view, absl::string_view key, const absl::StatusOr<domain::Facts>& facts);

}  // namespace kepu::volunteer
