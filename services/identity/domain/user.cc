#include "services/identity/domain/user.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

using refusal::Refuse;

// An idle end is moved on only when that is worth a commit: by a quarter of the idle time.
constexpr int kIdleMoves = 4;

absl::Status LoginRefused() { return Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_REFUSED"); }
absl::Status ResetRefused() { return Refuse(absl::StatusCode::kUnauthenticated, "RESET_REFUSED"); }

bool Active(const User& user) { return user.Exists() && user.head().state() == v1::User::ACTIVE; }

bool IsStaffUser(const record::UserRecord& user) {
  return std::any_of(user.grants().begin(), user.grants().end(),
                     [](const v1::RoleGrant& grant) { return IsStaff(grant.role()); });
}

absl::Duration IdleOf(const record::UserRecord& user, const LoginRules& rules) {
  return IsStaffUser(user) ? rules.staff_idle : rules.other_idle;
}

bool Same(const v1::RoleGrant& a, const v1::RoleGrant& b) { return a.role() == b.role() && a.on() == b.on(); }

bool Exists(const User& user) { return user.Exists() && user.head().state() != v1::User::ERASED; }

void EraseGrant(record::UserRecord& user, const v1::RoleGrant& grant) {
  auto& grants = *user.mutable_grants();
  grants.erase(
      std::remove_if(grants.begin(), grants.end(), [&](const auto& held) { return Same(held, grant); }),
      grants.end());
}

void EraseLogins(record::UserRecord& user, const record::LoginsEnded& ended) {
  auto& logins = *user.mutable_logins();
  logins.erase(std::remove_if(logins.begin(), logins.end(),
                              [&](const record::LoginRecord& login) {
                                return std::find(ended.ids().begin(), ended.ids().end(), login.id()) !=
                                       ended.ids().end();
                              }),
               logins.end());
}

// A browser's session does not outlive a change of what its user may: a token that was taken before must not
// be worth more afterwards. Programs hold theirs themselves and go on with the roles as they are.
void EraseSessions(record::UserRecord& user) {
  auto& logins = *user.mutable_logins();
  logins.erase(std::remove_if(logins.begin(), logins.end(),
                              [](const record::LoginRecord& login) { return login.cookie(); }),
               logins.end());
}

void ApplyRotation(record::UserRecord& user, const record::LoginRotated& rotated) {
  for (record::LoginRecord& login : *user.mutable_logins()) {
    if (login.id() != rotated.id()) continue;
    login.set_token_digest(rotated.token_digest());
    login.set_auth_us(rotated.auth_us());
    login.set_second_factor(rotated.second_factor());
    if (rotated.second_factor()) login.clear_factor_owed();
  }
}

void ApplyState(record::UserRecord& user, v1::User::State state) {
  user.set_state(state);
  if (state == v1::User::ACTIVE) return;
  user.clear_logins();
  user.clear_reset();
  if (state != v1::User::ERASED) return;
  user.clear_grants();
  user.clear_password_hash();
  user.clear_sealed_user_name();
  user.clear_sealed_display_name();
  user.clear_sealed_phone();
}

void ApplyProfile(record::UserRecord& user, const record::ProfileChanged& change) {
  if (change.has_sealed_display_name()) user.set_sealed_display_name(change.sealed_display_name());
  if (change.has_sealed_phone()) user.set_sealed_phone(change.sealed_phone());
}

}  // namespace

Grants GrantsOf(const record::UserRecord& user) { return {user.grants().begin(), user.grants().end()}; }

bool Holds(const record::UserRecord& user, absl::string_view role, absl::string_view on) {
  return std::any_of(user.grants().begin(), user.grants().end(),
                     [&](const v1::RoleGrant& grant) { return grant.role() == role && grant.on() == on; });
}

absl::Time ExpiryOf(const record::LoginRecord& login) {
  return absl::FromUnixMicros(std::min(login.expire_us(), login.idle_expire_us()));
}

