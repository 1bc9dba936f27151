#include "services/identity/api/session.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/totp.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

constexpr char kTokenPrefix[] = "k1.";
constexpr char kKeyPrefix[] = "kepu_";
constexpr size_t kTokenBytes = 32;
constexpr size_t kTokenTextSize = 43;

// Failures within a quarter of an hour, by the checklist; a school or a mobile network sits behind one
// address, and an account under attack from everywhere is still its owner's.
constexpr int kFailuresHere = 5;
constexpr int kFailuresOfAddress = 200;
constexpr int kFailuresAnywhere = 50;

// What stands in the list of logins; the rest of what browsers call themselves says nothing.
constexpr size_t kDeviceBytesMax = 100;

// What a device says of itself, cut between characters.
absl::string_view DeviceOf(absl::string_view device) {
  size_t size = std::min(device.size(), kDeviceBytesMax);
  while (size > 0 && size < device.size() && (static_cast<unsigned char>(device[size]) & 0xC0) == 0x80)
    --size;
  return device.substr(0, size);
}

// 203.0.113.9 in 203.0.113.0/24, 2001:db8:1:2::3 in 2001:db8:1::/48: enough to know one's school from a
// stranger's.
std::string NetworkOf(absl::string_view address) {
  const std::vector<absl::string_view> bytes = absl::StrSplit(address, '.');
  if (bytes.size() == 4 && !absl::StrContains(address, ':'))
    return absl::StrCat(bytes[0], ".", bytes[1], ".", bytes[2], ".0/24");
  const std::vector<absl::string_view> words = absl::StrSplit(address, ':');
  if (words.size() < 4 || words[0].empty() || words[1].empty() || words[2].empty()) return "";
  return absl::StrCat(words[0], ":", words[1], ":", words[2], "::/48");
}

}  // namespace

std::string MakeToken(const Api& api, const Place& place) {
  return absl::StrCat(kTokenPrefix, place.id, ".", auth::ToBase64Url(api.random_bytes(kTokenBytes)));
}

std::string MakeApiKeyText(const Place& place, absl::string_view bytes) {
  return absl::StrCat(kKeyPrefix, place.id, "_", auth::ToBase64Url(bytes));
}

bool ParseToken(absl::string_view text, Token* token) {
  token->is_key = absl::StartsWith(text, kKeyPrefix);
  const size_t prefix = token->is_key ? sizeof(kKeyPrefix) - 1 : sizeof(kTokenPrefix) - 1;
  if (!token->is_key && !absl::StartsWith(text, kTokenPrefix)) return false;
  if (text.size() != prefix + names::kMadeIdSize + 1 + kTokenTextSize) return false;
  const absl::string_view id = text.substr(prefix, names::kMadeIdSize);
  if (text[prefix + names::kMadeIdSize] != (token->is_key ? '_' : '.') || !names::IsMadeId(id)) return false;
  token->place = store::PlaceOfUser(id);
  token->digest = auth::TokenDigest(text);
  return true;
}

std::string LoginIdOf(absl::string_view digest) {
  return absl::StrCat("l", absl::BytesToHexString(digest.substr(0, 8)));
}

bool HasMark(const rpc::Principal& principal, absl::string_view mark) {
  return std::any_of(principal.grants.begin(), principal.grants.end(),
                     [mark](const rpc::Grant& grant) { return grant.role == mark; });
}

std::string LoginOf(const rpc::Principal& principal) {
  for (const rpc::Grant& grant : principal.grants) {
    if (grant.role == kLoginMark) return grant.on.substr(grant.on.rfind('/') + 1);
  }
  return "";
}

bool IsWithheld(const Api& api, absl::string_view role, const Strength& strength) {
  if (strength.factor_owed) return true;
  return api.options.require_second_factor && !strength.second_factor &&
         (role == domain::kCityAdmin || role == "district_admin");
}

domain::Grants GrantsOfLogin(const Api& api, const domain::record::UserRecord& user,
                             const Strength& strength) {
  domain::Grants held;
  for (const v1::RoleGrant& grant : user.grants()) {
    if (!IsWithheld(api, grant.role(), strength)) held.push_back(grant);
  }
  return api.directory.Reached(held);
}

LoginLimits LimitsOf(const Place& place, absl::string_view address) {
  LoginLimits all;
  all.limits = {{absl::StrCat("login ", place.id, " ", address), kFailuresHere}};
  if (!address.empty())
    all.limits.push_back({absl::StrCat("logins from ", address), kFailuresOfAddress, kShortDelayMax});
  all.anywhere = {absl::StrCat("logins of ", place.id), kFailuresAnywhere, kShortDelayMax};
  return all;
}

absl::Status CheckLimits(Api& api, const std::vector<Limit>& limits) {
  const absl::Duration wait = api.throttle.WaitFor(limits, api.clock.Now());
  if (wait <= absl::ZeroDuration()) return absl::OkStatus();
  return refusal::TryLater(absl::StatusCode::kResourceExhausted, "LOGIN_THROTTLED", wait,
                           {{"seconds", absl::StrCat(absl::ToInt64Seconds(wait) + 1)}});
}

