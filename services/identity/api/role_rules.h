// Whether a caller may give or take a role: shared by grants and invitations. Reads the directory;
// thread-safe.
#pragma once

#include "services/identity/api/context.h"

namespace kepu::identity::api {

// INVALID_ARGUMENT for a role that is none or does not fit, NOT_FOUND for an absent register entry,
// PERMISSION_DENIED / ROLE_NOT_GRANTABLE for a role that is not the caller's to give there.
absl::Status CheckMayGrant(const Api& api, const rpc::Principal& who, absl::string_view role,
                           absl::string_view on);

}  // namespace kepu::identity::api
