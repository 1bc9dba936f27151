// Invitations (a role offered to whoever brings a code) and the claim of the first admin: both are taken
// once, by the first who comes, and the role follows in the user's own partition. Pure functions on values.
#pragma once

#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Invitation = aggregate::Aggregate<record::InvitationRecord, record::NoChild>;
using Bootstrap = aggregate::Aggregate<record::BootstrapRecord, record::NoChild>;

// A claim of the first admin whose user never came may be taken over after this.
inline constexpr absl::Duration kBootstrapPatience = absl::Minutes(1);

absl::StatusOr<Facts> MakeInvitation(const Invitation& invitation, record::InvitationRecord fresh);

// The same user may take it again: the role may not have followed yet. Everything else, also an unknown code
// and one that ran out, is the same FAILED_PRECONDITION / INVITATION_INVALID.
absl::StatusOr<Facts> AcceptInvitation(const Invitation& invitation, absl::string_view user, absl::Time now);
Facts FulfilInvitation(const Invitation& invitation);

// FAILED_PRECONDITION / ALREADY_BOOTSTRAPPED.
absl::StatusOr<Facts> ClaimBootstrap(const Bootstrap& bootstrap, absl::string_view user, absl::Time now);

absl::Status ApplyToInvitation(Invitation& invitation, const record::Fact& fact);
absl::Status ApplyToBootstrap(Bootstrap& bootstrap, const record::Fact& fact);

}  // namespace kepu::identity::domain
