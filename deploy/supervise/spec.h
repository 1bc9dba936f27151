// What to run: the plain spec file of kepu-supervise as values. One statement a line, the rest of the line is
// its value, so paths with spaces need no quoting; lines that begin with # are ignored. Written by deploy/up,
// owned by main. Pure values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::supervise {

// How a child shows that it can be used.
enum class Probe {
  kStarted,  // as soon as it runs
  kUnix,     // a Unix socket accepts connections
  kRedis,    // a Unix socket answers PING with PONG (not while it still reads its data)
  kHttp,     // a GET answers 200
  kExit,     // it has ended with 0: a step, not a server
};

struct ChildSpec {
  std::string name;
  std::string program;
  std::vector<std::string> arguments;  // after the program
  std::vector<std::string> after;      // children that must be ready first
  Probe probe = Probe::kStarted;
  std::string probe_address;  // path of the socket, or host:port
  std::string probe_path;     // of kHttp
  // Of kRedis, where it answers only to its users.
  std::string probe_user;
  std::string probe_password_file;
  absl::Duration ready_within = absl::Seconds(60);
  absl::Duration stop_within = absl::Seconds(15);  // the services drain for 10 s
};

struct Spec {
  std::string run_folder;  // the lock and the status file
  std::string log_folder;  // <child>.log
  std::vector<ChildSpec> children;
};

// Statements: `run FOLDER`, `log FOLDER`, `child NAME`, and for the child before: `exec PROGRAM`, `arg
// ARGUMENT`, `after NAME`, `ready unix PATH`, `ready redis PATH`, `login USER PASSWORD-FILE` (at that Redis),
// `ready http HOST:PORT PATH`, `once`, `ready-within SECONDS`, `stop-within SECONDS`. INVALID_ARGUMENT names
// the line. A child may only come after children that stand before it, so there are no rings.
absl::StatusOr<Spec> ParseSpec(absl::string_view text);

}  // namespace kepu::supervise
