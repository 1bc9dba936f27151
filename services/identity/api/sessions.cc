// The login that calls, and the others of its user: shown, proved once more, ended.
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

// The caller's own user.
absl::StatusOr<Place> OwnPlace(const rpc::Principal& caller) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", caller.name);
  if (!ids.ok()) return refusal::NotFound(caller.name);
  return store::PlaceOfUser(ids->front());
}

void GetSession(Api& api, rpc::TypedCall<v1::GetSessionRequest, v1::Session> typed) {
  auto call = Share(std::move(typed));
  const std::string login_id = LoginOf(call->principal());
  absl::StatusOr<Place> place = OwnPlace(call->principal());
  if (login_id.empty() || !place.ok()) {
    // A program, or a caller of another kind: there is no login, but rights there are.
    v1::Session shown;
    shown.set_user(call->principal().name);
    for (const v1::RoleGrant& grant : GrantsOf(call->principal())) {
      if (domain::IsRole(grant.role())) *shown.add_grants() = grant;
    }
    return call->Answer(shown);
  }
  Read(api, *place, {place->key}, call,
       [&api, place = *place, login_id](View& view, v1::Session* answer) -> absl::Status {
         const auto& user = StateOf<User>(view, place).head();
         const absl::Time now = api.clock.Now();
         const auto* login = domain::LoginById(user, login_id, now);
         if (login == nullptr) return LoginUnknown();
         ShowSession(api, place, user, *login, now, answer);
         return absl::OkStatus();
       });
}

using ReauthenticateCall = CallPtr<v1::ReauthenticateRequest, v1::Session>;

void CommitRotation(Api& api, const Place& place, ReauthenticateCall call, const Proved& proved) {
  const Place access = store::PlaceOfAccess(place.id);
  const std::string token = MakeToken(api, place);
  domain::NewLogin login;
  login.id = LoginOf(call->principal());
  login.token_digest = auth::TokenDigest(token);
  login.password_version = proved.password_version;
  login.second_factor = proved.second_factor;
  Change(
      api, place, {place.key, access.key}, kepu::store::RequestKey(), call,
      [place, access, login, proved](View& view, absl::Time now) -> absl::Status {
        absl::Status status =
            Emit(view, access, domain::UseFactor(StateOf<domain::Access>(view, access), proved.factor));
        if (!status.ok()) return status;
        return Emit(view, place, domain::RotateLogin(StateOf<User>(view, place), login, now));
      },
      [&api, place, login, token](View& view, v1::Session* answer) {
        const auto& user = StateOf<User>(view, place).head();
        const absl::Time now = api.clock.Now();
        const auto* rotated = domain::LoginById(user, login.id, now);
        if (rotated != nullptr) ShowSession(api, place, user, *rotated, now, answer);
        answer->set_token(token);
        return absl::OkStatus();
      });
}

void Reauthenticate(Api& api, rpc::TypedCall<v1::ReauthenticateRequest, v1::Session> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<Place> own = OwnPlace(call->principal());
  if (!own.ok() || LoginOf(call->principal()).empty()) return call->Fail(LoginUnknown());
  const Place place = *own;
  const LoginLimits limits = LimitsOf(place, call->request().client_address());
  if (absl::Status status = CheckLimits(api, limits.limits); !status.ok()) return call->Fail(status);
  ReadClaimed(api, place, [&api, call, place, limits](const absl::Status& status, Claimed claimed) {
    if (!status.ok()) return call->Fail(status);
    InWorkers(api, call, [&api, call, place, limits, claimed = std::move(claimed)] {
      const v1::ReauthenticateRequest& request = call->request();
      absl::StatusOr<Proved> proved = CheckClaim(api, place, claimed, request.password(), request.code());
      if (!proved.ok()) {
        if (refusal::ReasonOf(proved.status()) != "FACTOR_NEEDED")
          api.throttle.Fail(limits.limits, api.clock.Now());
        return call->Fail(proved.status());
      }
      api.throttle.Clear(limits.limits.front().key);
      CommitRotation(api, place, call, *proved);
    });
  });
}

void EndSession(Api& api, rpc::TypedCall<v1::EndSessionRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string login = LoginOf(call->principal());
  absl::StatusOr<Place> place = OwnPlace(call->principal());
  if (login.empty() || !place.ok()) return call->Answer({});
  ChangeQuietly(
      api, *place, call->principal().name, call->context().deadline,
      [place = *place, login](View& view, absl::Time) {
        return Emit(view, place, domain::EndLogin(StateOf<User>(view, place), login));
      },
      [call](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        call->Answer({});
      });
}

