#include "libs/auth/access.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::auth {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using options::v1::Access;

absl::Status LoginFirst() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED"); }

absl::Status Lacks(const Access& access) {
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         {{"needed", absl::StrJoin(access.roles(), ", ")}});
}

bool HoldsAnywhere(const rpc::Principal& principal, const Access& access) {
  return std::any_of(principal.grants.begin(), principal.grants.end(), [&](const rpc::Grant& grant) {
    return std::find(access.roles().begin(), access.roles().end(), grant.role) != access.roles().end();
  });
}

void AddOnce(std::vector<std::string>& list, std::string item) {
  if (list.size() >= kMaxContainers || item.empty()) return;
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

}  // namespace

std::vector<std::string> ScopesOf(absl::string_view resource, const Containment* containment) {
  std::vector<std::string> scopes;
  AddOnce(scopes, std::string(resource));
  // Grows while it is walked: what is added is looked at too.
  for (size_t i = 0; i < scopes.size(); ++i) {
    const std::string scope = scopes[i];
    const std::vector<absl::string_view> parts = absl::StrSplit(scope, '/');
    if (parts.size() > 2) AddOnce(scopes, absl::StrJoin(parts.begin(), parts.end() - 2, "/"));
    if (containment == nullptr) continue;
    for (std::string& container : containment->ContainersOf(scope)) AddOnce(scopes, std::move(container));
  }
  if (std::find(scopes.begin(), scopes.end(), kCity) == scopes.end()) scopes.emplace_back(kCity);
  return scopes;
}

bool HoldsAnyOn(const rpc::Principal& principal, const std::vector<std::string>& roles,
                absl::string_view resource, const Containment* containment) {
  if (principal.grants.empty()) return false;
  const std::vector<std::string> scopes = ScopesOf(resource, containment);
  return std::any_of(principal.grants.begin(), principal.grants.end(), [&](const rpc::Grant& grant) {
    return std::find(roles.begin(), roles.end(), grant.role) != roles.end() &&
           std::find(scopes.begin(), scopes.end(), grant.on) != scopes.end();
  });
}

std::vector<std::string> TextsAt(const Message& message, absl::string_view path) {
  std::vector<std::string> texts;
  const Message* at = &message;
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) return {};
    const auto& reflection = *at->GetReflection();
    if (i + 1 < parts.size()) {
      if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return {};
      at = &reflection.GetMessage(*at, field);
      continue;
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return {};
    const int count = field->is_repeated() ? reflection.FieldSize(*at, field) : 1;
    for (int n = 0; n < count; ++n) {
      texts.push_back(field->is_repeated() ? reflection.GetRepeatedString(*at, field, n)
                                           : reflection.GetString(*at, field));
    }
  }
  texts.erase(std::remove(texts.begin(), texts.end(), ""), texts.end());
  return texts;
}

absl::Status AccessAuthorizer::Check(const google::protobuf::MethodDescriptor& method,
                                     const rpc::Context& context, const Message& request) const {
  const Access& access = method.options().GetExtension(options::v1::access);
  const rpc::Principal& principal = context.principal;
  switch (access.kind()) {
    case Access::PUBLIC:
      return absl::OkStatus();
    case Access::USER:
      return principal.name.empty() ? LoginFirst() : absl::OkStatus();
    case Access::INTERNAL:
      if (!principal.service.empty()) return absl::OkStatus();
      return refusal::Refuse(absl::StatusCode::kPermissionDenied, "INTERNAL_ONLY");
    case Access::ROLES:
      break;
    default:
      // A service does not start with such a method; refuse all the same.
      return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                             {{"needed", "an access rule"}});
  }
  if (principal.name.empty()) return LoginFirst();
  if (access.owner()) {
    // The service decides on the object's owner, and asks HoldsAnyOn for those who are not.
    return absl::OkStatus();
  }
  if (!HoldsAnywhere(principal, access)) return Lacks(access);
  if (access.held() != Access::HELD_UNSPECIFIED) return absl::OkStatus();
  std::vector<std::string> resources;
  if (!access.scope().empty()) resources = TextsAt(request, access.scope());
  const bool named = !resources.empty();
  if (!named) resources.emplace_back(kCity);
  const std::vector<std::string> roles(access.roles().begin(), access.roles().end());
  for (const std::string& resource : resources) {
    if (HoldsAnyOn(principal, roles, resource, containment_)) continue;
    return named ? refusal::NotFound(resource) : Lacks(access);
  }
  return absl::OkStatus();
}

}  // namespace kepu::auth
