#include "services/venue/store/collection_shelf.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/calendar/timestamps.h"
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

void CollectionShelf::Load(const std::string& key, const store::Loaded& loaded) {
  if (absl::StartsWith(key, kAlliancePrefix)) return Show(alliances_.Load(key, loaded));
  const ExhibitState& state = exhibits_.Load(key, loaded);
  for (const auto& [field, bytes] : loaded.children) {
    const auto child = state.Find(field);
    if (child.ok() && *child != nullptr) Show(**child, state.head().id());
  }
}

void CollectionShelf::Fold(const ::kepu::log::v1::AggregateFacts& facts) {
  if (absl::StartsWith(facts.key(), kAlliancePrefix)) {
    return Show(alliances_.Fold(facts, [](AllianceState& state, const log::v1::AllianceFact& fact) {
      Apply(state, fact).IgnoreError();
    }));
  }
  ExhibitState& state = exhibits_.Fold(facts, [](ExhibitState& folded, const log::v1::ExhibitFact& fact) {
    Apply(folded, fact).IgnoreError();
  });
  for (const std::string& field : state.TakeTouched()) {
    const auto child = state.Find(field);
    if (child.ok() && *child != nullptr) Show(**child, state.head().id());
  }
}

const ExhibitState* CollectionShelf::FindExhibit(absl::string_view exhibit) const {
  return exhibits_.Find(ExhibitKey(exhibit));
}

void CollectionShelf::Show(const log::v1::ExhibitChild& child, absl::string_view id) {
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
