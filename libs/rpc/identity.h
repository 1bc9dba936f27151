// How the caller of a service is told to it: sealed by the calling process for the called one, opened there.
// libs/auth has the seals that deployments use; a development identity is plain text. Thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/rpc/call.h"

namespace kepu::rpc {

class IdentityOpener {
 public:
  virtual ~IdentityOpener() = default;
  // UNAUTHENTICATED when it was not sealed for this process, was changed, or is too old.
  virtual absl::StatusOr<Principal> Open(absl::string_view sealed) const = 0;
};

class IdentitySealer {
 public:
  virtual ~IdentitySealer() = default;
  // Any bytes, at most 6 KiB: it travels as a header.
  virtual absl::StatusOr<std::string> Seal(const Principal& principal) const = 0;
};

// "users/alice;venue_staff@venues/cqstm;city_admin@city", "service:event", "service:gateway;users/alice", or
// "" for nobody: what stands in x-kepu-dev-principal. Believed only where the insecure development identity
// is switched on.
absl::StatusOr<Principal> ParseDevPrincipal(absl::string_view text);
std::string FormatDevPrincipal(const Principal& principal);

}  // namespace kepu::rpc
