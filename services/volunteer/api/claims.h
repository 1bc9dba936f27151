// What the volunteer service's people and shifts know of reservations: where they lie, whether there is room,
// and how the facts of claims and records are theirs. Immutable; thread-safe.
#pragma once

#include "libs/reservation/desk.h"
#include "services/volunteer/api/personal.h"
#include "services/volunteer/domain/lecture.h"
#include "services/volunteer/domain/rules.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

class ClaimRules final : public reservation::DeskRules {
 public:
  // `personal` opens the dates of birth of minors; it outlives this.
  ClaimRules(domain::Rules rules, const Personal& personal) : rules_(std::move(rules)), personal_(personal) {}

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
  const Personal& personal_;
};

domain::Person& PersonIn(store::View& view, absl::string_view key);
domain::Shift& ShiftIn(store::View& view, absl::string_view key);
domain::Lecture& LectureIn(store::View& view, absl::string_view key);
// Emits what was decided, or passes the refusal on.
absl::Status EmitAll(store::View& view, absl::string_view key, const absl::StatusOr<domain::Facts>& facts);

}  // namespace kepu::volunteer
