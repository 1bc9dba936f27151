// Every method of a service against every caller there can be, with the answer its annotation demands, so
// that a test can assert the whole of a service's access and no new method slips through. Used by tests; pure
// values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/rpc/call.h"

namespace kepu::auth {

enum class Standing {
  kNobody,   // no login
  kNoRole,   // a user without any role
  kOwn,      // holds the role on the resource that the request names (or on the city, where it names none)
  kForeign,  // holds the role on another resource of the same kind
  kService,  // another service, for nobody
};

enum class Expected { kAllowed, kUnauthenticated, kDenied, kHidden };

struct AccessCase {
  const google::protobuf::MethodDescriptor* method = nullptr;
  Standing standing = Standing::kNobody;
  std::string role;  // for kOwn and kForeign
  Expected expected = Expected::kAllowed;
  std::string Describe() const;
};

// Methods of all of `services`, each with every standing and, where it matters, each of `roles`.
std::vector<AccessCase> AccessMatrix(const std::vector<const google::protobuf::ServiceDescriptor*>& services,
                                     const std::vector<std::string>& roles);

// The caller of a case. `own` is what the request names, `foreign` another resource.
rpc::Principal CallerOf(const AccessCase& access_case, const std::string& own, const std::string& foreign);

// A request that passes the field rules: required fields filled with the smallest sensible values,
// `request_id` set, and `scope` at the place the method's annotation names.
std::unique_ptr<google::protobuf::Message> SampleRequest(const google::protobuf::MethodDescriptor& method,
                                                         const std::string& scope);

// What a status says: kAllowed for everything that is not a refusal of access (a NOT_FOUND counts as hidden).
Expected Meaning(const absl::Status& status);

}  // namespace kepu::auth
