// Keeps the processes of one kepu instance running: starts them in order, waits until each is ready, starts
// again what dies, stops them in the opposite order. Single-threaded: Run owns the calling thread and its
// signals until the end.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "deploy/supervise/spec.h"

namespace kepu::supervise {

// What dies at once is tried again after this, then after twice as long, and so on up to the longest.
inline constexpr absl::Duration kBackoffFirst = absl::Milliseconds(100);
inline constexpr absl::Duration kBackoffLongest = absl::Seconds(10);
// Who has run this long is healthy again: its next death starts with the first back-off.
inline constexpr absl::Duration kHealthyAfter = absl::Seconds(30);
// A child that has never been ready and died this often will not come: starting is given up, with its last
// words.
inline constexpr int kFirstStartsMax = 5;

class Supervisor {
 public:
  explicit Supervisor(Spec spec);

  // Runs until a SIGTERM, SIGINT or SIGHUP has stopped everything (OK), or until starting failed (the child
  // and its last log lines are in the message). The signals and SIGCHLD must be blocked in every thread.
  // Writes <run>/status: one line per process, "name pid state restarts"; the supervisor's own line is
  // `ready` once all were ready.
  absl::Status Run();

 private:
  enum class State { kWaiting, kStarting, kReady, kBackoff, kStopping, kEnded };
  struct Child {
    ChildSpec spec;
    State state = State::kWaiting;
    pid_t pid = 0;
    int restarts = 0;
    int deaths_before_ready = 0;
    bool was_ready = false;
    bool killed = false;
    absl::Time since;  // of the state, on the monotonic clock
    absl::Time started;
    absl::Duration backoff = kBackoffFirst;
  };

  static absl::string_view StateName(const Child& child);
  void Set(Child& child, State state);
  std::string LogOf(const Child& child) const;
  bool MayStart(const Child& child) const;
  bool MayStop(const Child& child) const;
  void Start(Child& child);
  void Reap();
  void Ended(Child& child, int wait_status);
  void Step();
  void StepStopping();
  absl::Duration UntilNextStep() const;
  void BeginStopping(absl::Status why);
  void BoundLogs();
  void WriteStatus();

  Spec spec_;
  std::vector<Child> children_;
  bool stopping_ = false;
  bool all_ready_ = false;
  bool changed_ = true;
  absl::Status outcome_;
  absl::Time logs_bounded_;
};

}  // namespace kepu::supervise
