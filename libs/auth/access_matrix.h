// Every method of a service against every caller there can be, with the answer its annotation demands, so
// that a test can assert the whole of a service's access and no new method slips through. Used by tests; pure
// values.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/rpc/call.h"

namespace kepu::auth {

enum class Standing {
  kNobody,   // no login
  kNoRole,   // a user without any role
  kOwner,    // the user whose object the request names, without any role; of methods that have an owner
  kOwn,      // holds the role where the object lies (on the city, where the method names no scope)
  kForeign,  // holds the role on another resource of the same kind
  kService,  // another service, for nobody
};

enum class Expected { kAllowed, kUnauthenticated, kDenied, kHidden };

struct AccessCase {
  const google::protobuf::MethodDescriptor* method = nullptr;
  options::v1::Access access;
  Standing standing = Standing::kNobody;
  std::string role;  // for kOwn and kForeign
  Expected expected = Expected::kAllowed;
  std::string Describe() const;
};

// What a method says about its callers. Tests plant wrong ones.
using AccessOf = std::function<options::v1::Access(const google::protobuf::MethodDescriptor&)>;
options::v1::Access AnnotationOf(const google::protobuf::MethodDescriptor& method);

// Methods of all of `services`, each with every standing and, where it matters, each of `roles`.
std::vector<AccessCase> AccessMatrix(const std::vector<const google::protobuf::ServiceDescriptor*>& services,
                                     const std::vector<std::string>& roles,
                                     const AccessOf& access_of = AnnotationOf);

// The caller of a case. `own` is where the object lies that the request names, `foreign` another resource;
// `owner` is who calls as kOwner, everybody else is somebody else.
rpc::Principal CallerOf(const AccessCase& access_case, const std::string& own, const std::string& foreign,
                        const std::string& owner = "users/oooooooooooooooooooooo");

// A request that passes the field rules: required fields filled with the smallest sensible values,
// `request_id` set, and `scope` at the place the method's annotation names.
std::unique_ptr<google::protobuf::Message> SampleRequest(const google::protobuf::MethodDescriptor& method,
                                                         const std::string& scope);

// Puts a text at a dotted path, into the first of repeated messages; nothing where there is no such field.
void SetTextAt(google::protobuf::Message& message, absl::string_view path, const std::string& text);

// What a status says: kAllowed for everything that is not a refusal of access by its reason (a NOT_FOUND
// counts as hidden).
Expected Meaning(const absl::Status& status);
absl::string_view NameOf(Expected expected);

}  // namespace kepu::auth
