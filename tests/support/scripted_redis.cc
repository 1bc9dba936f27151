#include "tests/support/scripted_redis.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/support/unix_socket.h"

namespace kepu::support {
namespace {

// A dialogue that stands still longer than this has failed.
constexpr absl::Duration kStepLimit = absl::Seconds(20);

std::string Show(const std::vector<std::string>& arguments) {
  return absl::CHexEscape(absl::StrJoin(arguments, " ").substr(0, 200));
}

}  // namespace

// One connection being played.
class ScriptedRedis::Script::Dialogue {
 public:
  Dialogue(ScriptedRedis& server, int fd) : server_(server), fd_(fd) {}

  void Problem(std::string text) { server_.Problem(std::move(text)); }
  bool Send(absl::string_view bytes) { return SendAll(fd_, bytes); }

  // Waits until `limit` has passed or the server ends; true in the first case.
  bool Sleep(absl::Duration limit) { return !Readable(server_.stop_fd_, limit); }

  // The next command; nothing when the client is gone, the server ends, or `limit` has passed.
  std::optional<std::vector<std::string>> NextCommand(absl::Duration limit) {
    const absl::Time end = absl::Now() + limit;
    while (true) {
      if (std::optional<std::vector<std::string>> command = TakeCommand()) return command;
      if (!Receive(end - absl::Now())) return std::nullopt;
    }
  }

  // Takes what comes until the client is gone.
  void Drain() {
    while (Receive(absl::InfiniteDuration())) in_.clear();
  }

 private:
  bool Receive(absl::Duration limit) {
    pollfd ready[2] = {{.fd = fd_, .events = POLLIN, .revents = 0},
                       {.fd = server_.stop_fd_, .events = POLLIN, .revents = 0}};
    const int limit_ms =
        limit == absl::InfiniteDuration() ? -1 : static_cast<int>(absl::ToInt64Milliseconds(limit));
    if (poll(ready, 2, limit_ms) <= 0 || ready[1].revents != 0) return false;
    char buffer[65536];
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    in_.append(buffer, static_cast<size_t>(size));
    return true;
  }

  // The number after `mark` at `*at`, moving behind its line.
  std::optional<size_t> TakeNumber(char mark, size_t* at) const {
    const size_t end = in_.find("\r\n", *at);
    size_t number = 0;
    if (end == std::string::npos || in_[*at] != mark ||
        !absl::SimpleAtoi(absl::string_view(in_).substr(*at + 1, end - *at - 1), &number)) {
      return std::nullopt;
    }
    *at = end + 2;
    return number;
  }

  std::optional<std::vector<std::string>> TakeCommand() {
    size_t at = 0;
    const std::optional<size_t> count = in_.empty() ? std::nullopt : TakeNumber('*', &at);
    if (!count) return std::nullopt;
    std::vector<std::string> arguments;
    for (size_t i = 0; i < *count; ++i) {
      const std::optional<size_t> size = at < in_.size() ? TakeNumber('$', &at) : std::nullopt;
      if (!size || in_.size() < at + *size + 2) return std::nullopt;
      arguments.push_back(in_.substr(at, *size));
      at += *size + 2;
    }
    in_.erase(0, at);
    return arguments;
  }

  ScriptedRedis& server_;
  const int fd_;
  std::string in_;
};

ScriptedRedis::Script& ScriptedRedis::Script::Expect(std::vector<std::string> arguments) {
  steps_.push_back([wanted = std::move(arguments)](Dialogue& dialogue) {
    const std::optional<std::vector<std::string>> command = dialogue.NextCommand(kStepLimit);
    if (command == wanted) return true;
    dialogue.Problem(absl::StrCat("want ", Show(wanted), ", got ", command ? Show(*command) : "nothing"));
    return false;
  });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::Send(std::string bytes) {
  steps_.push_back([bytes = std::move(bytes)](Dialogue& dialogue) { return dialogue.Send(bytes); });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::SendSlowly(std::string bytes) {
  steps_.push_back([bytes = std::move(bytes)](Dialogue& dialogue) {
    for (const char& byte : bytes) {
      if (!dialogue.Send({&byte, 1}) || !dialogue.Sleep(absl::Milliseconds(1))) return false;
    }
    return true;
  });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::Delay(absl::Duration duration) {
  steps_.push_back([duration](Dialogue& dialogue) { return dialogue.Sleep(duration); });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::WaitFor(Signal& signal) {
  steps_.push_back([&signal](Dialogue& dialogue) {
    if (signal.Wait(kStepLimit)) return true;
    dialogue.Problem("the test did not let the dialogue go on");
    return false;
  });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::Tell(Signal& signal) {
  steps_.push_back([&signal](Dialogue&) {
    signal.Set();
    return true;
  });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::Close() {
  steps_.push_back([](Dialogue&) { return false; });
  return *this;
}

ScriptedRedis::Script& ScriptedRedis::Script::Serve(
    std::function<std::string(const std::vector<std::string>&)> answer) {
  steps_.push_back([answer = std::move(answer)](Dialogue& dialogue) {
    while (const auto command = dialogue.NextCommand(absl::Hours(1))) {
      if (!dialogue.Send(answer(*command))) return false;
    }
    return false;
  });
  return *this;
}

ScriptedRedis::ScriptedRedis() : folder_(MakeFolder("script")), path_(folder_ + "/redis.sock") {
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  listener_ = ListenUnix(path_);
  acceptor_ = std::thread([this] { Accept(); });
}

ScriptedRedis::~ScriptedRedis() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_fd_, &one, sizeof one);
  acceptor_.join();
  for (std::thread& player : players_) player.join();
  close(listener_);
  close(stop_fd_);
  RemoveFolder(folder_);
}

ScriptedRedis::Script& ScriptedRedis::OnConnection() {
  std::lock_guard<std::mutex> lock(mutex_);
  return scripts_.emplace_back();
}

void ScriptedRedis::Accept() {
  while (true) {
    pollfd ready[2] = {{.fd = listener_, .events = POLLIN, .revents = 0},
                       {.fd = stop_fd_, .events = POLLIN, .revents = 0}};
    if (poll(ready, 2, -1) < 0 && errno == EINTR) continue;
    if (ready[1].revents != 0) return;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    ++accepted_;
    if (next_script_ == scripts_.size()) {
      close(fd);
      continue;
    }
    const Script& script = scripts_[next_script_++];
    players_.emplace_back([this, fd, &script] { Play(fd, script); });
  }
}

void ScriptedRedis::Play(int fd, const Script& script) {
  Script::Dialogue dialogue(*this, fd);
  bool open = true;
  for (size_t i = 0; open && i < script.steps_.size(); ++i) open = script.steps_[i](dialogue);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++played_;
  }
  if (open) dialogue.Drain();
  close(fd);
}

void ScriptedRedis::Problem(std::string text) {
  std::lock_guard<std::mutex> lock(mutex_);
  problems_.push_back(std::move(text));
}

std::vector<std::string> ScriptedRedis::Problems() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return problems_;
}

int ScriptedRedis::accepted() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return accepted_;
}

bool ScriptedRedis::WaitPlayed(absl::Duration limit) const {
  const absl::Time end = absl::Now() + limit;
  while (true) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (played_ == scripts_.size()) return true;
    }
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
}

}  // namespace kepu::support
