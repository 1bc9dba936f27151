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
#include "services/event/domain/programme.h"
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

// Sessions first: they are asked for most.
const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{Sessions(),
                                                    Schools(),
                                                    VisitDays(),
                                                    Still<domain::Event>(kEventPrefix),
                                                    Still<domain::Programme>(kProgrammePrefix),
                                                    Still<domain::Document>(kDocumentPrefix),
                                                    Still<domain::Round>(kRoundPrefix),
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
std::string DocumentKey(absl::string_view name) {
  // Events and programmes keep the keys that they had before they were documents.
  const bool deep = std::count(name.begin(), name.end(), '/') > 1;
  if (const absl::string_view id = IdOf(name, "events/"); !id.empty() && !deep) return EventKey(id);
  if (const absl::string_view id = IdOf(name, "programmes/"); !id.empty() && !deep) return ProgrammeKey(id);
  return absl::StrCat(kDocumentPrefix, name);
}
std::string RoundKey(absl::string_view id) { return absl::StrCat(kRoundPrefix, id); }
std::string SeriesKey(absl::string_view id) { return absl::StrCat(kSeriesPrefix, id); }
absl::string_view SeriesIdOf(absl::string_view key) { return IdOf(key, kSeriesPrefix); }
std::string VisitDayKey(absl::string_view id) { return absl::StrCat(kVisitDayPrefix, id); }
absl::string_view VisitDayIdOf(absl::string_view key) { return IdOf(key, kVisitDayPrefix); }
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
