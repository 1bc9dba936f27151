#include "services/identity/domain/invitation.h"

#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {

absl::StatusOr<Facts> MakeInvitation(const Invitation& invitation, record::InvitationRecord fresh) {
  // Ids follow from request keys: an invitation that is there was made by this very call.
  if (invitation.Exists()) return Facts{};
  Facts facts(1);
  *facts[0].mutable_invitation_made()->mutable_invitation() = std::move(fresh);
  return facts;
}

absl::StatusOr<Facts> AcceptInvitation(const Invitation& invitation, absl::string_view user, absl::Time now) {
  const absl::Status invalid = refusal::Refuse(absl::StatusCode::kFailedPrecondition, "INVITATION_INVALID");
  if (!invitation.Exists()) return invalid;
  const record::InvitationRecord& head = invitation.head();
  if (head.accepted_by() == std::string(user)) return Facts{};
  if (!head.accepted_by().empty() || absl::FromUnixMicros(head.expire_us()) <= now) return invalid;
  if (head.invited_by() == std::string(user)) {
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "SELF_GRANT");
  }
  Facts facts(1);
  facts[0].mutable_invitation_accepted()->set_user(std::string(user));
  return facts;
}

Facts FulfilInvitation(const Invitation& invitation) {
  if (!invitation.Exists() || invitation.head().accepted_by().empty() || invitation.head().fulfilled())
    return {};
  Facts facts(1);
  facts[0].mutable_invitation_fulfilled();
  return facts;
}

absl::StatusOr<Facts> ClaimBootstrap(const Bootstrap& bootstrap, absl::string_view user, absl::Time now) {
  if (bootstrap.Exists()) {
    const record::BootstrapRecord& head = bootstrap.head();
    if (head.user() == std::string(user)) return Facts{};
    if (now - absl::FromUnixMicros(head.claim_us()) < kBootstrapPatience) {
      return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "ALREADY_BOOTSTRAPPED");
    }
  }
  Facts facts(1);
  facts[0].mutable_bootstrap_claimed()->set_user(std::string(user));
  facts[0].mutable_bootstrap_claimed()->set_claim_us(absl::ToUnixMicros(now));
  return facts;
}

absl::Status ApplyToInvitation(Invitation& invitation, const record::Fact& fact) {
  record::InvitationRecord& head = invitation.mutable_head();
  switch (fact.kind_case()) {
    case record::Fact::kInvitationMade:
      head = fact.invitation_made().invitation();
      return absl::OkStatus();
    case record::Fact::kInvitationAccepted:
      head.set_accepted_by(fact.invitation_accepted().user());
      return absl::OkStatus();
    case record::Fact::kInvitationFulfilled:
      head.set_fulfilled(true);
      return absl::OkStatus();
    default:
      return absl::InternalError("a fact that is not about an invitation");
  }
}

absl::Status ApplyToBootstrap(Bootstrap& bootstrap, const record::Fact& fact) {
  if (!fact.has_bootstrap_claimed()) return absl::InternalError("a fact that is not about the first admin");
  record::BootstrapRecord& head = bootstrap.mutable_head();
  head.set_user(fact.bootstrap_claimed().user());
  head.set_claim_us(fact.bootstrap_claimed().claim_us());
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
