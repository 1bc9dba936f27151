#include "services/venue/store/schema.h"

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

template <class State, class Fact>
store::Kind Still(absl::string_view prefix) {
  return store::StillKind<State, Fact>(prefix,
                                       [](State& state, const Fact& fact) { return Apply(state, fact); });
}

template <class State, class Fact>
store::Kind Ticking(absl::string_view prefix) {
  return store::WithDue<State>(
      Still<State, Fact>(prefix), [](const State& state, absl::Time now) { return Due(state, now); },
      [](const State& state) { return NextDue(state); });
}

}  // namespace

std::string VenueKey(absl::string_view venue) { return absl::StrCat(kVenuePrefix, venue); }
std::string CalendarKey(int year) { return absl::StrCat(kCalendarPrefix, year); }
std::string ExhibitKey(absl::string_view exhibit) { return absl::StrCat(kExhibitPrefix, exhibit); }
std::string AllianceKey(absl::string_view alliance) { return absl::StrCat(kAlliancePrefix, alliance); }
std::string RouteKey(absl::string_view route) { return absl::StrCat(kRoutePrefix, route); }
uint32_t CalendarPartition(int year) { return names::PartitionOfText(CalendarKey(year)); }

VenueSchema::VenueSchema()
    : KindSchema({Ticking<VenueState, log::v1::VenueFact>(kVenuePrefix),
                  Still<CalendarState, log::v1::VenueFact>(kCalendarPrefix),
                  Ticking<ExhibitState, log::v1::ExhibitFact>(kExhibitPrefix),
                  Still<AllianceState, log::v1::AllianceFact>(kAlliancePrefix),
                  Still<RouteState, log::v1::RouteFact>(kRoutePrefix),
                  Ticking<TitlesState, log::v1::TitleFact>(kTitlesPrefix),
                  Ticking<FleetState, log::v1::FleetFact>(kFleetPrefix)}) {}

}  // namespace kepu::venue
