#include "tests/support/private_redis.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "libs/redis/reply_reader.h"
#include "tests/support/unix_socket.h"

namespace kepu::support {
namespace {

constexpr char kProgram[] = "/usr/bin/redis-server";

// Far beyond what a start takes on a busy machine; loading a million entries takes some seconds.
constexpr absl::Duration kStartLimit = absl::Seconds(60);

// Between two looks at whether it answers.
constexpr absl::Duration kLookAgain = absl::Milliseconds(2);

// For one answer to Ask.
constexpr absl::Duration kAskLimit = absl::Seconds(20);

// Runs in the child: only what is safe after a fork of a process with threads.
[[noreturn]] void Become(char* const* arguments, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A test may block signals that Redis wants to see.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = open("/dev/null", O_RDWR);
  if (null >= 0) {
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
  }
  if (getppid() == parent) execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

PrivateRedis::PrivateRedis(RedisOptions options)
    : options_(std::move(options)), folder_(MakeFolder("redis")) {
  Start();
}

PrivateRedis::~PrivateRedis() {
  End(SIGKILL);
  RemoveFolder(folder_);
}

void PrivateRedis::Start() {
  if (pid_ > 0) return;
  std::vector<std::string> arguments = {kProgram,      "--port", "0",    "--unixsocket",
                                        socket_path(), "--dir",  folder_};
  const std::vector<std::string> keeping =
      options_.durable ? std::vector<std::string>{"--appendonly", "yes", "--appendfsync", "always"}
                       : std::vector<std::string>{"--appendonly", "no"};
  arguments.insert(arguments.end(), keeping.begin(), keeping.end());
  arguments.insert(arguments.end(), {"--save", "", "--logfile", folder_ + "/redis.log"});
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Become(argv.data(), parent);
  const absl::Time limit = absl::Now() + kStartLimit;
  while (pid_ > 0 && absl::Now() < limit && waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (Answers()) return;
    absl::SleepFor(kLookAgain);
  }
  std::cerr << "the private redis-server did not start:\n" << std::ifstream(folder_ + "/redis.log").rdbuf();
  abort();
}

void PrivateRedis::Kill9() { End(SIGKILL); }

void PrivateRedis::Stop() { End(SIGTERM); }

void PrivateRedis::End(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  kill(pid_, SIGCONT);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void PrivateRedis::Pause() { kill(pid_, SIGSTOP); }

void PrivateRedis::Continue() { kill(pid_, SIGCONT); }

bool PrivateRedis::Answers() const {
  const absl::StatusOr<redis::Reply> reply = Ask(redis::Command("PING"));
  return reply.ok() && !(reply->is_error() && absl::StartsWith(reply->text, "LOADING"));
}

absl::StatusOr<redis::Reply> PrivateRedis::Ask(const redis::Command& command) const {
  const int fd = ConnectUnix(socket_path());
  if (fd < 0) return absl::UnavailableError("the private redis-server is not there");
  std::string bytes;
  command.AppendTo(&bytes);
  absl::StatusOr<redis::Reply> answer = absl::UnavailableError("the private redis-server did not answer");
  redis::ReplyReader reader;
  redis::Reply reply;
  bool more = SendAll(fd, bytes);
  while (more && Readable(fd, kAskLimit)) {
    char buffer[16384];
    const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    if (size <= 0 || !reader.Feed({buffer, static_cast<size_t>(size)}).ok()) break;
    const absl::StatusOr<bool> complete = reader.Next(&reply);
    if (complete.ok() && *complete) answer = std::move(reply);
    more = complete.ok() && !*complete;
  }
  close(fd);
  return answer;
}

}  // namespace kepu::support
