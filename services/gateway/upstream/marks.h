// What a login itself amounts to, beside the roles of its user: identity puts it among the grants as marks,
// and this is where the gateway looks at them, once for every protocol. Only identity is told of them; other
// services read grants as rights. Pure; thread-safe.
#pragma once

#include "absl/status/status.h"
#include "libs/rpc/call.h"
#include "services/gateway/upstream/upstream.h"

namespace kepu::gateway::upstream {

// PERMISSION_DENIED / KEY_READ_ONLY or KEY_NOT_ALLOWED, UNAUTHENTICATED / STEP_UP_NEEDED; else takes the
// marks out of the principal of a call to another service than identity, which judges its own calls.
absl::Status SiftMarks(const Target& target, bool changes, rpc::Principal& principal);

}  // namespace kepu::gateway::upstream
