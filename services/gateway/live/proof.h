// Who may watch is who may read: each topic is read once as the caller, and what the service says to that is
// the answer, so that what is foreign looks like what is not there. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "libs/rpc/call.h"
#include "services/gateway/live/topics.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway::live {

// The topics' keys, in order, or the first refusal.
using Proved = absl::AnyInvocable<void(absl::StatusOr<std::vector<std::string>>)>;

void Prove(upstream::Caller& caller, rpc::Context context, std::vector<Topic> topics, Proved proved);

}  // namespace kepu::gateway::live
