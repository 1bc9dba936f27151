// kepu-supervise SPEC: runs what the spec file lists until it is told to stop. See spec.h for the file.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "deploy/supervise/supervisor.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kAlreadyRunning = 6;  // the same number as deploy/up has for it

int Fail(int code, absl::string_view text) {
  std::fputs(absl::StrCat("kepu-supervise: ", text, "\n").c_str(), stderr);
  return code;
}

// True when this process now holds the instance. The file stays open, and thereby locked, until the process
// ends.
bool Lock(const std::string& run_folder) {
  const int fd = ::open(absl::StrCat(run_folder, "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string spec_path;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--with-parent") {
      // For running in the foreground: stops in good order when the command that started it dies.
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    } else if (spec_path.empty() && !argument.empty() && argument[0] != '-') {
      spec_path = argument;
    } else {
      return Fail(kUsage, "usage: kepu-supervise [--with-parent] SPEC");
    }
  }
  std::ifstream file(spec_path);
  if (!file) return Fail(kUsage, absl::StrCat("cannot read the spec file \"", spec_path, "\""));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::StatusOr<kepu::supervise::Spec> spec = kepu::supervise::ParseSpec(text);
  if (!spec.ok()) return Fail(kUsage, absl::StrCat(spec_path, ": ", spec.status().message()));

  ::umask(077);
  sigset_t signals;
  ::sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  if (!Lock(spec->run_folder)) {
    return Fail(kAlreadyRunning, absl::StrCat("another instance holds ", spec->run_folder, "/lock"));
  }
  const absl::Status status = kepu::supervise::Supervisor(*std::move(spec)).Run();
  return status.ok() ? 0 : Fail(kFailed, status.message());
}
