#include "services/event/store/schema.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/event/domain/apply.h"
#include "services/event/domain/due.h"
#include "services/event/domain/event.h"

namespace kepu::event {
namespace {

constexpr absl::string_view kEventPrefix = "event/";
constexpr absl::string_view kSessionPrefix = "session/";

}  // namespace

std::string EventKey(absl::string_view id) { return absl::StrCat(kEventPrefix, id); }
std::string SessionKey(absl::string_view id) { return absl::StrCat(kSessionPrefix, id); }
absl::string_view SessionIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kSessionPrefix) ? key : absl::string_view();
}
absl::string_view EventIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kEventPrefix) ? key : absl::string_view();
}

std::unique_ptr<aggregate::AnyAggregate> EventSchema::Make(absl::string_view key) const {
  if (!EventIdOf(key).empty()) return std::make_unique<domain::Event>();
  if (!SessionIdOf(key).empty()) return std::make_unique<domain::Session>();
  return nullptr;
}

absl::Status EventSchema::Apply(aggregate::AnyAggregate& state, absl::string_view bytes) const {
  domain::record::Fact fact;
  if (!fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a fact that cannot be read");
  }
  if (auto* session = dynamic_cast<domain::Session*>(&state)) return domain::Apply(*session, fact);
  return domain::Apply(dynamic_cast<domain::Event&>(state), fact);
}

absl::StatusOr<std::vector<std::string>> EventSchema::Due(const aggregate::AnyAggregate& state,
                                                          absl::Time now) const {
  const auto* session = dynamic_cast<const domain::Session*>(&state);
  if (session == nullptr) return std::vector<std::string>();
  absl::StatusOr<domain::Facts> facts = domain::Due(*session, rules_, now);
  if (!facts.ok()) return facts.status();
  std::vector<std::string> bytes;
  for (const domain::record::Fact& fact : *facts) bytes.push_back(fact.SerializeAsString());
  return bytes;
}

absl::Time EventSchema::NextDue(const aggregate::AnyAggregate& state) const {
  const auto* session = dynamic_cast<const domain::Session*>(&state);
  if (session == nullptr || !session->Exists()) return absl::InfiniteFuture();
  return domain::NextDue(session->head());
}

}  // namespace kepu::event
