// An authorizer that knows nothing but the annotations and the grants in the context: for tests and for a
// development identity. Deployments use the one of libs/auth. Stateless; thread-safe.
#pragma once

#include "libs/rpc/service.h"

namespace kepu::rpc {

// PUBLIC: anybody. USER: whoever is logged in. ROLES: who holds one of the roles on the resource that the
// scope field names, on one that contains it, or on "city"; with `owner` also every logged-in user, for the
// service itself to decide. INTERNAL: services. Who holds such a role elsewhere only is told that there is no
// such object.
class DevAuthorizer final : public Authorizer {
 public:
  absl::Status Check(const google::protobuf::MethodDescriptor& method, const Context& context,
                     const google::protobuf::Message& request) const override;
};

}  // namespace kepu::rpc
