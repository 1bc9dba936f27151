#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

// "k1.<user id>.<43 characters>": the id leads to the user's partition, the rest is 256 random bits.
constexpr char kTokenPrefix[] = "k1.";
constexpr size_t kTokenBytes = 32;
constexpr size_t kTokenTextSize = 43;

struct Token {
  Place place;
  std::string digest;
};

std::string LoginIdOf(absl::string_view digest) {
  return absl::StrCat("l", absl::BytesToHexString(digest.substr(0, 8)));
}

bool ParseToken(absl::string_view text, Token* token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 3 || parts[0] != "k1" || parts[2].size() != kTokenTextSize ||
      !names::IsMadeId(parts[1])) {
    return false;
  }
  token->place = store::PlaceOfUser(parts[1]);
  token->digest = auth::TokenDigest(text);
  return true;
}

absl::Status LoginRefused() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_REFUSED"); }
absl::Status LoginUnknown() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_UNKNOWN"); }

using LoginCall = CallPtr<v1::LoginRequest, v1::LoginResponse>;

// The outcome of the password check, on the way from the workers to the commit.
struct Checked {
  Place place;
  std::vector<Limit> limits;
  int32_t password_version = 0;
  std::optional<std::string> rehashed;
};

// What the user may do, also under the other names of what was merged.
template <class Answer>
void SetGrants(const Api& api, const domain::record::UserRecord& user, Answer* answer) {
  const domain::Grants grants = api.directory.Reached({user.grants().begin(), user.grants().end()});
  *answer->mutable_grants() = {grants.begin(), grants.end()};
}

void CommitLogin(Api& api, LoginCall call, const Checked& checked) {
  const std::string token =
      absl::StrCat(kTokenPrefix, checked.place.id, ".", auth::ToBase64Url(api.random_bytes(kTokenBytes)));
  const std::string digest = auth::TokenDigest(token);
  const domain::NewLogin login{LoginIdOf(digest), digest, checked.password_version};
  api.throttle.Clear(checked.limits.front().key);
  Change(
      // Nothing is remembered of a login: a token is shown once.
      api, checked.place, {checked.place.key}, kepu::store::RequestKey(), call,
      [&api, checked, login](View& view, absl::Time now) -> absl::Status {
        auto& user = StateOf<User>(view, checked.place);
        if (checked.rehashed) {
          absl::Status status =
              Emit(view, checked.place, domain::Rehash(user, checked.password_version, *checked.rehashed));
          if (!status.ok()) return status;
        }
        return Emit(view, checked.place, domain::StartLogin(user, login, api.options.logins, now));
      },
      [&api, token, checked, login](View& view, v1::LoginResponse* answer) {
        const auto& user = StateOf<User>(view, checked.place).head();
        answer->set_token(token);
        answer->set_user(absl::StrCat("users/", checked.place.id));
        SetGrants(api, user, answer);
        for (const auto& live : user.logins()) {
          if (live.id() == login.id) answer->mutable_expire_time()->set_seconds(live.expire_us() / 1000000);
        }
        return absl::OkStatus();
      });
}

// In the workers: a wrong password and no such user take the same time and get the same answer.
void CheckLogin(Api& api, LoginCall call, Checked checked,
                const std::optional<domain::record::UserRecord>& user) {
  std::optional<std::string> hash;
  if (user && user->state() == v1::User::ACTIVE) hash = user->password_hash();
  if (!api.hasher.Verify(call->request().password(), hash)) {
    api.throttle.Fail(checked.limits, api.clock.Now());
    return call->Fail(LoginRefused());
  }
  checked.password_version = user->password_version();
  if (api.hasher.IsDated(*hash)) {
    absl::StatusOr<std::string> fresh = api.hasher.Hash(call->request().password());
    if (fresh.ok()) checked.rehashed = *std::move(fresh);
  }
  CommitLogin(api, call, checked);
}

void Login(Api& api, rpc::TypedCall<v1::LoginRequest, v1::LoginResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::LoginRequest& request = call->request();
  // A name that cannot be one is treated like one that nobody has.
  absl::StatusOr<std::string> normal = domain::NormalUserName(request.user_name());
  Checked checked;
  checked.place = store::PlaceOfUserName(api.keys, normal.ok() ? *normal : "");
  const absl::string_view address = request.client_address();
  checked.limits = {{absl::StrCat("login ", checked.place.id, " ", address), 5}};
  if (!address.empty()) checked.limits.push_back({absl::StrCat("logins from ", address), 200});
  const absl::Duration wait = api.throttle.WaitFor(checked.limits, api.clock.Now());
  if (wait > absl::ZeroDuration()) {
    return call->Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "LOGIN_THROTTLED", wait,
                                        {{"seconds", absl::StrCat(absl::ToInt64Seconds(wait) + 1)}}));
  }
  auto found = std::make_shared<std::optional<domain::record::UserRecord>>();
  api.engine.Read(
      checked.place.partition, {checked.place.key},
      [found, place = checked.place](View& view) {
        auto& user = StateOf<User>(view, place);
        found->reset();
        if (user.Exists()) *found = user.head();
        return absl::OkStatus();
      },
      [&api, call, checked, found](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        InWorkers(api, call, [&api, call, checked, found] { CheckLogin(api, call, checked, *found); });
      });
}

