#include "services/venue/store/collection_shelf.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {

bool CollectionShelf::Owns(absl::string_view key) {
  return absl::StartsWith(key, kExhibitPrefix) || absl::StartsWith(key, kAlliancePrefix);
}

std::string CollectionShelf::ExhibitsScope(absl::string_view owner, absl::string_view alliance) {
  return absl::StrCat("exhibits|", owner, "|", alliance);
}
std::string CollectionShelf::CustodiesScope(absl::string_view exhibit) {
  return absl::StrCat("custodies|", exhibit);
}

std::string CollectionShelf::ReservationsScope(absl::string_view exhibit) {
  return absl::StrCat("reservations|", exhibit);
}

void CollectionShelf::Load(const reservation::Place& place, const store::Loaded& loaded) {
  if (absl::StartsWith(place.key, kAlliancePrefix)) return Show(alliances_.Load(place.key, loaded));
  const ExhibitState& state = exhibits_.Load(place.key, loaded);
  for (const auto& [field, bytes] : loaded.children) {
    const auto child = state.Find(field);
    if (!child.ok() || *child == nullptr) continue;
    Show(**child, state.head().id());
    if ((*child)->has_claim() && observer_.see) observer_.see(place, (*child)->claim());
  }
}

void CollectionShelf::Fold(uint32_t partition, const ::kepu::log::v1::AggregateFacts& facts) {
  if (absl::StartsWith(facts.key(), kAlliancePrefix)) {
    return Show(alliances_.Fold(facts, [](AllianceState& state, const log::v1::AllianceFact& fact) {
      Apply(state, fact).IgnoreError();
    }));
  }
  ExhibitState& state = exhibits_.Fold(facts, [&](ExhibitState& folded, const log::v1::ExhibitFact& fact) {
    Apply(folded, fact).IgnoreError();
    if (fact.has_claim_changed() && observer_.fold)
      observer_.fold({partition, facts.key()}, fact.claim_changed());
  });
  for (const std::string& field : state.TakeTouched()) {
    const auto child = state.Find(field);
    if (child.ok() && *child != nullptr) Show(**child, state.head().id());
  }
}

const ExhibitState* CollectionShelf::FindExhibit(absl::string_view exhibit) const {
  return exhibits_.Find(ExhibitKey(exhibit));
}

void CollectionShelf::ShowClaim(const reservation::v1::Claim& claim, absl::string_view exhibit) {
  const std::string name = KitReservationName(exhibit, claim.claim_id());
  if (!reservation::IsLive(claim)) return catalogue_.Remove(name);
  catalogue_.Keep(name, std::make_shared<v1::KitReservation>(KitReservationOf(exhibit, claim)),
                  {ReservationsScope(exhibit)},
                  absl::StrFormat("%016d", calendar::MicrosOf(claim.demand().start_time())));
}

void CollectionShelf::Show(const log::v1::ExhibitChild& child, absl::string_view id) {
  if (child.has_claim()) return ShowClaim(child.claim(), id);
  if (child.has_custody()) {
    const v1::Custody& custody = child.custody();
    return catalogue_.Put(custody.name(), custody, {CustodiesScope(id)},
                          absl::StrFormat("%016d", calendar::MicrosOf(custody.start_time())));
  }
  if (!child.has_exhibit()) return;
  const v1::Exhibit& exhibit = child.exhibit();
  std::vector<std::string> scopes = {ExhibitsScope("", ""), ExhibitsScope(exhibit.owner(), "")};
  if (!exhibit.alliance().empty()) scopes.push_back(ExhibitsScope("", exhibit.alliance()));
  catalogue_.Put(exhibit.name(), exhibit, std::move(scopes), exhibit.name());
  put_containers_(exhibit.name(), {exhibit.owner()});
}

void CollectionShelf::Show(const AllianceState& state) {
  const auto alliance = FindAlliance(state, state.head().id());
  if (!alliance.ok()) return;
  catalogue_.Put((*alliance)->name(), **alliance, {AlliancesScope()}, (*alliance)->name());
  put_containers_((*alliance)->name(), {(*alliance)->lead()});
}

}  // namespace kepu::venue
