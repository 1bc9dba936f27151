// Starts a program as a child in a process group of its own, with its output appended to a log file, and sees
// to it that it dies with the supervisor. Also keeps log files from filling the disk. Called by the
// supervisor's only thread.
#pragma once

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "deploy/supervise/spec.h"

namespace kepu::supervise {

// A log beyond this is copied to <log>.1 and begun again: two files a child bound the space, and 64 MiB hold
// days of ordinary running.
inline constexpr int64_t kLogBytesMax = int64_t{64} << 20;

// The child has its own process group, so that Ctrl-C reaches the supervisor alone and the order of stopping
// is kept. It is killed when the supervisor dies: everything acknowledged is on disk, so a kill loses
// nothing.
absl::StatusOr<pid_t> Spawn(const ChildSpec& child, const std::string& log_path);

// Copies and empties the log when it is over `limit`. The child goes on writing: the file is open for
// appending.
void BoundLog(const std::string& log_path, int64_t limit = kLogBytesMax);

// The last `lines` lines of a log, for the message about a child that does not start.
std::string LastLines(const std::string& log_path, int lines);

}  // namespace kepu::supervise
