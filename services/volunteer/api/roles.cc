#include "services/volunteer/api/handlers.h"
#include "services/volunteer/domain/role.h"

namespace kepu::volunteer {
namespace {

using v1::Role;

void CreateRole(const Context& context, CallOf<v1::CreateRoleRequest, Role> call) {
  const Role role = call.request().role();
  auto id = context.documents.GivenOrMadeId(call, "role_id", call.request().role_id());
  if (!id.ok()) return call.Fail(id.status());
  context.documents.Create(absl::StrCat("roles/", *id), role, std::move(call),
                           [](Role& made, absl::Time) { return domain::CheckRole(made); });
}

void GetRole(const Context& context, CallOf<v1::GetRoleRequest, Role> call) {
  context.documents.Answer<Role>(std::move(call), "roles/*");
}

void ListRoles(const Context& context, CallOf<v1::ListRolesRequest, v1::ListRolesResponse> call) {
  context.documents.List<Role>(std::move(call), document::kAllOfThem, [](const Role&) { return true; });
}

void UpdateRole(const Context& context, CallOf<v1::UpdateRoleRequest, Role> call) {
  const Role role = call.request().role();
  if (auto ids = names::Parse("role.name", "roles/*", role.name()); !ids.ok()) return call.Fail(ids.status());
  context.documents.Update(
      "role", role, std::move(call), [](const Role&) { return true; },
      [](Role& after, absl::Time) { return domain::CheckRole(after); });
}

}  // namespace

void AddRoleHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kRoleService, "CreateRole", CreateRole);
  Handle(service, context, kRoleService, "GetRole", GetRole);
  Handle(service, context, kRoleService, "ListRoles", ListRoles);
  Handle(service, context, kRoleService, "UpdateRole", UpdateRole);
}

}  // namespace kepu::volunteer
