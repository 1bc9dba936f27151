// Users who do not register themselves: people who are expected and set their first password by a link, and
// the accounts that programs of an organization run as.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/password_link.h"
#include "services/identity/api/role_rules.h"
#include "services/identity/api/session.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using domain::record::UserRecord;
using kepu::store::View;

using InviteCall = CallPtr<v1::InviteAccountRequest, v1::InvitedAccount>;

void CommitInvited(Api& api, const Place& place, InviteCall call, const absl::StatusOr<UserRecord>& record) {
  const kepu::store::RequestKey key = KeyOf(api, *call);
  const std::string text = LinkText(api, place, key);
  Change(
      api, place, {place.key}, key, call,
      [&api, call, place, record, digest = LinkDigest(api, text)](View& view,
                                                                  absl::Time now) -> absl::Status {
        if (!record.ok()) return record.status();
        UserRecord fresh = *record;
        fresh.set_create_us(absl::ToUnixMicros(now));
        v1::RoleGrant& grant = *fresh.add_grants();
        grant.set_role(call->request().role());
        grant.set_on(call->request().on());
        fresh.mutable_reset()->set_code_digest(digest);
        // It may go by post, as codes on paper do.
        fresh.mutable_reset()->set_expire_us(absl::ToUnixMicros(now + api.options.reset_code_valid));
        return Emit(view, place, domain::RegisterUser(StateOf<User>(view, place), std::move(fresh)));
      },
      [&api, place, text](View& view, v1::InvitedAccount* answer) {
        const UserRecord& user = StateOf<User>(view, place).head();
        ShowLink(text, user.reset().expire_us(), answer->mutable_link());
        return ShowUser(api, user, place.id, Audience::kAdmin, answer->mutable_user());
      });
}

void InviteAccount(Api& api, rpc::TypedCall<v1::InviteAccountRequest, v1::InvitedAccount> typed) {
  auto call = Share(std::move(typed));
  const v1::InviteAccountRequest& request = call->request();
  absl::Status status = CheckMayGrant(api, call->principal(), request.role(), request.on());
  if (!status.ok()) return call->Fail(status);
  absl::StatusOr<std::string> user_name = domain::NormalUserName(request.user_name());
  if (!user_name.ok()) return call->Fail(user_name.status());
  InWorkers(api, call, [&api, call, user_name = *user_name] {
    const Place place = store::PlaceOfUserName(api.keys, user_name);
    CommitInvited(api, place, call, WithoutPassword(api, place, user_name, call->request().display_name()));
  });
}

absl::Status CheckOwner(const Api& api, const std::string& on) {
  for (const char* pattern : {"organizations/*", "schools/*", "venues/*"}) {
    if (!names::Parse("on", pattern, on).ok()) continue;
    if (absl::StartsWith(on, "venues/") || api.directory.HasEntry(on)) return absl::OkStatus();
    return refusal::NotFound(on);
  }
  return refusal::BadField("on", "must be organizations/*, schools/* or venues/*");
}

void CreateServiceAccount(Api& api, rpc::TypedCall<v1::CreateServiceAccountRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  const v1::CreateServiceAccountRequest& request = call->request();
  absl::Status status = CheckOwner(api, request.on());
  if (status.ok() && !names::IsGivenId(request.service_account_id())) {
    status = refusal::BadField("service_account_id",
                               "1 to 40 lower case letters, digits and dashes, beginning with a letter");
  }
  if (!status.ok()) return call->Fail(status);
  InWorkers(api, call, [&api, call] {
    const v1::CreateServiceAccountRequest& asked = call->request();
    // With spaces: nobody registers or logs in under it.
    const std::string user_name = absl::StrCat("service ", asked.service_account_id(), " of ", asked.on());
    const Place place = store::PlaceOfUserName(api.keys, user_name);
    absl::StatusOr<UserRecord> record =
        WithoutPassword(api, place, user_name,
                        asked.display_name().empty() ? asked.service_account_id() : asked.display_name());
    Change(
        api, place, {place.key}, KeyOf(api, *call), call,
        [place, record, on = asked.on()](View& view, absl::Time now) -> absl::Status {
          if (!record.ok()) return record.status();
          UserRecord fresh = *record;
          fresh.set_create_us(absl::ToUnixMicros(now));
          fresh.set_service_of(on);
          return Emit(view, place, domain::RegisterUser(StateOf<User>(view, place), std::move(fresh)));
        },
        [&api, place](View& view, v1::User* answer) {
          return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kAdmin, answer);
        });
  });
}

}  // namespace

absl::StatusOr<UserRecord> WithoutPassword(Api& api, const Place& place, absl::string_view user_name,
                                           absl::string_view display_name) {
  absl::StatusOr<std::string> sealed_name = SealFor(api, place, "user_name", user_name);
  // The name of somebody who was erased is never given out again.
  if (refusal::ReasonOf(sealed_name.status()) == "PERSON_ERASED")
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "USER_NAME_TAKEN");
  if (!sealed_name.ok()) return sealed_name.status();
  absl::StatusOr<std::string> sealed_display = SealFor(api, place, "display_name", display_name);
  if (!sealed_display.ok()) return sealed_display.status();
  UserRecord record;
  record.set_state(v1::User::ACTIVE);
  record.set_sealed_user_name(*sealed_name);
  record.set_sealed_display_name(*sealed_display);
  return record;
}

void AddAccountMaking(rpc::Service& service, Api& api) {
  service.Handle<v1::InviteAccountRequest, v1::InvitedAccount>(
      kAccessService, "InviteAccount", [&api](auto call) { InviteAccount(api, std::move(call)); });
  service.Handle<v1::CreateServiceAccountRequest, v1::User>(
      kAccessService, "CreateServiceAccount",
      [&api](auto call) { CreateServiceAccount(api, std::move(call)); });
}

}  // namespace kepu::identity::api