const record::LoginRecord* FindLogin(const record::UserRecord& user, absl::string_view token_digest,
                                     absl::Time now) {
  if (user.state() != v1::User::ACTIVE) return nullptr;
  for (const record::LoginRecord& login : user.logins()) {
    if (login.token_digest() == std::string(token_digest)) return ExpiryOf(login) > now ? &login : nullptr;
  }
  return nullptr;
}

absl::StatusOr<Facts> RegisterUser(const User& user, record::UserRecord fresh) {
  if (user.Exists()) return Refuse(absl::StatusCode::kAlreadyExists, "USER_NAME_TAKEN");
  Facts facts(1);
  *facts[0].mutable_user_registered()->mutable_user() = std::move(fresh);
  return facts;
}

absl::StatusOr<Facts> StartLogin(const User& user, const NewLogin& login, const LoginRules& rules,
                                 absl::Time now) {
  // The password was checked a moment ago, outside of this decision: what it was checked against must still
  // hold.
  if (!Active(user) || user.head().password_version() != login.password_version) return LoginRefused();
  record::LoginsEnded ended;
  int live = 0;
  for (const record::LoginRecord& old : user.head().logins()) {
    if (ExpiryOf(old) > now) ++live;
  }
  for (const record::LoginRecord& old : user.head().logins()) {
    const bool expired = ExpiryOf(old) <= now;
    if (!expired && live < kMaxLogins) continue;
    if (!expired) --live;
    ended.add_ids(old.id());
  }
  Facts facts;
  if (!ended.ids().empty()) *facts.emplace_back().mutable_logins_ended() = ended;
  auto& started = *facts.emplace_back().mutable_login_started()->mutable_login();
  started.set_id(login.id);
  started.set_token_digest(login.token_digest);
  started.set_start_us(absl::ToUnixMicros(now));
  const bool staff = IsStaffUser(user.head());
  started.set_expire_us(absl::ToUnixMicros(now + (staff ? rules.staff_absolute : rules.other_absolute)));
  started.set_idle_expire_us(absl::ToUnixMicros(now + IdleOf(user.head(), rules)));
  started.set_sealed_device(login.sealed_device);
  started.set_sealed_network(login.sealed_network);
  started.set_address_digest(login.address_digest);
  started.set_auth_us(absl::ToUnixMicros(std::min(login.authenticated.value_or(now), now)));
  started.set_second_factor(login.second_factor);
  started.set_cookie(login.cookie);
  started.set_external(login.external);
  started.set_factor_owed(login.factor_owed);
  return facts;
}

Facts UseLogin(const User& user, absl::string_view token_digest, const LoginRules& rules, absl::Time now) {
  if (!user.Exists()) return {};
  const record::LoginRecord* login = FindLogin(user.head(), token_digest, now);
  if (login == nullptr) return {};
  const absl::Duration idle = IdleOf(user.head(), rules);
  const absl::Time end = std::min(now + idle, absl::FromUnixMicros(login->expire_us()));
  if (end - absl::FromUnixMicros(login->idle_expire_us()) < idle / kIdleMoves) return {};
  Facts facts(1);
  facts[0].mutable_login_used()->set_id(login->id());
  facts[0].mutable_login_used()->set_idle_expire_us(absl::ToUnixMicros(end));
  return facts;
}

Facts EndLogin(const User& user, absl::string_view login_id) {
  if (!user.Exists()) return {};
  for (const record::LoginRecord& login : user.head().logins()) {
    if (login.id() != std::string(login_id)) continue;
    Facts facts(1);
    facts[0].mutable_logins_ended()->add_ids(login.id());
    return facts;
  }
  return {};
}

Facts EndLogins(const User& user, absl::string_view kept) {
  record::LoginsEnded ended;
  for (const record::LoginRecord& login : user.head().logins()) {
    if (login.id() != std::string(kept)) ended.add_ids(login.id());
  }
  if (ended.ids().empty()) return {};
  Facts facts(1);
  *facts[0].mutable_logins_ended() = std::move(ended);
  return facts;
}

