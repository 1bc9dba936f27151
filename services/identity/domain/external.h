// Accounts at another provider: each is one aggregate, whose id follows from issuer and subject, so that two
// users cannot have one; and the way of a browser through that provider. Decisions and how facts change it.
// Pure functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/identity/log/v1/external_log.pb.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using External = aggregate::Aggregate<record::ExternalRecord, record::NoChild>;

// The city's, a school's, and as many again.
inline constexpr int kMaxExternals = 4;
// Long enough to look for a phone with a code.
inline constexpr absl::Duration kFlowLife = absl::Minutes(10);

// Nothing when it is that user's already. ALREADY_EXISTS / EXTERNAL_TAKEN when it is somebody else's.
absl::StatusOr<Facts> LinkExternal(const External& external, record::ExternalRecord fresh);
// Nothing when it is not that user's.
Facts UnlinkExternal(const External& external, absl::string_view user, absl::string_view by);

// Whose it is; empty: nobody's.
std::string UserOf(const External& external);
// Nobody ever said whose it is. What was untied once is not made a user again by itself.
bool IsUnheardOf(const External& external);

// INTERNAL for a fact that is not about such an account.
absl::Status ApplyToExternal(External& external, const record::Fact& fact);

// The browser came back with the state that it was sent away with, in time. UNAUTHENTICATED /
// EXTERNAL_FLOW_REFUSED, EXTERNAL_FLOW_EXPIRED.
absl::Status CheckFlow(const record::FlowRecord& flow, absl::string_view state, absl::Time now);
absl::Status FlowRefused();

}  // namespace kepu::identity::domain
