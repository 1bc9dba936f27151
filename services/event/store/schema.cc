#include "services/event/store/schema.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/due.h"
#include "services/event/domain/event.h"
#include "services/event/domain/programme.h"
#include "services/event/domain/school.h"
#include "services/event/domain/visit_day.h"

namespace kepu::event {
namespace {

constexpr absl::string_view kEventPrefix = "event/";
constexpr absl::string_view kSessionPrefix = "session/";
constexpr absl::string_view kProgrammePrefix = "programme/";
constexpr absl::string_view kSchoolPrefix = "school/";
constexpr absl::string_view kVisitDayPrefix = "visit/";

absl::string_view IdOf(absl::string_view key, absl::string_view prefix) {
  return absl::ConsumePrefix(&key, prefix) ? key : absl::string_view();
}

}  // namespace

std::string EventKey(absl::string_view id) { return absl::StrCat(kEventPrefix, id); }
std::string SessionKey(absl::string_view id) { return absl::StrCat(kSessionPrefix, id); }
std::string ProgrammeKey(absl::string_view id) { return absl::StrCat(kProgrammePrefix, id); }
std::string SchoolKey(absl::string_view id) { return absl::StrCat(kSchoolPrefix, id); }
std::string VisitDayKey(absl::string_view id) { return absl::StrCat(kVisitDayPrefix, id); }
absl::string_view VisitDayIdOf(absl::string_view key) { return IdOf(key, kVisitDayPrefix); }
absl::string_view SessionIdOf(absl::string_view key) { return IdOf(key, kSessionPrefix); }
absl::string_view EventIdOf(absl::string_view key) { return IdOf(key, kEventPrefix); }
absl::string_view ProgrammeIdOf(absl::string_view key) { return IdOf(key, kProgrammePrefix); }
absl::string_view SchoolIdOf(absl::string_view key) { return IdOf(key, kSchoolPrefix); }

std::unique_ptr<aggregate::AnyAggregate> EventSchema::Make(absl::string_view key) const {
  if (!EventIdOf(key).empty()) return std::make_unique<domain::Event>();
  if (!SessionIdOf(key).empty()) return std::make_unique<domain::Session>();
  if (!ProgrammeIdOf(key).empty()) return std::make_unique<domain::Programme>();
  if (!SchoolIdOf(key).empty()) return std::make_unique<domain::School>();
  if (!VisitDayIdOf(key).empty()) return std::make_unique<domain::VisitDay>();
  return nullptr;
}

absl::Status EventSchema::Apply(aggregate::AnyAggregate& state, absl::string_view bytes) const {
  domain::record::Fact fact;
  if (!fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a fact that cannot be read");
  }
  return ApplyMessage(state, fact);
}

absl::Status EventSchema::ApplyMessage(aggregate::AnyAggregate& state,
                                       const google::protobuf::Message& message) const {
  const auto& fact = dynamic_cast<const domain::record::Fact&>(message);
  if (auto* session = dynamic_cast<domain::Session*>(&state)) return domain::Apply(*session, fact);
  if (auto* school = dynamic_cast<domain::School*>(&state)) return domain::Apply(*school, fact);
  if (auto* programme = dynamic_cast<domain::Programme*>(&state)) return domain::Apply(*programme, fact);
  if (auto* visit = dynamic_cast<domain::VisitDay*>(&state)) return domain::Apply(*visit, fact);
  return domain::Apply(dynamic_cast<domain::Event&>(state), fact);
}

absl::StatusOr<std::vector<std::string>> EventSchema::Due(const aggregate::AnyAggregate& state,
                                                          absl::Time now) const {
  absl::StatusOr<domain::Facts> facts = domain::Facts();
  if (const auto* session = dynamic_cast<const domain::Session*>(&state)) {
    facts = domain::Due(*session, rules_, now);
  } else if (const auto* school = dynamic_cast<const domain::School*>(&state)) {
    facts = domain::Due(*school, now);
  } else if (const auto* visit = dynamic_cast<const domain::VisitDay*>(&state)) {
    facts = domain::Due(*visit, now);
  }
  if (!facts.ok()) return facts.status();
  std::vector<std::string> bytes;
  for (const domain::record::Fact& fact : *facts) bytes.push_back(fact.SerializeAsString());
  return bytes;
}

absl::Time EventSchema::NextDue(const aggregate::AnyAggregate& state) const {
  if (!state.Exists()) return absl::InfiniteFuture();
  if (const auto* session = dynamic_cast<const domain::Session*>(&state))
    return domain::NextDue(session->head());
  if (const auto* school = dynamic_cast<const domain::School*>(&state)) return domain::NextDue(*school);
  if (const auto* visit = dynamic_cast<const domain::VisitDay*>(&state)) return domain::NextDue(*visit);
  return absl::InfiniteFuture();
}

}  // namespace kepu::event
