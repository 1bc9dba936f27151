#include "services/identity/domain/external.h"

#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

using refusal::Refuse;

// In a time that does not tell where they differ.
bool SameText(absl::string_view a, absl::string_view b) {
  unsigned differs = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i)
    differs |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return differs == 0;
}

}  // namespace

std::string UserOf(const External& external) { return external.Exists() ? external.head().user() : ""; }
bool IsUnheardOf(const External& external) { return !external.Exists(); }

absl::StatusOr<Facts> LinkExternal(const External& external, record::ExternalRecord fresh) {
  const std::string user = UserOf(external);
  if (user == fresh.user()) return Facts{};
  if (!user.empty()) return Refuse(absl::StatusCode::kAlreadyExists, "EXTERNAL_TAKEN");
  Facts facts(1);
  *facts[0].mutable_external()->mutable_external_linked()->mutable_external() = std::move(fresh);
  return facts;
}

Facts UnlinkExternal(const External& external, absl::string_view user, absl::string_view by) {
  if (user.empty() || UserOf(external) != user) return {};
  Facts facts(1);
  auto& unlinked = *facts[0].mutable_external()->mutable_external_unlinked();
  unlinked.set_user(std::string(user));
  unlinked.set_by(std::string(by));
  return facts;
}

absl::Status ApplyToExternal(External& external, const record::Fact& fact) {
  record::ExternalRecord& head = external.mutable_head();
  switch (fact.external().kind_case()) {
    case record::ExternalFact::kExternalLinked:
      head = fact.external().external_linked().external();
      return absl::OkStatus();
    case record::ExternalFact::kExternalUnlinked:
      head.clear_user();
      head.clear_sealed_subject();
      return absl::OkStatus();
    default:
      return absl::InternalError("a fact that is not about an account at another provider");
  }
}

absl::Status FlowRefused() { return Refuse(absl::StatusCode::kUnauthenticated, "EXTERNAL_FLOW_REFUSED"); }

absl::Status CheckFlow(const record::FlowRecord& flow, absl::string_view state, absl::Time now) {
  if (flow.state().empty() || !SameText(flow.state(), state)) return FlowRefused();
  if (absl::FromUnixMicros(flow.expire_us()) <= now)
    return Refuse(absl::StatusCode::kUnauthenticated, "EXTERNAL_FLOW_EXPIRED");
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
