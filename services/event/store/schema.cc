#include "services/event/store/schema.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/document.h"
#include "services/event/domain/due.h"
#include "services/event/domain/event.h"
#include "services/event/domain/feedback.h"
#include "services/event/domain/opening.h"
#include "services/event/domain/papers.h"
#include "services/event/domain/place_rules.h"
#include "services/event/domain/programme.h"
#include "services/event/domain/roster.h"
#include "services/event/domain/round.h"
#include "services/event/domain/school.h"
#include "services/event/domain/series.h"
#include "services/event/domain/visit_day.h"

namespace kepu::event {
namespace {

using domain::Rules;

constexpr absl::string_view kEventPrefix = "event/";
constexpr absl::string_view kSessionPrefix = "session/";
constexpr absl::string_view kProgrammePrefix = "programme/";
constexpr absl::string_view kSchoolPrefix = "school/";
constexpr absl::string_view kDocumentPrefix = "document/";
constexpr absl::string_view kRoundPrefix = "round/";
constexpr absl::string_view kVisitDayPrefix = "visit/";
constexpr absl::string_view kOpeningPrefix = "opening/";
constexpr absl::string_view kFeedbackPrefix = "feedback/";
constexpr absl::string_view kPapersPrefix = "papers/";
constexpr absl::string_view kRosterPrefix = "roster/";
constexpr absl::string_view kPlacePrefix = "place/";
constexpr absl::string_view kDistrictPrefix = "district/";
constexpr absl::string_view kSeriesPrefix = "series/";

template <class State>
store::Kind Still(absl::string_view prefix) {
  return store::StillKind<State, domain::record::Fact>(
      prefix, [](State& state, const domain::record::Fact& fact) { return domain::Apply(state, fact); });
}

store::Kind Sessions(const Rules& rules) {
  return store::WithDue<domain::Session>(
      Still<domain::Session>(kSessionPrefix),
      [rules](const domain::Session& session, absl::Time now) { return domain::Due(session, rules, now); },
      [rules](const domain::Session& session) { return domain::NextDue(session.head(), rules); });
}

// Of what is due by its own time alone.
template <class State>
store::Kind Ticking(absl::string_view prefix) {
  return store::WithDue<State>(
      Still<State>(prefix), [](const State& state, absl::Time now) { return domain::Due(state, now); },
      [](const State& state) { return domain::NextDue(state); });
}

store::Kind Rosters() {
  return store::WithDue<domain::Roster>(
      Still<domain::Roster>(kRosterPrefix),
      [](const domain::Roster& roster, absl::Time now) { return domain::Due(roster, now); },
      [](const domain::Roster& roster) { return domain::NextDue(roster.head()); });
}

absl::string_view IdOf(absl::string_view key, absl::string_view prefix) {
  return absl::ConsumePrefix(&key, prefix) ? key : absl::string_view();
}

}  // namespace

std::string EventKey(absl::string_view id) { return absl::StrCat(kEventPrefix, id); }
std::string SessionKey(absl::string_view id) { return absl::StrCat(kSessionPrefix, id); }
std::string ProgrammeKey(absl::string_view id) { return absl::StrCat(kProgrammePrefix, id); }
std::string SchoolKey(absl::string_view id) { return absl::StrCat(kSchoolPrefix, id); }
std::string RoundKey(absl::string_view id) { return absl::StrCat(kRoundPrefix, id); }
std::string FeedbackKey(absl::string_view session) { return absl::StrCat(kFeedbackPrefix, session); }
absl::string_view FeedbackIdOf(absl::string_view key) { return IdOf(key, kFeedbackPrefix); }
std::string SeriesKey(absl::string_view id) { return absl::StrCat(kSeriesPrefix, id); }
absl::string_view SeriesIdOf(absl::string_view key) { return IdOf(key, kSeriesPrefix); }
std::string VisitDayKey(absl::string_view id) { return absl::StrCat(kVisitDayPrefix, id); }
std::string PapersKey(absl::string_view owner) { return absl::StrCat(kPapersPrefix, owner); }
std::string RosterKey(absl::string_view booking) { return absl::StrCat(kRosterPrefix, booking); }
absl::string_view RosterIdOf(absl::string_view key) { return IdOf(key, kRosterPrefix); }
absl::string_view VisitDayIdOf(absl::string_view key) { return IdOf(key, kVisitDayPrefix); }
std::string OpeningKey(absl::string_view id) { return absl::StrCat(kOpeningPrefix, id); }
absl::string_view OpeningIdOf(absl::string_view key) { return IdOf(key, kOpeningPrefix); }
std::string PlaceKey(absl::string_view place) { return absl::StrCat(kPlacePrefix, place); }
absl::string_view PlaceOfRules(absl::string_view key) { return IdOf(key, kPlacePrefix); }
std::string DistrictThing(absl::string_view district, absl::string_view place) {
  return absl::StrCat(kDistrictVisits, absl::StripPrefix(district, "districts/"), "/", place);
}
std::string DistrictKey(absl::string_view thing) { return absl::StrCat(kDistrictPrefix, thing); }
absl::string_view DistrictThingOf(absl::string_view key) { return IdOf(key, kDistrictPrefix); }
absl::string_view SessionIdOf(absl::string_view key) { return IdOf(key, kSessionPrefix); }
absl::string_view EventIdOf(absl::string_view key) { return IdOf(key, kEventPrefix); }
absl::string_view ProgrammeIdOf(absl::string_view key) { return IdOf(key, kProgrammePrefix); }
absl::string_view SchoolIdOf(absl::string_view key) { return IdOf(key, kSchoolPrefix); }
bool KeepsDocument(absl::string_view key) {
  return !IdOf(key, kDocumentPrefix).empty() || !EventIdOf(key).empty() || !ProgrammeIdOf(key).empty();
}
absl::string_view RoundIdOf(absl::string_view key) { return IdOf(key, kRoundPrefix); }

// Sessions first: they are asked for most. The same rules keep the visits of a district as those of a school.
EventSchema::EventSchema(const domain::Rules& rules)
    : KindSchema({Sessions(rules), Ticking<domain::School>(kSchoolPrefix),
                  Ticking<domain::VisitDay>(kVisitDayPrefix), Still<domain::Opening>(kOpeningPrefix),
                  Still<domain::Event>(kEventPrefix), Still<domain::Programme>(kProgrammePrefix),
                  Still<domain::Document>(kDocumentPrefix), Still<domain::Feedback>(kFeedbackPrefix),
                  Still<domain::Round>(kRoundPrefix), Still<domain::Papers>(kPapersPrefix), Rosters(),
                  Still<domain::Place>(kPlacePrefix), Ticking<domain::School>(kDistrictPrefix),
                  Still<domain::Series>(kSeriesPrefix)}) {}

}  // namespace kepu::event