std::string AddressDigest(const Api& api, absl::string_view user_id, absl::string_view address) {
  return address.empty() ? "" : api.keys.Digest("login address", absl::StrCat(user_id, " ", address));
}

bool KnownFrom(const domain::record::UserRecord& user, const std::string& address_digest) {
  return !address_digest.empty() &&
         std::any_of(user.logins().begin(), user.logins().end(),
                     [&](const auto& login) { return login.address_digest() == address_digest; });
}

void ReadClaimed(Api& api, const Place& place, std::function<void(absl::Status, Claimed)> then) {
  const Place access = store::PlaceOfAccess(place.id);
  auto claimed = std::make_shared<Claimed>();
  api.engine.Read(
      place.partition, {place.key, access.key},
      [claimed, place, access](kepu::store::View& view) {
        auto& user = StateOf<domain::User>(view, place);
        claimed->user.reset();
        if (user.Exists()) claimed->user = user.head();
        claimed->access = StateOf<domain::Access>(view, access).head();
        return absl::OkStatus();
      },
      [claimed, then = std::move(then)](const absl::Status& status) { then(status, std::move(*claimed)); });
}

absl::StatusOr<Proved> CheckClaim(Api& api, const Place& place, const Claimed& claimed,
                                  absl::string_view password, absl::string_view code) {
  std::optional<std::string> hash;
  if (claimed.user && claimed.user->state() == v1::User::ACTIVE) hash = claimed.user->password_hash();
  if (!api.hasher.Verify(password, hash)) return LoginRefused();
  Proved proved;
  proved.password_version = claimed.user->password_version();
  if (!domain::HasFactor(claimed.access)) return proved;
  // Only who knows the password learns that there is a second factor.
  if (code.empty()) return refusal::Refuse(absl::StatusCode::kUnauthenticated, "FACTOR_NEEDED");
  absl::StatusOr<std::string> secret =
      api.vault.Unseal(absl::StrCat("users/", place.id), "totp", claimed.access.factor().sealed_secret());
  if (!secret.ok()) return secret.status();
  proved.factor.step = StepOfCode(*secret, code, api.clock.Now());
  proved.factor.recovery_digest = RecoveryDigest(api, place.id, code);
  domain::Access access;
  access.mutable_head() = claimed.access;
  if (auto used = domain::UseFactor(access, proved.factor); !used.ok()) return used.status();
  proved.second_factor = true;
  return proved;
}

std::string RecoveryDigest(const Api& api, absl::string_view user_id, absl::string_view code) {
  return api.keys.Digest("recovery code", absl::StrCat(user_id, " ", domain::NormalCode(code)));
}

void ShowSession(const Api& api, const Place& place, const domain::record::UserRecord& user,
                 const domain::record::LoginRecord& login, absl::Time now, v1::Session* shown) {
  shown->set_user(absl::StrCat("users/", place.id));
  shown->set_login(absl::StrCat(shown->user(), "/logins/", login.id()));
  const Strength strength = {login.second_factor(), login.factor_owed()};
  const domain::Grants grants = GrantsOfLogin(api, user, strength);
  *shown->mutable_grants() = {grants.begin(), grants.end()};
  for (const v1::RoleGrant& grant : user.grants()) {
    if (IsWithheld(api, grant.role(), strength)) shown->add_withheld_roles(grant.role());
  }
  shown->mutable_expire_time()->set_seconds(login.expire_us() / 1000000);
  shown->set_recent(domain::IsRecent(login, now));
  shown->set_second_factor(login.second_factor());
  shown->set_factor_owed(login.factor_owed());
}

absl::Status CheckMayOpen(const Api& api, const domain::Grants& held,
                          const domain::record::UserRecord& user) {
  for (const v1::RoleGrant& grant : user.grants()) {
    if (domain::MayGrant(held, grant.role(), auth::ScopesOf(grant.on(), &api.directory))) continue;
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "ROLE_NOT_GRANTABLE",
                           {{"role", grant.role()}, {"on", grant.on()}});
  }
  return absl::OkStatus();
}

absl::Status LoginRefused() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_REFUSED"); }
absl::Status LoginUnknown() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_UNKNOWN"); }

absl::StatusOr<std::string> SealFor(Api& api, const Place& place, absl::string_view field,
                                    absl::string_view text) {
  if (text.empty()) return std::string();
  return api.vault.Seal(absl::StrCat("users/", place.id), field, text);
}

absl::Status SealOrigin(Api& api, const Place& place, absl::string_view device, absl::string_view address,
                        domain::NewLogin& login) {
  absl::StatusOr<std::string> sealed_device = SealFor(api, place, "device", DeviceOf(device));
  if (!sealed_device.ok()) return sealed_device.status();
  absl::StatusOr<std::string> sealed_network = SealFor(api, place, "network", NetworkOf(address));
  if (!sealed_network.ok()) return sealed_network.status();
  login.sealed_device = *std::move(sealed_device);
  login.sealed_network = *std::move(sealed_network);
  return absl::OkStatus();
}

}  // namespace kepu::identity::api
