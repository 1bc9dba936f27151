// Who may call what: reads the `access` annotation of a method and holds it against the caller's roles and
// the resource that the request names. The one place where that is decided; the service itself only adds
// checks of an object's owner. Immutable; thread-safe as far as the Containment is.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/rpc/service.h"

namespace kepu::auth {

// The resource that contains every other.
inline constexpr char kCity[] = "city";

// What a service knows about where its resources lie.
class Containment {
 public:
  virtual ~Containment() = default;
  // Resources that contain `resource`, directly or not: of a school its district, of a venue its district and
  // operator. Parents by name ("venues/x" of "venues/x/spaces/y") and the city need not be listed. Empty for
  // an unknown one. Thread-safe and quick: it is asked on every call.
  virtual std::vector<std::string> ContainersOf(absl::string_view resource) const = 0;
};

// Resources never lie deeper than this by name.
inline constexpr size_t kMaxContainers = 32;

// `resource` itself, its parents by name, everything that contains one of those, and the city; without
// repetition.
std::vector<std::string> ScopesOf(absl::string_view resource, const Containment* containment);

// The caller holds one of `roles` on `resource` or on something that contains it.
bool HoldsAnyOn(const rpc::Principal& principal, const std::vector<std::string>& roles,
                absl::string_view resource, const Containment* containment);

class AccessAuthorizer : public rpc::Authorizer {
 public:
  // `containment` may be null: then only names and the city contain. Not owned.
  explicit AccessAuthorizer(const Containment* containment = nullptr) : containment_(containment) {}

  // UNAUTHENTICATED / UNAUTHENTICATED for nobody; PERMISSION_DENIED / PERMISSION_DENIED for a caller who
  // holds none of the roles anywhere; NOT_FOUND, as for an absent object, for one who holds a role, but not
  // there. Where the role is held is left to the service when the annotation says so (`held`, `owner`).
  absl::Status Check(const google::protobuf::MethodDescriptor& method, const rpc::Context& context,
                     const google::protobuf::Message& request) const override;

 private:
  const Containment* containment_;
};

// The texts at a dotted path of singular messages, the last of which may repeat. Empty texts are left out.
std::vector<std::string> TextsAt(const google::protobuf::Message& message, absl::string_view path);

}  // namespace kepu::auth
