#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/loads.h"
#include "tests/support/loopback.h"

namespace kepu::bench {
namespace {

constexpr int kEvents = 256;
constexpr int64_t kWaitNanos = 100'000'000;

int64_t Nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::string RequestOf(const HttpAsk& ask) {
  const std::string head = absl::StrCat(" ", ask.path, " HTTP/1.1\r\nHost: bench\r\n", ask.headers);
  if (ask.content_type.empty()) return absl::StrCat("GET", head, "\r\n");
  return absl::StrCat("POST", head, "Content-Type: ", ask.content_type,
                      "\r\nContent-Length: ", ask.body.size(), "\r\n\r\n", ask.body);
}

// Bytes of the first answer, head and all; 0 while it is not whole.
size_t AnswerSize(const std::string& in) {
  const size_t end = in.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const size_t at = in.find("Content-Length: ");
  size_t length = 0;
  if (at < end) {
    if (!absl::SimpleAtoi(in.substr(at + 16, in.find('\r', at) - at - 16), &length))
      Fail("an answer without its length");
    return in.size() < end + 4 + length ? 0 : end + 4 + length;
  }
  if (in.find("Transfer-Encoding: chunked") > end) Fail("an answer without its length");
  // None of the bodies asked for holds these bytes.
  const size_t last = in.find("\r\n0\r\n\r\n", end + 2);
  return last == std::string::npos ? 0 : last + 7;
}

// One request after another on each connection, all of them from one thread; with a rate, each when it is
// due.
class HttpLoad final : public Load {
 public:
  explicit HttpLoad(const HttpAsk& ask) : ask_(ask), request_(RequestOf(ask)) {}
  ~HttpLoad() override {
    for (const Connection& connection : connections_) ::close(connection.fd);
  }

  void Start(int in_flight, Recorder* recorder) override {
    recorder_ = recorder;
    stopping_ = false;
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    connections_.resize(static_cast<size_t>(in_flight));
    for (size_t i = 0; i < connections_.size(); ++i) Connect(i);
    thread_ = std::thread([this] { Run(); });
  }

  void Stop() override {
    stopping_ = true;
    thread_.join();
    ::close(epoll_);
  }

 private:
  struct Connection {
    int fd = -1;
    int64_t sent = 0;
    std::string in;
  };

  void Connect(size_t index) {
    Connection& connection = connections_[index];
    connection.fd = support::ConnectLoopback(ask_.port);
    if (connection.fd < 0) Fail("the server takes no connection");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    free_.push_back(index);
  }

  void Send(Connection& connection) {
    connection.sent = Nanos();
    size_t at = 0;
    // A large body is taken in pieces; nobody answers before it is read, or what is left has no reader.
    while (at < request_.size()) {
      const ssize_t sent = ::send(connection.fd, request_.data() + at, request_.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) Fail("the server does not take a request");
      at += static_cast<size_t>(sent);
    }
  }

  // What is due is sent where a connection is free; what finds none counts as failed.
  void SendDue() {
    const bool paced = ask_.rate > 0;
    const auto due = static_cast<uint64_t>(ask_.rate * static_cast<double>(Nanos() - started_) / 1e9);
    while (!stopping_ && (paced ? made_ < due : !free_.empty())) {
      ++made_;
      if (free_.empty()) {
        recorder_->Fail();
        continue;
      }
      const size_t index = free_.back();
      free_.pop_back();
      Send(connections_[index]);
    }
  }

  int64_t WaitNanos() const {
    if (ask_.rate <= 0 || stopping_) return kWaitNanos;
    const double next = static_cast<double>(made_ + 1) / ask_.rate * 1e9;
    return std::clamp<int64_t>(started_ + static_cast<int64_t>(next) - Nanos(), 0, kWaitNanos);
  }

  void Run() {
    started_ = Nanos();
    epoll_event events[kEvents];
    while (!stopping_ || free_.size() < connections_.size()) {
      SendDue();
      const timespec wait = {0, WaitNanos()};
      const int ready = ::epoll_pwait2(epoll_, events, kEvents, &wait, nullptr);
      for (int i = 0; i < ready; ++i) {
        if (Read(connections_[events[i].data.u64])) free_.push_back(events[i].data.u64);
      }
    }
  }

  // True when a whole answer is there.
  bool Read(Connection& connection) {
    char buffer[65536];
    const ssize_t got = ::recv(connection.fd, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got <= 0) Fail("the server closed a connection");
    connection.in.append(buffer, static_cast<size_t>(got));
    const size_t size = AnswerSize(connection.in);
    if (size == 0) return false;
    if (ask_.any_answer || absl::StartsWith(connection.in, "HTTP/1.1 200")) {
      recorder_->Add(Nanos() - connection.sent);
    } else {
      recorder_->Fail();
    }
    connection.in.erase(0, size);
    return true;
  }

  const HttpAsk ask_;
  const std::string request_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::vector<size_t> free_;
  int64_t started_ = 0;
  uint64_t made_ = 0;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Recorder* recorder_ = nullptr;
};

}  // namespace

std::unique_ptr<Load> MakeHttpLoad(const HttpAsk& ask) { return std::make_unique<HttpLoad>(ask); }

std::string FetchOnce(const HttpAsk& ask) {
  const int fd = support::ConnectLoopback(ask.port);
  const std::string request = RequestOf(ask);
  if (fd < 0 || ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0)
    Fail("the server does not take a request");
  std::string in;
  char buffer[65536];
  size_t size = 0;
  while (size == 0) {
    const ssize_t got = ::recv(fd, buffer, sizeof(buffer), 0);
    if (got <= 0) Fail("the server closed a connection");
    in.append(buffer, static_cast<size_t>(got));
    size = AnswerSize(in);
  }
  ::close(fd);
  if (!absl::StartsWith(in, "HTTP/1.1 200")) Fail(in.c_str());
  return in.substr(in.find("\r\n\r\n") + 4, size - in.find("\r\n\r\n") - 4);
}

}  // namespace kepu::bench
