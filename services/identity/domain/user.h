// A user: password, logins, roles, and the ciphertext of what is personal, as one aggregate whose id follows
// from the user name, so two people cannot have one name. Decisions and how facts change it. Pure functions
// on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/identity/log/v1/log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "services/identity/domain/roles.h"

namespace kepu::identity::domain {

namespace record = ::kepu::identity::log::v1;

using User = aggregate::Aggregate<record::UserRecord, record::NoChild>;
using Facts = std::vector<record::Fact>;

// Logins alive at once: a phone, a desk, a counter and two to spare; the oldest gives way.
inline constexpr int kMaxLogins = 5;

struct LoginRules {
  absl::Duration staff_absolute = absl::Hours(12);
  absl::Duration staff_idle = absl::Minutes(30);
  absl::Duration other_absolute = absl::Hours(24 * 7);
  absl::Duration other_idle = absl::Hours(12);
};

// What a login is when it begins.
struct NewLogin {
  std::string id;
  std::string token_digest;
  int32_t password_version = 0;  // the one that was checked
  std::string sealed_device = {}, sealed_network = {};
  std::string address_digest = {};
  bool second_factor = false;  // was proved
  bool cookie = false;         // a browser's
  // Of one that came by another provider: the account there, when the password was last asked for there (the
  // epoch: it does not say), and that a second factor is still to be proved here.
  std::string external = {};
  std::optional<absl::Time> authenticated = {};
  bool factor_owed = false;
};

// A login whose password was checked this lately may do what wants that.
inline constexpr absl::Duration kRecentLogin = absl::Minutes(15);

Grants GrantsOf(const record::UserRecord& user);
bool Holds(const record::UserRecord& user, absl::string_view role, absl::string_view on);

// The live login with this token; null when the user is not active, or there is none, or it has run out.
const record::LoginRecord* FindLogin(const record::UserRecord& user, absl::string_view token_digest,
                                     absl::Time now);
absl::Time ExpiryOf(const record::LoginRecord& login);

// ALREADY_EXISTS / USER_NAME_TAKEN.
absl::StatusOr<Facts> RegisterUser(const User& user, record::UserRecord fresh);

// Every failure is the same UNAUTHENTICATED / LOGIN_REFUSED.
absl::StatusOr<Facts> StartLogin(const User& user, const NewLogin& login, const LoginRules& rules,
                                 absl::Time now);
// Nothing when the login is not live or its idle end would hardly move.
Facts UseLogin(const User& user, absl::string_view token_digest, const LoginRules& rules, absl::Time now);
// Nothing for logins that are not there.
Facts EndLogin(const User& user, absl::string_view login_id);
// All of them but `kept`, which may be empty.
Facts EndLogins(const User& user, absl::string_view kept);
// Those that came by this account at another provider.
Facts EndLoginsBy(const User& user, absl::string_view external);

// The password was checked once more, against the version that the login brings, or the second factor alone,
// which leaves `authenticated` as it was: the login `id` goes on under its token digest. UNAUTHENTICATED /
// LOGIN_REFUSED as at a login; LOGIN_UNKNOWN when it has ended.
absl::StatusOr<Facts> RotateLogin(const User& user, const NewLogin& login, absl::Time now);
// Never of a login that owes a second factor.
bool IsRecent(const record::LoginRecord& login, absl::Time now);
// About when it was last used: idle ends are moved now and then.
absl::Time UsedAt(const record::UserRecord& user, const record::LoginRecord& login, const LoginRules& rules);
const record::LoginRecord* LoginById(const record::UserRecord& user, absl::string_view id, absl::Time now);

absl::StatusOr<Facts> ChangePassword(const User& user, int32_t checked_version, const std::string& hash);
// A stronger hash of the same password; nothing when the password has changed meanwhile.
Facts Rehash(const User& user, int32_t checked_version, const std::string& hash);
absl::StatusOr<Facts> IssueReset(const User& user, absl::string_view name, std::string code_digest,
                                 absl::Time expires);
// Every failure is the same UNAUTHENTICATED / RESET_REFUSED.
absl::StatusOr<Facts> ResetPassword(const User& user, absl::string_view code_digest, const std::string& hash,
                                    absl::Time now);

absl::StatusOr<Facts> ChangeProfile(const User& user, absl::string_view name, record::ProfileChanged change);

// Who asks, and what: for GrantRole and RevokeRole.
struct RoleChange {
  std::string actor;  // "users/…"
  std::string user;
  v1::RoleGrant grant;
  std::string invitation;  // the role was offered and taken: the actor may then be the user
};
// Nothing to do is no refusal. SELF_GRANT, TOO_MANY_ROLES, USER_NOT_ACTIVE.
absl::StatusOr<Facts> GrantRole(const User& user, const RoleChange& change);
absl::StatusOr<Facts> RevokeRole(const User& user, const RoleChange& change);

// Between ACTIVE and DISABLED, and to ERASED for ever.
absl::StatusOr<Facts> ChangeState(const User& user, absl::string_view name, absl::string_view actor,
                                  v1::User::State state);

// Applies a fact about a user; INTERNAL for one that is not.
absl::Status ApplyToUser(User& user, const record::Fact& fact);

}  // namespace kepu::identity::domain
