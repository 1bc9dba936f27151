#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace kepu::support {
namespace {

constexpr int kPollMillis = 5;

void Pause() { poll(nullptr, 0, kPollMillis); }

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> arguments, std::string log_path)
    : arguments_(std::move(arguments)), log_path_(std::move(log_path)) {
  Start();
}

ChildProcess::~ChildProcess() { Kill9(); }

void ChildProcess::Start() {
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) std::abort();
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int log = open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments_) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  std::fprintf(stderr, "cannot run %s: %s\n", argv[0], std::strerror(errno));
  _exit(127);
}

bool ChildProcess::Running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  pid_ = -1;
  return false;
}

void ChildProcess::Kill9() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  exit_code_ = -1;
}

int ChildProcess::Terminate(int seconds_max) {
  if (pid_ <= 0) return exit_code_;
  kill(pid_, SIGTERM);
  for (int waited = 0; waited < seconds_max * 1000; waited += kPollMillis) {
    if (!Running()) return exit_code_;
    Pause();
  }
  Kill9();
  return -1;
}

void ChildProcess::Restart() {
  Kill9();
  Start();
}

std::string ChildProcess::Log() const {
  std::ifstream in(log_path_);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "kepu-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool WaitForSocket(const std::string& path, int seconds_max) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  for (int waited = 0; waited < seconds_max * 1000; waited += kPollMillis) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool up = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    if (up) return true;
    Pause();
  }
  return false;
}

void WriteKeys(const std::string& folder) {
  std::filesystem::create_directories(folder);
  chmod(folder.c_str(), 0700);
  std::random_device random;
  for (const char* name : {"data-set", "identity", "pepper", "vault"}) {
    const std::string path = folder + "/" + name + ".key";
    std::ofstream out(path, std::ios::binary);
    for (int i = 0; i < 32; ++i) out.put(static_cast<char>(random() & 0xff));
    out.close();
    chmod(path.c_str(), 0400);
  }
}

}  // namespace kepu::support