Facts EndLoginsBy(const User& user, absl::string_view external) {
  record::LoginsEnded ended;
  for (const record::LoginRecord& login : user.head().logins()) {
    if (!external.empty() && login.external() == external) ended.add_ids(login.id());
  }
  if (ended.ids().empty()) return {};
  Facts facts(1);
  *facts[0].mutable_logins_ended() = std::move(ended);
  return facts;
}

absl::StatusOr<Facts> RotateLogin(const User& user, const NewLogin& login, absl::Time now) {
  if (!Active(user) || user.head().password_version() != login.password_version) return LoginRefused();
  if (LoginById(user.head(), login.id, now) == nullptr)
    return Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_UNKNOWN");
  Facts facts(1);
  auto& rotated = *facts[0].mutable_login_rotated();
  rotated.set_id(login.id);
  rotated.set_token_digest(login.token_digest);
  rotated.set_auth_us(absl::ToUnixMicros(std::min(login.authenticated.value_or(now), now)));
  rotated.set_second_factor(login.second_factor);
  return facts;
}

bool IsRecent(const record::LoginRecord& login, absl::Time now) {
  return !login.factor_owed() && absl::FromUnixMicros(login.auth_us()) + kRecentLogin > now;
}

absl::Time UsedAt(const record::UserRecord& user, const record::LoginRecord& login, const LoginRules& rules) {
  return std::max(absl::FromUnixMicros(login.start_us()),
                  absl::FromUnixMicros(login.idle_expire_us()) - IdleOf(user, rules));
}

const record::LoginRecord* LoginById(const record::UserRecord& user, absl::string_view id, absl::Time now) {
  for (const record::LoginRecord& login : user.logins()) {
    if (login.id() == std::string(id)) return ExpiryOf(login) > now ? &login : nullptr;
  }
  return nullptr;
}

absl::StatusOr<Facts> ChangePassword(const User& user, int32_t checked_version, const std::string& hash) {
  if (!Active(user) || user.head().password_version() != checked_version) return LoginRefused();
  Facts facts(1);
  facts[0].mutable_password_changed()->set_password_hash(hash);
  return facts;
}

Facts Rehash(const User& user, int32_t checked_version, const std::string& hash) {
  if (!Active(user) || user.head().password_version() != checked_version) return {};
  Facts facts(1);
  facts[0].mutable_password_rehashed()->set_password_hash(hash);
  return facts;
}

absl::StatusOr<Facts> IssueReset(const User& user, absl::string_view name, std::string code_digest,
                                 absl::Time expires) {
  if (!Exists(user)) return refusal::NotFound(name);
  if (!Active(user)) return Refuse(absl::StatusCode::kFailedPrecondition, "USER_NOT_ACTIVE");
  Facts facts(1);
  auto& reset = *facts[0].mutable_reset_code_issued()->mutable_reset();
  reset.set_code_digest(std::move(code_digest));
  reset.set_expire_us(absl::ToUnixMicros(expires));
  return facts;
}

absl::StatusOr<Facts> ResetPassword(const User& user, absl::string_view code_digest, const std::string& hash,
                                    absl::Time now) {
  if (!Active(user) || !user.head().has_reset()) return ResetRefused();
  const record::ResetRecord& reset = user.head().reset();
  if (reset.code_digest() != std::string(code_digest) || absl::FromUnixMicros(reset.expire_us()) <= now) {
    return ResetRefused();
  }
  Facts facts(1);
  facts[0].mutable_password_changed()->set_password_hash(hash);
  return facts;
}

absl::StatusOr<Facts> ChangeProfile(const User& user, absl::string_view name, record::ProfileChanged change) {
  if (!Active(user)) return refusal::NotFound(name);
  Facts facts(1);
  *facts[0].mutable_profile_changed() = std::move(change);
  return facts;
}

