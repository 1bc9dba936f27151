#include "deploy/supervise/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kepu::supervise {
namespace {

// Runs between fork and exec: only calls that are safe there.
[[noreturn]] void BecomeChild(pid_t supervisor, int log_fd, char* const* arguments) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The supervisor may have died before the line above; then nobody would send the signal.
  if (::getppid() != supervisor) ::_exit(127);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log_fd, STDOUT_FILENO);
  ::dup2(log_fd, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  const char* reason = ::strerrorname_np(errno);
  const char text[] = "cannot run this program: ";
  if (::write(STDERR_FILENO, text, sizeof(text) - 1) < 0 ||
      ::write(STDERR_FILENO, reason, std::strlen(reason)) < 0 || ::write(STDERR_FILENO, "\n", 1) < 0) {
    ::_exit(126);
  }
  ::_exit(127);
}

}  // namespace

absl::StatusOr<pid_t> Spawn(const ChildSpec& child, const std::string& log_path) {
  const int log_fd = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", log_path));
  std::vector<std::string> words = {child.program};
  words.insert(words.end(), child.arguments.begin(), child.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const pid_t supervisor = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) BecomeChild(supervisor, log_fd, arguments.data());
  const int error = errno;
  ::close(log_fd);
  if (pid < 0) return absl::ErrnoToStatus(error, "cannot start another process");
  return pid;
}

void BoundLog(const std::string& log_path, int64_t limit) {
  struct stat info {};
  if (::stat(log_path.c_str(), &info) != 0 || info.st_size <= limit) return;
  const int from = ::open(log_path.c_str(), O_RDONLY | O_CLOEXEC);
  const int to = ::open(absl::StrCat(log_path, ".1").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (from >= 0 && to >= 0) {
    // Only the newest `limit` bytes are kept, however far the log ran ahead.
    off_t offset = info.st_size - limit;
    while (
        offset<info.st_size&& ::sendfile(to, from, &offset, static_cast<size_t>(info.st_size - offset))> 0) {
    }
  }
  if (from >= 0) ::close(from);
  if (to >= 0) ::close(to);
  if (::truncate(log_path.c_str(), 0) != 0) std::perror(log_path.c_str());
}

std::string LastLines(const std::string& log_path, int lines) {
  constexpr off_t kTailBytes = 8192;  // enough for a few lines of any log
  const int fd = ::open(log_path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  const off_t size = ::lseek(fd, 0, SEEK_END);
  ::lseek(fd, std::max<off_t>(0, size - kTailBytes), SEEK_SET);
  std::string text(kTailBytes, '\0');
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  std::vector<std::string> all = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (all.size() > static_cast<size_t>(lines)) all.erase(all.begin(), all.end() - lines);
  return absl::StrJoin(all, "\n");
}

}  // namespace kepu::supervise
