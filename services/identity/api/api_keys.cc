// Keys for programs: made by a person for themselves, or by an administrator for a service account; shown
// once, listed without their text, revoked.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/role_rules.h"
#include "services/identity/api/session.h"

namespace kepu::identity::api {
namespace {

using domain::Access;
using domain::User;
using domain::record::ApiKeyRecord;
using kepu::store::View;

std::string NameOfKey(const Place& place, absl::string_view id) {
  return absl::StrCat("users/", place.id, "/apiKeys/", id);
}

// Keys of people are their own business; of a service account, its organization's.
absl::StatusOr<Place> ManagedUser(const Api& api, const rpc::Principal& caller, absl::string_view user_id,
                                  absl::string_view named) {
  const Place place = store::PlaceOfUser(user_id);
  if (caller.name == absl::StrCat("users/", user_id)) return place;
  const std::string where = api.directory.ServiceOf(user_id);
  if (!where.empty() &&
      auth::HoldsAnyOn(caller, {"city_admin", "district_admin", "school_admin", "venue_admin"}, where,
                       &api.directory)) {
    return place;
  }
  return refusal::NotFound(named);
}

void Show(Api& api, const Place& place, const ApiKeyRecord& key, v1::ApiKey* shown) {
  shown->set_name(NameOfKey(place, key.id()));
  auto label = api.vault.Unseal(absl::StrCat("users/", place.id), "key label", key.sealed_label());
  if (label.ok()) shown->set_label(*label);
  *shown->mutable_scopes() = key.scopes();
  shown->set_read_only(key.read_only());
  calendar::SetMicros(key.create_us(), shown->mutable_create_time());
  calendar::SetMicros(key.expire_us(), shown->mutable_expire_time());
  if (key.use_us() > 0) calendar::SetMicros(key.use_us(), shown->mutable_use_time());
  shown->set_created_by(key.created_by());
}

absl::Status CheckExpiry(absl::Time expires, absl::Time now) {
  if (expires > now && expires <= now + domain::kApiKeyLifeMax) return absl::OkStatus();
  return refusal::BadField("api_key.expire_time", "must lie ahead, by at most 400 days");
}

// No key has a right that its user lacks.
absl::Status CheckScopes(const Api& api, const domain::record::UserRecord& user, bool second_factor,
                         const v1::ApiKey& wanted) {
  const domain::Grants held = GrantsOfLogin(api, user, {second_factor});
  const auto scopes_of = [&api](absl::string_view on) { return auth::ScopesOf(on, &api.directory); };
  for (const v1::RoleGrant& scope : wanted.scopes()) {
    if (absl::Status status = domain::CheckRoleOn(scope.role(), scope.on()); !status.ok()) return status;
    if (domain::Covers(held, scope, scopes_of)) continue;
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "SCOPE_NOT_HELD",
                           {{"role", scope.role()}, {"on", scope.on()}});
  }
  return absl::OkStatus();
}

using CreateCall = CallPtr<v1::CreateApiKeyRequest, v1::ApiKey>;

void CommitKey(Api& api, const Place& place, CreateCall call, const std::string& sealed_label) {
  const Place access = store::PlaceOfAccess(place.id);
  const kepu::store::RequestKey request_key = KeyOf(api, *call);
  // From the request key: the same call again shows the same key, and nothing keeps it.
  const std::string text = MakeApiKeyText(
      place, api.keys.Digest("api key one", request_key) + api.keys.Digest("api key two", request_key));
  ApiKeyRecord fresh;
  fresh.set_key_digest(auth::TokenDigest(text));
  fresh.set_id(absl::StrCat("k", absl::BytesToHexString(fresh.key_digest().substr(0, 8))));
  fresh.set_sealed_label(sealed_label);
  *fresh.mutable_scopes() = call->request().api_key().scopes();
  fresh.set_read_only(call->request().api_key().read_only());
  fresh.set_created_by(call->principal().name);
  Change(
      api, place, {place.key, access.key}, request_key, call,
      [&api, call, place, access, fresh](View& view, absl::Time now) -> absl::Status {
        const v1::ApiKey& wanted = call->request().api_key();
        auto& user = StateOf<User>(view, place);
        auto& keys = StateOf<Access>(view, access);
        if (!user.Exists() || user.head().state() == v1::User::ERASED)
          return refusal::NotFound(call->request().parent());
        if (user.head().state() != v1::User::ACTIVE) return refusal::Refuse(refusal::kNo, "USER_NOT_ACTIVE");
        const absl::Time expires = wanted.has_expire_time()
                                       ? absl::FromUnixSeconds(wanted.expire_time().seconds())
                                       : now + domain::kApiKeyLife;
        absl::Status status = CheckExpiry(expires, now);
        status.Update(CheckScopes(api, user.head(), domain::HasFactor(keys.head()), wanted));
        if (!status.ok()) return status;
        ApiKeyRecord key = fresh;
        key.set_create_us(absl::ToUnixMicros(now));
        key.set_expire_us(absl::ToUnixMicros(expires));
        return Emit(view, access, domain::MakeApiKey(keys, std::move(key), now));
      },
      [&api, place, access, id = fresh.id(), text](View& view, v1::ApiKey* answer) {
        answer->set_name(NameOfKey(place, id));
        for (const ApiKeyRecord& key : StateOf<Access>(view, access).head().keys()) {
          if (key.id() == id) Show(api, place, key, answer);
        }
        answer->set_key(text);
        return absl::OkStatus();
      });
}

void CreateApiKey(Api& api, rpc::TypedCall<v1::CreateApiKeyRequest, v1::ApiKey> typed) {
  auto call = Share(std::move(typed));
  const std::string& parent = call->request().parent();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", parent);
  if (!ids.ok()) return call->Fail(ids.status());
  AfterPosition(api, call, [&api, call, id = ids->front()] {
    absl::StatusOr<Place> place = ManagedUser(api, call->principal(), id, call->request().parent());
    if (!place.ok()) return call->Fail(place.status());
    InWorkers(api, call, [&api, call, place = *place] {
      absl::StatusOr<std::string> label = SealFor(api, place, "key label", call->request().api_key().label());
      if (!label.ok()) return call->Fail(label.status());
      CommitKey(api, place, call, *label);
    });
  });
}

void ListApiKeys(Api& api, rpc::TypedCall<v1::ListApiKeysRequest, v1::ListApiKeysResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::ListApiKeysRequest& request = call->request();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", request.parent());
  if (!ids.ok()) return call->Fail(ids.status());
  absl::Status status = paging::PageSize(request.page_size()).status();
  if (!request.page_token().empty())
    status.Update(refusal::BadField("page_token", "is none of this list, which fits into one page"));
  if (!status.ok()) return call->Fail(status);
  AfterPosition(api, call, [&api, call, id = ids->front()] {
    absl::StatusOr<Place> place = ManagedUser(api, call->principal(), id, call->request().parent());
    if (!place.ok()) return call->Fail(place.status());
    const Place access = store::PlaceOfAccess(place->id);
    Read(api, *place, {access.key}, call,
         [&api, place = *place, access](View& view, v1::ListApiKeysResponse* answer) {
           const absl::Time now = api.clock.Now();
           for (const ApiKeyRecord& key : StateOf<Access>(view, access).head().keys()) {
             if (absl::FromUnixMicros(key.expire_us()) > now) Show(api, place, key, answer->add_api_keys());
           }
           return absl::OkStatus();
         });
  });
}

void RevokeApiKey(Api& api, rpc::TypedCall<v1::RevokeApiKeyRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string& name = call->request().name();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*/apiKeys/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  AfterPosition(api, call, [&api, call, ids = *ids] {
    absl::StatusOr<Place> place = ManagedUser(api, call->principal(), ids[0], call->request().name());
    if (!place.ok()) return call->Fail(place.status());
    const Place access = store::PlaceOfAccess(place->id);
    Change(
        api, access, {access.key}, KeyOf(api, *call), call,
        [access, id = ids[1], by = call->principal().name](View& view, absl::Time) {
          return Emit(view, access, domain::RevokeApiKey(StateOf<Access>(view, access), id, by));
        },
        [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
  });
}

}  // namespace

void AddApiKeys(rpc::Service& service, Api& api) {
  service.Handle<v1::CreateApiKeyRequest, v1::ApiKey>(
      kAccessService, "CreateApiKey", [&api](auto call) { CreateApiKey(api, std::move(call)); });
  service.Handle<v1::ListApiKeysRequest, v1::ListApiKeysResponse>(
      kAccessService, "ListApiKeys", [&api](auto call) { ListApiKeys(api, std::move(call)); });
  service.Handle<v1::RevokeApiKeyRequest, google::protobuf::Empty>(
      kAccessService, "RevokeApiKey", [&api](auto call) { RevokeApiKey(api, std::move(call)); });
}

}  // namespace kepu::identity::api
