#include "services/venue/store/schema.h"

#include <typeinfo>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/venue/domain/alliances.h"
#include "services/venue/domain/apply.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/domain/fleet_apply.h"
#include "services/venue/domain/routes.h"
#include "services/venue/domain/title_state.h"
#include "services/venue/store/fleet_shelf.h"
#include "services/venue/store/title_shelf.h"

namespace kepu::venue {
namespace {

using aggregate::AnyAggregate;

// One kind of aggregate, whose keys begin alike.
struct Kind {
  absl::string_view prefix;
  const std::type_info* state;
  std::unique_ptr<AnyAggregate> (*make)();
  absl::Status (*apply)(AnyAggregate& state, absl::string_view fact);
  absl::StatusOr<std::vector<std::string>> (*due)(const AnyAggregate& state, absl::Time now);
  absl::Time (*next_due)(const AnyAggregate& state);
};

template <class State, class Fact>
absl::Status ApplyFact(AnyAggregate& state, absl::string_view fact) {
  Fact parsed;
  if (!parsed.ParseFromArray(fact.data(), static_cast<int>(fact.size())))
    return absl::DataLossError("unreadable fact of the venue service");
  return Apply(static_cast<State&>(state), parsed);
}

template <class State>
absl::StatusOr<std::vector<std::string>> DueFacts(const AnyAggregate& state, absl::Time now) {
  std::vector<std::string> bodies;
  auto facts = Due(static_cast<const State&>(state), now);
  if (!facts.ok()) return facts.status();
  for (const auto& fact : *facts) bodies.push_back(fact.SerializeAsString());
  return bodies;
}

template <class State>
absl::Time WhenDue(const AnyAggregate& state) {
  return NextDue(static_cast<const State&>(state));
}

// Nothing of it comes due by itself.
template <class State, class Fact>
Kind Still(absl::string_view prefix) {
  return {prefix,
          &typeid(State),
          []() -> std::unique_ptr<AnyAggregate> { return std::make_unique<State>(); },
          ApplyFact<State, Fact>,
          [](const AnyAggregate&, absl::Time) -> absl::StatusOr<std::vector<std::string>> {
            return std::vector<std::string>();
          },
          [](const AnyAggregate&) { return absl::InfiniteFuture(); }};
}

template <class State, class Fact>
Kind Ticking(absl::string_view prefix) {
  Kind kind = Still<State, Fact>(prefix);
  kind.due = DueFacts<State>;
  kind.next_due = WhenDue<State>;
  return kind;
}

const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{
      Ticking<VenueState, log::v1::VenueFact>(kVenuePrefix),
      Still<CalendarState, log::v1::VenueFact>(kCalendarPrefix),
      Ticking<ExhibitState, log::v1::ExhibitFact>(kExhibitPrefix),
      Still<AllianceState, log::v1::AllianceFact>(kAlliancePrefix),
      Still<RouteState, log::v1::RouteFact>(kRoutePrefix),
      Ticking<TitlesState, log::v1::TitleFact>(kTitlesPrefix),
      Ticking<FleetState, log::v1::FleetFact>(kFleetPrefix),
  };
  return kinds;
}

// Null for what is not of this service. Kinds are few.
const Kind* KindOf(const AnyAggregate& state) {
  for (const Kind& kind : Kinds())
    if (*kind.state == typeid(state)) return &kind;
  return nullptr;
}

}  // namespace

std::string VenueKey(absl::string_view venue) { return absl::StrCat(kVenuePrefix, venue); }
std::string CalendarKey(int year) { return absl::StrCat(kCalendarPrefix, year); }
std::string ExhibitKey(absl::string_view exhibit) { return absl::StrCat(kExhibitPrefix, exhibit); }
std::string AllianceKey(absl::string_view alliance) { return absl::StrCat(kAlliancePrefix, alliance); }
std::string RouteKey(absl::string_view route) { return absl::StrCat(kRoutePrefix, route); }
uint32_t CalendarPartition(int year) { return names::PartitionOfText(CalendarKey(year)); }

std::unique_ptr<AnyAggregate> VenueSchema::Make(absl::string_view key) const {
  for (const Kind& kind : Kinds())
    if (absl::StartsWith(key, kind.prefix)) return kind.make();
  return nullptr;
}

absl::Status VenueSchema::Apply(AnyAggregate& state, absl::string_view fact) const {
  const Kind* kind = KindOf(state);
  return kind == nullptr ? absl::InternalError("no aggregate of the venue service")
                         : kind->apply(state, fact);
}

absl::StatusOr<std::vector<std::string>> VenueSchema::Due(const AnyAggregate& state, absl::Time now) const {
  const Kind* kind = KindOf(state);
  return kind == nullptr ? std::vector<std::string>() : kind->due(state, now);
}

absl::Time VenueSchema::NextDue(const AnyAggregate& state) const {
  const Kind* kind = KindOf(state);
  return kind == nullptr ? absl::InfiniteFuture() : kind->next_due(state);
}

}  // namespace kepu::venue
