#include "services/identity/domain/roles.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/role_rules.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

template <class Request>
void ChangeRole(Api& api, rpc::TypedCall<Request, v1::User> typed,
                absl::StatusOr<Facts> (*decide)(const User&, const domain::RoleChange&)) {
  auto call = Share(std::move(typed));
  const Request& request = call->request();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*", request.name());
  if (!ids.ok()) return call->Fail(ids.status());
  if (absl::Status status = CheckMayGrant(api, call->principal(), request.role(), request.on());
      !status.ok()) {
    return call->Fail(status);
  }
  domain::RoleChange change;
  change.actor = call->principal().name;
  change.user = request.name();
  change.grant.set_role(request.role());
  change.grant.set_on(request.on());
  const Place place = store::PlaceOfUser(ids->front());
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, change, decide](View& view, absl::Time) {
        return Emit(view, place, decide(StateOf<User>(view, place), change));
      },
      [&api, place](View& view, v1::User* answer) {
        return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kAdmin, answer);
      });
}

void ListMembers(Api& api, rpc::TypedCall<v1::ListMembersRequest, v1::ListMembersResponse> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, call] {
    const v1::ListMembersRequest& request = call->request();
    const std::string list = absl::StrCat("members ", request.on());
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return call->Fail(size.status());
    absl::StatusOr<std::string> after = ReadPageToken(api, list, request.page_token());
    if (!after.ok()) return call->Fail(after.status());
    v1::ListMembersResponse answer;
    const std::vector<store::Member> members = api.directory.MembersOn(request.on(), *after, *size + 1);
    for (size_t i = 0; i < members.size() && i < *size; ++i) {
      auto& member = *answer.add_members();
      member.set_user(members[i].user);
      member.set_role(members[i].role);
      if (members[i].sealed_display_name.empty()) continue;
      auto name = api.vault.Unseal(members[i].user, "display_name", members[i].sealed_display_name);
      if (name.ok()) member.set_display_name(*name);
    }
    if (members.size() > *size) {
      const store::Member& last = members[*size - 1];
      answer.set_next_page_token(MakePageToken(api, list, absl::StrCat(last.user, " ", last.role)));
    }
    call->Answer(answer);
  });
}

}  // namespace

absl::Status CheckMayGrant(const Api& api, const rpc::Principal& who, absl::string_view role,
                           absl::string_view on) {
  if (absl::Status status = domain::CheckRoleOn(role, on); !status.ok()) return status;
  for (const char* ours : {"organizations/", "districts/", "towns/", "schools/"}) {
    if (absl::StartsWith(on, ours) && !api.directory.HasEntry(on)) return refusal::NotFound(on);
  }
  if (domain::MayGrant(GrantsOf(who), role, auth::ScopesOf(on, &api.directory))) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "ROLE_NOT_GRANTABLE",
                         {{"role", std::string(role)}, {"on", std::string(on)}});
}

void AddRoles(rpc::Service& service, Api& api) {
  service.Handle<v1::GrantRoleRequest, v1::User>(kIdentityService, "GrantRole", [&api](auto call) {
    ChangeRole<v1::GrantRoleRequest>(api, std::move(call), domain::GrantRole);
  });
  service.Handle<v1::RevokeRoleRequest, v1::User>(kIdentityService, "RevokeRole", [&api](auto call) {
    ChangeRole<v1::RevokeRoleRequest>(api, std::move(call), domain::RevokeRole);
  });
  service.Handle<v1::ListMembersRequest, v1::ListMembersResponse>(
      kIdentityService, "ListMembers", [&api](auto call) { ListMembers(api, std::move(call)); });
}

}  // namespace kepu::identity::api
