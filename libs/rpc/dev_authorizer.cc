#include "libs/rpc/dev_authorizer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using options::v1::Access;

constexpr char kCity[] = "city";

// The text at a dotted path; empty when something on the way is missing.
std::string TextAt(const Message& request, absl::string_view path) {
  const Message* message = &request;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view segment : absl::StrSplit(path, '.')) {
    if (field != nullptr) {
      if (field->message_type() == nullptr) return {};
      message = &message->GetReflection()->GetMessage(*message, field);
    }
    field = message->GetDescriptor()->FindFieldByName(std::string(segment));
    if (field == nullptr || field->is_repeated()) return {};
  }
  if (field->type() != FieldDescriptor::TYPE_STRING) return {};
  return message->GetReflection()->GetString(*message, field);
}

// Whether `on` is the resource or one that contains it.
bool Covers(absl::string_view on, absl::string_view resource) {
  return on == kCity || on == resource ||
         (!on.empty() && resource.size() > on.size() && absl::StartsWith(resource, on) &&
          resource[on.size()] == '/');
}

absl::Status CheckRoles(const Access& access, const Principal& principal, const Message& request) {
  const std::string resource = access.scope().empty() ? kCity : TextAt(request, access.scope());
  bool elsewhere = false;
  for (const Grant& grant : principal.grants) {
    if (std::find(access.roles().begin(), access.roles().end(), grant.role) == access.roles().end()) continue;
    if (access.held() != Access::HELD_UNSPECIFIED || Covers(grant.on, resource)) return absl::OkStatus();
    elsewhere = true;
  }
  if (access.owner() && !principal.name.empty()) return absl::OkStatus();
  if (elsewhere && !access.scope().empty()) return refusal::NotFound(resource);
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         {{"needed", absl::StrJoin(access.roles(), ", ")}});
}

}  // namespace

absl::Status DevAuthorizer::Check(const google::protobuf::MethodDescriptor& method, const Context& context,
                                  const Message& request) const {
  const Access& access = method.options().GetExtension(options::v1::access);
  const Principal& principal = context.principal;
  switch (access.kind()) {
    case Access::PUBLIC:
      return absl::OkStatus();
    case Access::INTERNAL:
      if (!principal.service.empty()) return absl::OkStatus();
      return refusal::Refuse(absl::StatusCode::kPermissionDenied, "INTERNAL_ONLY");
    case Access::USER:
    case Access::ROLES:
      if (principal.name.empty())
        return refusal::Refuse(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED");
      return access.kind() == Access::USER ? absl::OkStatus() : CheckRoles(access, principal, request);
    default:
      return absl::InternalError(absl::StrCat(method.full_name(), " has no access annotation"));
  }
}

}  // namespace kepu::rpc
