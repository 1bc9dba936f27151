#include "services/event/store/roster_book.h"

namespace kepu::event {

void RosterBook::Load(const std::string& key, const store::Loaded& loaded) {
  domain::Roster& roster = rosters_[key] = domain::Roster();
  roster.set_complete(true);
  roster.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    roster.ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
  if (observer_) observer_(key);
}

void RosterBook::Fold(const std::string& key, const ::kepu::log::v1::AggregateFacts& facts) {
  domain::Roster& roster = rosters_[key];
  roster.set_complete(true);
  domain::record::Fact fact;
  // What cannot be folded is the verifier's to find; the book knows what came before it.
  for (const ::kepu::log::v1::Fact& logged : facts.facts())
    if (fact.ParseFromString(logged.body())) domain::Apply(roster, fact).IgnoreError();
  if (observer_) observer_(key);
}

const domain::Roster* RosterBook::Find(absl::string_view key) const {
  auto it = rosters_.find(key);
  return it == rosters_.end() ? nullptr : &it->second;
}

}  // namespace kepu::event
