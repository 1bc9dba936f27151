#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

template <class Response>
using LoginCall = CallPtr<v1::LoginRequest, Response>;

// A login on its way from the workers to the commit.
struct Beginning {
  Place place;
  LoginLimits limits;
  domain::NewLogin login;
  Proved proved;
  std::optional<std::string> rehashed;
  std::string token;
};

void Fill(const Api& api, const Beginning& begun, View& view, v1::LoginResponse* answer) {
  const auto& user = StateOf<User>(view, begun.place).head();
  answer->set_token(begun.token);
  answer->set_user(absl::StrCat("users/", begun.place.id));
  const domain::Grants grants = GrantsOfLogin(api, user, {begun.login.second_factor});
  *answer->mutable_grants() = {grants.begin(), grants.end()};
  for (const auto& live : user.logins()) {
    if (live.id() == begun.login.id) answer->mutable_expire_time()->set_seconds(live.expire_us() / 1000000);
  }
}

void Fill(const Api& api, const Beginning& begun, View& view, v1::Session* answer) {
  const auto& user = StateOf<User>(view, begun.place).head();
  const absl::Time now = api.clock.Now();
  const auto* login = domain::LoginById(user, begun.login.id, now);
  if (login != nullptr) ShowSession(api, begun.place, user, *login, now, answer);
  answer->set_token(begun.token);
}

template <class Response>
void CommitLogin(Api& api, LoginCall<Response> call, const Beginning& begun) {
  api.throttle.Clear(begun.limits.limits.front().key);
  const Place access = store::PlaceOfAccess(begun.place.id);
  Change(
      // Nothing is remembered of a login: a token is shown once.
      api, begun.place, {begun.place.key, access.key}, kepu::store::RequestKey(), call,
      [&api, begun, access](View& view, absl::Time now) -> absl::Status {
        auto& user = StateOf<User>(view, begun.place);
        absl::Status status;
        if (begun.rehashed) {
          status =
              Emit(view, begun.place, domain::Rehash(user, begun.proved.password_version, *begun.rehashed));
        }
        // Once more, on what the store confirms: a code is taken once, however many bring it at a time.
        if (status.ok()) {
          status = Emit(view, access,
                        domain::UseFactor(StateOf<domain::Access>(view, access), begun.proved.factor));
        }
        if (!status.ok()) return status;
        return Emit(view, begun.place, domain::StartLogin(user, begun.login, api.options.logins, now));
      },
      [&api, begun](View& view, Response* answer) {
        Fill(api, begun, view, answer);
        return absl::OkStatus();
      });
}

// In the workers: a wrong password and no such user take the same time and get the same answer.
template <class Response>
void CheckLogin(Api& api, LoginCall<Response> call, Beginning begun, const Claimed& claimed) {
  const v1::LoginRequest& request = call->request();
  absl::StatusOr<Proved> proved = CheckClaim(api, begun.place, claimed, request.password(), request.code());
  if (!proved.ok()) {
    // Who has the password right and is asked for the code has not guessed.
    if (refusal::ReasonOf(proved.status()) != "FACTOR_NEEDED") {
      std::vector<Limit> failed = begun.limits.limits;
      failed.push_back(begun.limits.anywhere);
      api.throttle.Fail(failed, api.clock.Now());
    }
    return call->Fail(proved.status());
  }
  begun.proved = *proved;
  if (api.hasher.IsDated(claimed.user->password_hash())) {
    absl::StatusOr<std::string> fresh = api.hasher.Hash(request.password());
    if (fresh.ok()) begun.rehashed = *std::move(fresh);
  }
  begun.token = MakeToken(api, begun.place);
  begun.login.token_digest = auth::TokenDigest(begun.token);
  begun.login.id = LoginIdOf(begun.login.token_digest);
  begun.login.password_version = proved->password_version;
  begun.login.second_factor = proved->second_factor;
  absl::Status sealed = SealOrigin(api, begun.place, request.device(), request.client_address(), begun.login);
  if (!sealed.ok()) return call->Fail(sealed);
  CommitLogin(api, call, begun);
}

template <class Response>
void Login(Api& api, rpc::TypedCall<v1::LoginRequest, Response> typed, bool cookie) {
  auto call = Share(std::move(typed));
  const v1::LoginRequest& request = call->request();
  // A name that cannot be one is treated like one that nobody has.
  absl::StatusOr<std::string> normal = domain::NormalUserName(request.user_name());
  Beginning begun;
  begun.place = store::PlaceOfUserName(api.keys, normal.ok() ? *normal : "");
  begun.limits = LimitsOf(begun.place, request.client_address());
  begun.login.cookie = cookie;
  begun.login.address_digest = AddressDigest(api, begun.place.id, request.client_address());
  if (absl::Status status = CheckLimits(api, begun.limits.limits); !status.ok()) return call->Fail(status);
  ReadClaimed(api, begun.place, [&api, call, begun](absl::Status status, Claimed claimed) {
    if (!status.ok()) return call->Fail(status);
    const bool known = claimed.user && KnownFrom(*claimed.user, begun.login.address_digest);
    if (!known) status = CheckLimits(api, {begun.limits.anywhere});
    if (!status.ok()) return call->Fail(status);
    InWorkers(api, call, [&api, call, begun, claimed = std::move(claimed)] {
      CheckLogin<Response>(api, call, begun, claimed);
    });
  });
}

void Logout(Api& api, rpc::TypedCall<v1::LogoutRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  Token token;
  if (!ParseToken(call->request().token(), &token) || token.is_key) return call->Answer({});
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
  service.Handle<v1::LoginRequest, v1::LoginResponse>(
      kIdentityService, "Login", [&api](auto call) { Login(api, std::move(call), false); });
  service.Handle<v1::LoginRequest, v1::Session>(kAccessService, "StartSession",
                                                [&api](auto call) { Login(api, std::move(call), true); });
  service.Handle<v1::LogoutRequest, google::protobuf::Empty>(
      kIdentityService, "Logout", [&api](auto call) { Logout(api, std::move(call)); });
  service.Handle<v1::EndLoginRequest, google::protobuf::Empty>(
      kIdentityService, "EndLogin", [&api](auto call) { EndLogin(api, std::move(call)); });
  service.Handle<v1::WatchAccessRequest, v1::AccessChange>(
      kIdentityService, "WatchAccess", [&api](auto call) { api.feed.Watch(std::move(call)); });
}

}  // namespace kepu::identity::api
