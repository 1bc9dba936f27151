#include "services/event/store/schema.h"

#include <algorithm>
#include <typeinfo>

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

using aggregate::AnyAggregate;
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

// One kind of aggregate, whose keys begin alike.
struct Kind {
  absl::string_view prefix;
  const std::type_info* state;
  std::unique_ptr<AnyAggregate> (*make)();
  absl::Status (*apply)(AnyAggregate& state, const domain::record::Fact& fact);
  // Null where nothing comes due by itself.
  absl::StatusOr<domain::Facts> (*due)(const AnyAggregate& state, const Rules& rules, absl::Time now);
  absl::Time (*next_due)(const AnyAggregate& state, const Rules& rules);
};

template <class State>
Kind Still(absl::string_view prefix) {
  return {prefix,
          &typeid(State),
          []() -> std::unique_ptr<AnyAggregate> { return std::make_unique<State>(); },
          [](AnyAggregate& state, const domain::record::Fact& fact) {
            return domain::Apply(static_cast<State&>(state), fact);
          },
          nullptr,
          nullptr};
}

Kind Sessions() {
  Kind kind = Still<domain::Session>(kSessionPrefix);
  kind.due = [](const AnyAggregate& state, const Rules& rules, absl::Time now) {
    return domain::Due(static_cast<const domain::Session&>(state), rules, now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules& rules) {
    return domain::NextDue(static_cast<const domain::Session&>(state).head(), rules);
  };
  return kind;
}

Kind Schools() {
  Kind kind = Still<domain::School>(kSchoolPrefix);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::School&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::School&>(state));
  };
  return kind;
}

// The same rules keep the visits of a district as those of a school.
Kind Districts() {
  Kind kind = Schools();
  kind.prefix = kDistrictPrefix;
  return kind;
}

Kind VisitDays() {
  Kind kind = Still<domain::VisitDay>(kVisitDayPrefix);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::VisitDay&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::VisitDay&>(state));
  };
  return kind;
}

Kind Rosters() {
  Kind kind = Still<domain::Roster>(kRosterPrefix);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::Roster&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::Roster&>(state).head());
  };
  return kind;
}

// Sessions first: they are asked for most.
const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{Sessions(),
                                                    Schools(),
                                                    VisitDays(),
                                                    Still<domain::Opening>(kOpeningPrefix),
                                                    Still<domain::Event>(kEventPrefix),
                                                    Still<domain::Programme>(kProgrammePrefix),
                                                    Still<domain::Document>(kDocumentPrefix),
                                                    Still<domain::Feedback>(kFeedbackPrefix),
                                                    Still<domain::Round>(kRoundPrefix),
                                                    Still<domain::Papers>(kPapersPrefix),
                                                    Rosters(),
                                                    Still<domain::Place>(kPlacePrefix),
                                                    Districts(),
                                                    Still<domain::Series>(kSeriesPrefix)};
  return kinds;
}

// Null for what is not of this service. Kinds are few.
const Kind* KindOf(const AnyAggregate& state) {
  for (const Kind& kind : Kinds())
    if (*kind.state == typeid(state)) return &kind;
  return nullptr;
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

std::unique_ptr<AnyAggregate> EventSchema::Make(absl::string_view key) const {
  for (const Kind& kind : Kinds())
    if (absl::StartsWith(key, kind.prefix)) return kind.make();
  return nullptr;
}

absl::Status EventSchema::Apply(AnyAggregate& state, absl::string_view bytes) const {
  domain::record::Fact fact;
  if (!fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a fact that cannot be read");
  }
  return ApplyMessage(state, fact);
}

absl::Status EventSchema::ApplyMessage(AnyAggregate& state, const google::protobuf::Message& message) const {
  const Kind* kind = KindOf(state);
  if (kind == nullptr) return absl::InternalError("no aggregate of the event service");
  return kind->apply(state, dynamic_cast<const domain::record::Fact&>(message));
}

absl::StatusOr<std::vector<std::string>> EventSchema::Due(const AnyAggregate& state, absl::Time now) const {
  std::vector<std::string> bytes;
  const Kind* kind = KindOf(state);
  if (kind == nullptr || kind->due == nullptr) return bytes;
  const absl::StatusOr<domain::Facts> facts = kind->due(state, rules_, now);
  if (!facts.ok()) return facts.status();
  for (const domain::record::Fact& fact : *facts) bytes.push_back(fact.SerializeAsString());
  return bytes;
}

absl::Time EventSchema::NextDue(const AnyAggregate& state) const {
  const Kind* kind = state.Exists() ? KindOf(state) : nullptr;
  return kind == nullptr || kind->next_due == nullptr ? absl::InfiniteFuture()
                                                      : kind->next_due(state, rules_);
}

}  // namespace kepu::event
