// Commits, loads and log entries as Redis arguments and replies: the C++ half of what commit.lua speaks.
// Stateless.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/redis/client.h"
#include "libs/store/store.h"

namespace kepu::store {

redis::Command CommitCommand(const std::string& prefix, uint32_t epoch, const Commit& commit);
// Errors of the function become statuses; anything unexpected is INTERNAL.
absl::StatusOr<CommitResult> ParseCommitReply(const redis::Reply& reply, size_t groups, uint32_t epoch);

redis::Command LoadCommand(const std::string& prefix, const LoadRequest& request);
absl::StatusOr<Loaded> ParseLoadReply(const redis::Reply& reply, const LoadRequest& request);

// One stream's entries.
absl::StatusOr<std::vector<LogEntry>> ParseEntries(const redis::Reply& reply);

// Error replies of Redis as statuses.
absl::Status StatusOf(const redis::Reply& error);

}  // namespace kepu::store
