#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

constexpr int kEvents = 256;
constexpr int kWaitMillis = 100;

int64_t Nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// One request after another on each connection, all of them from one thread.
class HttpLoad final : public Load {
 public:
  HttpLoad(uint16_t port, std::string request) : port_(port), request_(std::move(request)) {}
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
    bool waits = false;
  };

  void Connect(size_t index) {
    Connection& connection = connections_[index];
    connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The one cast the socket interface cannot do without.
    if (::connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      std::fprintf(stderr, "the gateway takes no connection\n");
      std::abort();
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  void Send(Connection& connection) {
    connection.sent = Nanos();
    connection.waits = true;
    if (::send(connection.fd, request_.data(), request_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request_.size())) {
      std::fprintf(stderr, "the gateway does not take a request\n");
      std::abort();
    }
  }

  void Run() {
    size_t under_way = connections_.size();
    for (Connection& connection : connections_) Send(connection);
    epoll_event events[kEvents];
    while (under_way > 0) {
      const int ready = ::epoll_wait(epoll_, events, kEvents, kWaitMillis);
      for (int i = 0; i < ready; ++i) {
        Connection& connection = connections_[events[i].data.u64];
        if (!Read(connection)) continue;
        if (stopping_) {
          connection.waits = false;
          --under_way;
        } else {
          Send(connection);
        }
      }
    }
  }

  // True when a whole answer is there.
  bool Read(Connection& connection) {
    char buffer[65536];
    const ssize_t got = ::recv(connection.fd, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got <= 0) {
      std::fprintf(stderr, "the gateway closed a connection\n");
      std::abort();
    }
    connection.in.append(buffer, static_cast<size_t>(got));
    const size_t end = connection.in.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const size_t at = connection.in.find("Content-Length: ");
    size_t length = 0;
    if (at == std::string::npos ||
        !absl::SimpleAtoi(connection.in.substr(at + 16, connection.in.find('\r', at) - at - 16), &length)) {
      std::fprintf(stderr, "an answer without its length\n");
      std::abort();
    }
    if (connection.in.size() < end + 4 + length) return false;
    if (connection.in.compare(0, 12, "HTTP/1.1 200") == 0) {
      recorder_->Add(Nanos() - connection.sent);
    } else {
      recorder_->Fail();
    }
    connection.in.erase(0, end + 4 + length);
    return true;
  }

  const uint16_t port_;
  const std::string request_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  Recorder* recorder_ = nullptr;
};

}  // namespace

std::unique_ptr<Load> MakeHttpLoad(uint16_t port, std::string path) {
  return std::make_unique<HttpLoad>(port, absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: bench\r\n\r\n"));
}

std::unique_ptr<Load> MakeHttpLoad(uint16_t port, const std::string& path, const std::string& content_type,
                                   const std::string& body) {
  return std::make_unique<HttpLoad>(
      port, absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: bench\r\nContent-Type: ", content_type,
                         "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
}

}  // namespace kepu::bench
