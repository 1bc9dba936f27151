// What the handlers of logins share: tokens and keys as they travel, the marks that tell a handler with what
// kind of login it is called, and the steps from a checked password to a login. The marks are put in by
// ResolveLogin and sent to this service alone. Thread-safe as far as the Api is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/identity/api/context.h"
#include "services/identity/domain/access.h"

namespace kepu::identity::api {

// A token or key, and where its user is.
struct Token {
  Place place;
  std::string digest;
  bool is_key = false;
};

// "k1.<user id>.<43 characters>" of a login, "kepu_<user id>_<43 characters>" of a program, "r1.…" of a link:
// the id leads to the user's partition, the rest is 256 random bits.
std::string MakeToken(const Api& api, const Place& place);
std::string MakeApiKeyText(const Place& place, absl::string_view bytes);
bool ParseToken(absl::string_view text, Token* token);
std::string LoginIdOf(absl::string_view digest);

// Marks of a principal.
inline constexpr char kLoginMark[] = "login";          // on "users/…/logins/…"
inline constexpr char kRecentMark[] = "recent_login";  // on the same
inline constexpr char kKeyMark[] = "api_key";          // on "users/…/apiKeys/…"
inline constexpr char kReadOnlyMark[] = "read_only";   // on the same
bool HasMark(const rpc::Principal& principal, absl::string_view mark);
// The id of the login that calls; empty where none is known.
std::string LoginOf(const rpc::Principal& principal);

// What a login has proved beside who it is. One that owes a second factor came by another provider, which
// asked for none.
struct Strength {
  bool second_factor = false;
  bool factor_owed = false;
};
// The roles that are kept back: all of them while a second factor is owed, and those of districts and the
// city from a login without one, where the deployment wants one.
bool IsWithheld(const Api& api, absl::string_view role, const Strength& strength);
// What a login may, also under the other names of what was merged.
domain::Grants GrantsOfLogin(const Api& api, const domain::record::UserRecord& user,
                             const Strength& strength);

// The failures that are counted at a login: of the account from this address, of the address, of the account
// from anywhere. The last does not hold where the account was logged in from before: a stranger closes no
// account to its owner.
struct LoginLimits {
  std::vector<Limit> limits;
  Limit anywhere;
};
LoginLimits LimitsOf(const Place& place, absl::string_view address);
absl::Status CheckLimits(Api& api, const std::vector<Limit>& limits);
std::string AddressDigest(const Api& api, absl::string_view user_id, absl::string_view address);
bool KnownFrom(const domain::record::UserRecord& user, const std::string& address_digest);

// Who somebody claims to be, as it was read before the slow part.
struct Claimed {
  std::optional<domain::record::UserRecord> user;
  domain::record::AccessRecord access;
};
void ReadClaimed(Api& api, const Place& place, std::function<void(absl::Status, Claimed)> then);

// In the workers. The password, then the second factor where there is one, in a time that does not depend on
// whether there is such a user. LOGIN_REFUSED, FACTOR_NEEDED, FACTOR_REFUSED.
struct Proved {
  int32_t password_version = 0;
  domain::FactorProof factor;
  bool second_factor = false;
};
absl::StatusOr<Proved> CheckClaim(Api& api, const Place& place, const Claimed& claimed,
                                  absl::string_view password, absl::string_view code);

std::string RecoveryDigest(const Api& api, absl::string_view user_id, absl::string_view code);

// A session as it is shown; without a token.
void ShowSession(const Api& api, const Place& place, const domain::record::UserRecord& user,
                 const domain::record::LoginRecord& login, absl::Time now, v1::Session* shown);

// Who can open an account can be it: only over people who hold nothing that the caller could not give.
// PERMISSION_DENIED / ROLE_NOT_GRANTABLE.
absl::Status CheckMayOpen(const Api& api, const domain::Grants& held, const domain::record::UserRecord& user);

absl::Status LoginRefused();
absl::Status LoginUnknown();

// In the workers: empty stays empty.
absl::StatusOr<std::string> SealFor(Api& api, const Place& place, absl::string_view field,
                                    absl::string_view text);

// In the workers: from where and with what a login comes, as its list shows it.
absl::Status SealOrigin(Api& api, const Place& place, absl::string_view device, absl::string_view address,
                        domain::NewLogin& login);

// In the workers: a user without a password. ALREADY_EXISTS / USER_NAME_TAKEN for the name of somebody who
// was erased.
absl::StatusOr<domain::record::UserRecord> WithoutPassword(Api& api, const Place& place,
                                                           absl::string_view user_name,
                                                           absl::string_view display_name);

}  // namespace kepu::identity::api
