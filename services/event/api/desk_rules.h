// What the reservation desk must know of this service: schools lend the time of their classes and the visits
// of a term, places the visits of a district, sessions lend places to visit days and are pivots of the
// reservations of their hall and of the schools that book. Immutable; used on the executor.
#pragma once

#include <functional>
#include <string>

#include "libs/reservation/desk.h"
#include "services/event/domain/school.h"
#include "services/event/store/place_book.h"

namespace kepu::event {

class EventDeskRules final : public reservation::DeskRules {
 public:
  // `places` says how many visits a place gives a district, and outlives this.
  // `rules_key` names the rules of the place of a session (of_day.h) when it is asked; `opening` what a
  // session is kept for until people were let in one after another, empty: nothing. Both on the executor.
  using Ask = std::function<std::string(absl::string_view session)>;
  EventDeskRules(domain::SchoolRules rules, domain::Rules session_rules, const PlaceBook& places,
                 Ask rules_key, Ask opening)
      : rules_(std::move(rules)),
        session_rules_(session_rules),
        places_(places),
        rules_key_(std::move(rules_key)),
        opening_(std::move(opening)) {}

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
  absl::Status SessionRoom(store::View& view, const reservation::Place& place,
                           const reservation::v1::TryRequest& request, absl::Time now) const;

  const domain::SchoolRules rules_;
  const domain::Rules session_rules_;
  const PlaceBook& places_;
  const Ask rules_key_, opening_;
};

}  // namespace kepu::event