void ListLogins(Api& api, rpc::TypedCall<v1::ListLoginsRequest, v1::ListLoginsResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::ListLoginsRequest& request = call->request();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", request.parent());
  if (!ids.ok()) return call->Fail(ids.status());
  if (call->principal().name != request.parent()) return call->Fail(refusal::NotFound(request.parent()));
  if (absl::StatusOr<size_t> size = paging::PageSize(request.page_size()); !size.ok())
    return call->Fail(size.status());
  if (!request.page_token().empty())
    return call->Fail(refusal::BadField("page_token", "is none of this list, which fits into one page"));
  const Place place = store::PlaceOfUser(ids->front());
  const std::string current = LoginOf(call->principal());
  Read(api, place, {place.key}, call,
       [&api, place, current](View& view, v1::ListLoginsResponse* answer) -> absl::Status {
         const auto& user = StateOf<User>(view, place).head();
         const std::string name = absl::StrCat("users/", place.id);
         const absl::Time now = api.clock.Now();
         for (const domain::record::LoginRecord& login : user.logins()) {
           if (domain::ExpiryOf(login) <= now) continue;
           v1::Login& shown = *answer->add_logins();
           shown.set_name(absl::StrCat(name, "/logins/", login.id()));
           auto device = api.vault.Unseal(name, "device", login.sealed_device());
           if (device.ok()) shown.set_device(*device);
           auto network = api.vault.Unseal(name, "network", login.sealed_network());
           if (network.ok()) shown.set_network(*network);
           calendar::SetMicros(login.start_us(), shown.mutable_start_time());
           calendar::SetMicros(absl::ToUnixMicros(domain::UsedAt(user, login, api.options.logins)),
                               shown.mutable_use_time());
           calendar::SetMicros(absl::ToUnixMicros(domain::ExpiryOf(login)), shown.mutable_expire_time());
           shown.set_current(login.id() == current);
           shown.set_second_factor(login.second_factor());
           shown.set_cookie(login.cookie());
         }
         return absl::OkStatus();
       });
}

void EndLogins(Api& api, rpc::TypedCall<v1::EndLoginsRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string& parent = call->request().parent();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", parent);
  if (!ids.ok()) return call->Fail(ids.status());
  const bool self = call->principal().name == parent;
  if (!self &&
      !auth::HoldsAnyOn(call->principal(), {"city_admin", "district_admin", "school_admin", "venue_admin"},
                        parent, &api.directory)) {
    return call->Fail(refusal::NotFound(parent));
  }
  const Place place = store::PlaceOfUser(ids->front());
  const domain::Grants held = GrantsOf(call->principal());
  std::string kept;
  if (self && call->request().except_current()) kept = LoginOf(call->principal());
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [&api, place, parent, self, held, kept](View& view, absl::Time) -> absl::Status {
        auto& user = StateOf<User>(view, place);
        if (!user.Exists()) return self ? absl::OkStatus() : refusal::NotFound(parent);
        if (!self) {
          if (absl::Status status = CheckMayOpen(api, held, user.head()); !status.ok()) return status;
        }
        return Emit(view, place, domain::EndLogins(user, kept));
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

}  // namespace

void AddSessions(rpc::Service& service, Api& api) {
  service.Handle<v1::GetSessionRequest, v1::Session>(kAccessService, "GetSession",
                                                     [&api](auto call) { GetSession(api, std::move(call)); });
  service.Handle<v1::ReauthenticateRequest, v1::Session>(
      kAccessService, "Reauthenticate", [&api](auto call) { Reauthenticate(api, std::move(call)); });
  service.Handle<v1::EndSessionRequest, google::protobuf::Empty>(
      kAccessService, "EndSession", [&api](auto call) { EndSession(api, std::move(call)); });
  service.Handle<v1::ListLoginsRequest, v1::ListLoginsResponse>(
      kAccessService, "ListLogins", [&api](auto call) { ListLogins(api, std::move(call)); });
  service.Handle<v1::EndLoginsRequest, google::protobuf::Empty>(
      kAccessService, "EndLogins", [&api](auto call) { EndLogins(api, std::move(call)); });
}

}  // namespace kepu::identity::api