void Logout(Api& api, rpc::TypedCall<v1::LogoutRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  Token token;
  if (!ParseToken(call->request().token(), &token)) return call->Answer({});
  ChangeQuietly(
      api, token.place, absl::StrCat("users/", token.place.id), call->context().deadline,
      [token](View& view, absl::Time now) {
        auto& user = StateOf<User>(view, token.place);
        if (!user.Exists()) return absl::OkStatus();
        const auto* login = domain::FindLogin(user.head(), token.digest, now);
        return login == nullptr ? absl::OkStatus()
                                : Emit(view, token.place, domain::EndLogin(user, login->id()));
      },
      [call](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        call->Answer({});
      });
}

// Moves the idle end on, now and then; nobody waits for it, and a failure only ends the login a little
// earlier.
void NoteUse(Api& api, const Token& token, absl::Time deadline) {
  ChangeQuietly(
      api, token.place, absl::StrCat("users/", token.place.id), deadline,
      [&api, token](View& view, absl::Time now) {
        return Emit(
            view, token.place,
            domain::UseLogin(StateOf<User>(view, token.place), token.digest, api.options.logins, now));
      },
      [](const absl::Status&) {});
}

void ResolveLogin(Api& api, rpc::TypedCall<v1::ResolveLoginRequest, v1::ResolveLoginResponse> typed) {
  auto call = Share(std::move(typed));
  Token token;
  if (!ParseToken(call->request().token(), &token)) return call->Fail(LoginUnknown());
  Read(api, token.place, {token.place.key}, call,
       [&api, token, deadline = call->context().deadline](View& view,
                                                          v1::ResolveLoginResponse* answer) -> absl::Status {
         const auto& user = StateOf<User>(view, token.place);
         if (!user.Exists()) return LoginUnknown();
         const absl::Time now = api.clock.Now();
         const auto* login = domain::FindLogin(user.head(), token.digest, now);
         if (login == nullptr) return LoginUnknown();
         answer->set_user(absl::StrCat("users/", token.place.id));
         answer->set_login(absl::StrCat("users/", token.place.id, "/logins/", login->id()));
         SetGrants(api, user.head(), answer);
         answer->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(domain::ExpiryOf(*login)));
         if (!domain::UseLogin(user, token.digest, api.options.logins, now).empty())
           NoteUse(api, token, deadline);
         return absl::OkStatus();
       });
}

void EndLogin(Api& api, rpc::TypedCall<v1::EndLoginRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string& name = call->request().name();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*/logins/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  if (call->principal().name != absl::StrCat("users/", (*ids)[0])) return call->Fail(refusal::NotFound(name));
  const Place place = store::PlaceOfUser((*ids)[0]);
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, login = (*ids)[1]](View& view, absl::Time) {
        return Emit(view, place, domain::EndLogin(StateOf<User>(view, place), login));
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

}  // namespace

void AddLogins(rpc::Service& service, Api& api) {
  service.Handle<v1::LoginRequest, v1::LoginResponse>(kIdentityService, "Login",
                                                      [&api](auto call) { Login(api, std::move(call)); });
  service.Handle<v1::LogoutRequest, google::protobuf::Empty>(
      kIdentityService, "Logout", [&api](auto call) { Logout(api, std::move(call)); });
  service.Handle<v1::ResolveLoginRequest, v1::ResolveLoginResponse>(
      kIdentityService, "ResolveLogin", [&api](auto call) { ResolveLogin(api, std::move(call)); });
  service.Handle<v1::EndLoginRequest, google::protobuf::Empty>(
      kIdentityService, "EndLogin", [&api](auto call) { EndLogin(api, std::move(call)); });
  service.Handle<v1::WatchAccessRequest, v1::AccessChange>(
      kIdentityService, "WatchAccess", [&api](auto call) { api.feed.Watch(std::move(call)); });
}

}  // namespace kepu::identity::api
