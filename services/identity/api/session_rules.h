// Who may call what of identity, by what they are logged in with: beside the roles, the `session` annotation.
// Programs do not manage accounts, a key that only reads changes nothing, and what opens accounts or gives
// rights wants somebody who proved to be there a short while ago. Immutable; thread-safe.
#pragma once

#include "libs/auth/access.h"

namespace kepu::identity::api {

class SessionAuthorizer final : public rpc::Authorizer {
 public:
  explicit SessionAuthorizer(const auth::Containment* containment) : roles_(containment) {}

  // What the roles say first. PERMISSION_DENIED / KEY_NOT_ALLOWED, KEY_READ_ONLY; UNAUTHENTICATED /
  // STEP_UP_NEEDED. A caller without marks comes from a process of kepu, or from a test.
  absl::Status Check(const google::protobuf::MethodDescriptor& method, const rpc::Context& context,
                     const google::protobuf::Message& request) const override;

 private:
  auth::AccessAuthorizer roles_;
};

}  // namespace kepu::identity::api