absl::StatusOr<Facts> GrantRole(const User& user, const RoleChange& change) {
  if (!Exists(user)) return refusal::NotFound(change.user);
  if (change.actor == change.user && change.invitation.empty()) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SELF_GRANT");
  }
  if (!Active(user)) return Refuse(absl::StatusCode::kFailedPrecondition, "USER_NOT_ACTIVE");
  if (Holds(user.head(), change.grant.role(), change.grant.on())) return Facts{};
  if (user.head().grants_size() >= kMaxGrants) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "TOO_MANY_ROLES",
                  {{"max", std::to_string(kMaxGrants)}});
  }
  Facts facts(1);
  *facts[0].mutable_role_granted()->mutable_grant() = change.grant;
  facts[0].mutable_role_granted()->set_invitation(change.invitation);
  return facts;
}

absl::StatusOr<Facts> RevokeRole(const User& user, const RoleChange& change) {
  if (!Exists(user)) return refusal::NotFound(change.user);
  // Also keeps the last city_admin: somebody else has to be one to take the role away.
  if (change.actor == change.user) return Refuse(absl::StatusCode::kPermissionDenied, "SELF_GRANT");
  if (!Holds(user.head(), change.grant.role(), change.grant.on())) return Facts{};
  Facts facts(1);
  *facts[0].mutable_role_revoked()->mutable_grant() = change.grant;
  return facts;
}

absl::StatusOr<Facts> ChangeState(const User& user, absl::string_view name, absl::string_view actor,
                                  v1::User::State state) {
  if (!Exists(user)) {
    // Erasing what is erased already is done.
    if (user.Exists() && state == v1::User::ERASED) return Facts{};
    return refusal::NotFound(name);
  }
  if (state == v1::User::DISABLED && actor == name) {
    return Refuse(absl::StatusCode::kPermissionDenied, "SELF_GRANT");
  }
  if (user.head().state() == state) return Facts{};
  Facts facts(1);
  facts[0].mutable_user_state_changed()->set_state(state);
  return facts;
}

absl::Status ApplyToUser(User& user, const record::Fact& fact) {
  record::UserRecord& head = user.mutable_head();
  switch (fact.kind_case()) {
    case record::Fact::kUserRegistered:
      head = fact.user_registered().user();
      break;
    case record::Fact::kProfileChanged:
      ApplyProfile(head, fact.profile_changed());
      break;
    case record::Fact::kPasswordChanged:
      head.set_password_hash(fact.password_changed().password_hash());
      head.set_password_version(head.password_version() + 1);
      head.clear_logins();
      head.clear_reset();
      break;
    case record::Fact::kPasswordRehashed:
      head.set_password_hash(fact.password_rehashed().password_hash());
      break;
    case record::Fact::kLoginStarted:
      *head.add_logins() = fact.login_started().login();
      break;
    case record::Fact::kLoginUsed:
      for (record::LoginRecord& login : *head.mutable_logins()) {
        if (login.id() == fact.login_used().id())
          login.set_idle_expire_us(fact.login_used().idle_expire_us());
      }
      break;
    case record::Fact::kLoginsEnded:
      EraseLogins(head, fact.logins_ended());
      break;
    case record::Fact::kLoginRotated:
      ApplyRotation(head, fact.login_rotated());
      break;
    case record::Fact::kRoleGranted:
      EraseGrant(head, fact.role_granted().grant());
      *head.add_grants() = fact.role_granted().grant();
      EraseSessions(head);
      break;
    case record::Fact::kRoleRevoked:
      EraseGrant(head, fact.role_revoked().grant());
      EraseSessions(head);
      break;
    case record::Fact::kUserStateChanged:
      ApplyState(head, fact.user_state_changed().state());
      break;
    case record::Fact::kResetCodeIssued:
      *head.mutable_reset() = fact.reset_code_issued().reset();
      break;
    default:
      return absl::InternalError("a fact that is not about a user");
  }
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
