#include "deploy/supervise/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "deploy/supervise/probe.h"
#include "deploy/supervise/process.h"

namespace kepu::supervise {
namespace {

// While something starts or stops, it is looked at this often.
constexpr absl::Duration kLook = absl::Milliseconds(25);
constexpr absl::Duration kIdle = absl::Seconds(60);

// Monotonic: a jump of the wall clock neither kills nor delays anything.
absl::Time Now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

void Say(absl::string_view text) {
  const std::string line =
      absl::StrCat(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ ", absl::Now(), absl::UTCTimeZone()), text, "\n");
  std::fputs(line.c_str(), stderr);
}

std::string HowItEnded(int wait_status) {
  if (WIFSIGNALED(wait_status)) return absl::StrCat("was ended by signal ", WTERMSIG(wait_status));
  return absl::StrCat("ended with ", WEXITSTATUS(wait_status));
}

}  // namespace

Supervisor::Supervisor(Spec spec) : spec_(std::move(spec)) {
  for (const ChildSpec& child : spec_.children) children_.emplace_back().spec = child;
}

absl::string_view Supervisor::StateName(const Child& child) {
  switch (child.state) {
    case State::kWaiting:
      return "waiting";
    case State::kStarting:
      return "starting";
    case State::kReady:
      return child.spec.probe == Probe::kExit ? "done" : "ready";
    case State::kBackoff:
      return "backoff";
    case State::kStopping:
      return "stopping";
    case State::kEnded:
      return "ended";
  }
  return "";
}

void Supervisor::Set(Child& child, State state) {
  child.state = state;
  child.since = Now();
  changed_ = true;
}

std::string Supervisor::LogOf(const Child& child) const {
  return absl::StrCat(spec_.log_folder, "/", child.spec.name, ".log");
}

bool Supervisor::MayStart(const Child& child) const {
  return std::all_of(child.spec.after.begin(), child.spec.after.end(), [&](const std::string& name) {
    return std::any_of(children_.begin(), children_.end(),
                       [&](const Child& other) { return other.spec.name == name && other.was_ready; });
  });
}

// A child is stopped when all that build on it are gone.
bool Supervisor::MayStop(const Child& child) const {
  return std::none_of(children_.begin(), children_.end(), [&](const Child& other) {
    const auto& after = other.spec.after;
    return other.pid != 0 && std::find(after.begin(), after.end(), child.spec.name) != after.end();
  });
}

void Supervisor::Start(Child& child) {
  BoundLog(LogOf(child));
  absl::StatusOr<pid_t> pid = Spawn(child.spec, LogOf(child));
  if (!pid.ok()) {
    Say(absl::StrCat(child.spec.name, ": ", pid.status().message()));
    ++child.deaths_before_ready;
    return Set(child, State::kBackoff);
  }
  child.pid = *pid;
  child.started = Now();
  Set(child, State::kStarting);
}

void Supervisor::Reap() {
  int wait_status = 0;
  while (const pid_t pid = ::waitpid(-1, &wait_status, WNOHANG)) {
    if (pid < 0) return;
    for (Child& child : children_) {
      if (child.pid == pid) Ended(child, wait_status);
    }
  }
}

void Supervisor::Ended(Child& child, int wait_status) {
  child.pid = 0;
  if (stopping_) return Set(child, State::kEnded);
  if (child.spec.probe == Probe::kExit && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
    child.was_ready = true;
    return Set(child, State::kReady);
  }
  if (Now() - child.started > kHealthyAfter) child.backoff = kBackoffFirst;
  Set(child, State::kBackoff);
  ++child.restarts;
  if (!child.was_ready) ++child.deaths_before_ready;
  Say(absl::StrCat(child.spec.name, " ", HowItEnded(wait_status), "; next try in ",
                   absl::FormatDuration(child.backoff)));
}

void Supervisor::Step() {
  for (Child& child : children_) {
    if (child.state == State::kWaiting && MayStart(child)) Start(child);
    if (child.state == State::kBackoff) {
      if (child.deaths_before_ready >= kFirstStartsMax) {
        return BeginStopping(
            absl::UnavailableError(absl::StrCat(child.spec.name, " does not start. Its last words (",
                                                LogOf(child), "):\n", LastLines(LogOf(child), 8))));
      }
      if (Now() - child.since >= child.backoff) {
        child.backoff = std::min(child.backoff * 2, kBackoffLongest);
        Start(child);
      }
    }
    if (child.state == State::kStarting && IsReady(child.spec)) {
      Say(absl::StrCat(child.spec.name, " ready, pid ", child.pid));
      child.was_ready = true;
      Set(child, State::kReady);
    }
    if (child.state == State::kStarting && !child.was_ready &&
        Now() - child.since > child.spec.ready_within) {
      return BeginStopping(absl::DeadlineExceededError(absl::StrCat(
          child.spec.name, " was not ready within ", absl::FormatDuration(child.spec.ready_within),
          ". Its last words (", LogOf(child), "):\n", LastLines(LogOf(child), 8))));
    }
  }
  if (!all_ready_ &&
      std::all_of(children_.begin(), children_.end(), [](const Child& c) { return c.was_ready; })) {
    all_ready_ = changed_ = true;
    Say("all ready");
  }
}

void Supervisor::BeginStopping(absl::Status why) {
  if (stopping_) return;
  stopping_ = changed_ = true;
  outcome_ = std::move(why);
  Say("stopping");
}

void Supervisor::StepStopping() {
  for (Child& child : children_) {
    if (child.pid == 0) {
      if (child.state != State::kEnded) Set(child, State::kEnded);
    } else if (child.state != State::kStopping) {
      if (!MayStop(child)) continue;
      ::kill(child.pid, SIGTERM);
      Set(child, State::kStopping);
    } else if (!child.killed && Now() - child.since > child.spec.stop_within) {
      Say(absl::StrCat(child.spec.name, " did not stop in time and is killed"));
      ::kill(child.pid, SIGKILL);
      child.killed = true;
    }
  }
}

absl::Duration Supervisor::UntilNextStep() const {
  const bool quiet = !stopping_ && std::all_of(children_.begin(), children_.end(),
                                               [](const Child& c) { return c.state == State::kReady; });
  return quiet ? kIdle : kLook;
}

void Supervisor::BoundLogs() {
  if (Now() - logs_bounded_ < kIdle) return;
  logs_bounded_ = Now();
  for (const Child& child : children_) BoundLog(LogOf(child));
}

void Supervisor::WriteStatus() {
  if (!changed_) return;
  changed_ = false;
  std::string text = absl::StrCat("supervisor ", ::getpid(), " ",
                                  stopping_ ? "stopping" : (all_ready_ ? "ready" : "starting"), " 0\n");
  for (const Child& child : children_) {
    absl::StrAppend(&text, child.spec.name, " ", child.pid, " ", StateName(child), " ", child.restarts, "\n");
  }
  // Renamed into place, so that a reader never sees half of it.
  const std::string path = absl::StrCat(spec_.run_folder, "/status");
  const std::string fresh = absl::StrCat(path, ".new");
  std::ofstream(fresh, std::ios::trunc) << text;
  if (std::rename(fresh.c_str(), path.c_str()) != 0) std::perror(path.c_str());
}

absl::Status Supervisor::Run() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&signals, number);
  const int signal_fd = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return absl::ErrnoToStatus(errno, "signalfd");

  while (true) {
    Reap();
    stopping_ ? StepStopping() : Step();
    WriteStatus();
    BoundLogs();
    if (stopping_ &&
        std::all_of(children_.begin(), children_.end(), [](const Child& c) { return c.pid == 0; }))
      break;
    pollfd poll_for{signal_fd, POLLIN, 0};
    ::poll(&poll_for, 1, static_cast<int>(absl::ToInt64Milliseconds(UntilNextStep())));
    signalfd_siginfo info;
    while (::read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo != SIGCHLD) BeginStopping(absl::OkStatus());
    }
  }
  ::close(signal_fd);
  const std::string status_path = absl::StrCat(spec_.run_folder, "/status");
  std::remove(status_path.c_str());
  return outcome_;
}

}  // namespace kepu::supervise
