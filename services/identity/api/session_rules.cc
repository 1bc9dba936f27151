#include "services/identity/api/session_rules.h"

#include "kepu/options/v1/options.pb.h"
#include "kepu/options/v1/session.pb.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/session.h"

namespace kepu::identity::api {

absl::Status SessionAuthorizer::Check(const google::protobuf::MethodDescriptor& method,
                                      const rpc::Context& context,
                                      const google::protobuf::Message& request) const {
  if (absl::Status status = roles_.Check(method, context, request); !status.ok()) return status;
  const rpc::Principal& caller = context.principal;
  const auto need = method.options().GetExtension(options::v1::session);
  if (HasMark(caller, kKeyMark)) {
    if (need != options::v1::ANY_LOGIN)
      return refusal::Refuse(absl::StatusCode::kPermissionDenied, "KEY_NOT_ALLOWED");
    const bool changes = method.options().GetExtension(options::v1::idempotency) == options::v1::REQUEST_ID;
    if (changes && HasMark(caller, kReadOnlyMark))
      return refusal::Refuse(absl::StatusCode::kPermissionDenied, "KEY_READ_ONLY");
    return absl::OkStatus();
  }
  if (need == options::v1::RECENT_PERSON && HasMark(caller, kLoginMark) && !HasMark(caller, kRecentMark))
    return refusal::Refuse(absl::StatusCode::kUnauthenticated, "STEP_UP_NEEDED");
  return absl::OkStatus();
}

}  // namespace kepu::identity::api
