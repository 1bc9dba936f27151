// What a user's programs and second factor come in with: keys, an authenticator, recovery codes; an aggregate
// of its own beside the user, so that the user's stays small. Decisions and how facts change it. Pure
// functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Access = aggregate::Aggregate<record::AccessRecord, record::NoChild>;

// A timetable, a website, a counter and as many again; they stand in one head.
inline constexpr int kMaxApiKeys = 8;
inline constexpr absl::Duration kApiKeyLife = absl::Hours(24 * 90);
inline constexpr absl::Duration kApiKeyLifeMax = absl::Hours(24 * 400);
// How often a key's use is worth a commit.
inline constexpr absl::Duration kApiKeyUseEvery = absl::Hours(1);
// Codes on paper for the day on which the phone is gone.
inline constexpr int kRecoveryCodes = 8;

// FAILED_PRECONDITION / TOO_MANY_KEYS. Keys that have run out make room.
absl::StatusOr<Facts> MakeApiKey(const Access& access, record::ApiKeyRecord key, absl::Time now);
// Nothing for a key that is not there.
Facts RevokeApiKey(const Access& access, absl::string_view id, absl::string_view by);
// The key with this digest; null when there is none or it has run out. Whether its user is active is the
// user's to say.
const record::ApiKeyRecord* FindApiKey(const record::AccessRecord& access, absl::string_view key_digest,
                                       absl::Time now);
// Nothing when the key was used within the hour.
Facts UseApiKey(const Access& access, absl::string_view id, absl::Time now);

bool HasFactor(const record::AccessRecord& access);
// FAILED_PRECONDITION / FACTOR_EXISTS. A secret that was not confirmed gives way.
absl::StatusOr<Facts> EnrolFactor(const Access& access, std::string sealed_secret);
// FAILED_PRECONDITION / FACTOR_NOT_ENROLLED, UNAUTHENTICATED / FACTOR_REFUSED for a step of 0: no code fits.
// `checked_secret` is the (sealed) one that the code was checked against.
absl::StatusOr<Facts> ConfirmFactor(const Access& access, absl::string_view checked_secret, int64_t step,
                                    const std::vector<std::string>& recovery_digests, absl::Time now);

// What somebody brought as second factor: the step that a code fits, or the digest of what may be a recovery
// code.
struct FactorProof {
  int64_t step = 0;
  std::string recovery_digest;
};
// UNAUTHENTICATED / FACTOR_REFUSED when it proves nothing, or was used before. Nothing where there is no
// factor.
absl::StatusOr<Facts> UseFactor(const Access& access, const FactorProof& proof);
// Nothing where there is none.
Facts RemoveFactor(const Access& access, absl::string_view by, std::string sealed_reason);

// A role may stand in a key when its user holds it there or on something that contains it. `scopes_of` says
// what contains a resource, itself included.
using ScopesOf = std::function<std::vector<std::string>(absl::string_view resource)>;
bool Covers(const Grants& held, const v1::RoleGrant& wanted, const ScopesOf& scopes_of);

// INTERNAL for a fact that is not about access.
absl::Status ApplyToAccess(Access& access, const record::Fact& fact);

}  // namespace kepu::identity::domain
