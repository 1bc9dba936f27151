// A client of the gateway that sends bytes as they are and reads answers as they come. Owned by the test; not
// thread-safe.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace kepu::gateway::testing {

// Long enough for a loaded machine; nothing waits this long when all is well.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

inline bool WaitFor(const std::function<bool()>& condition) {
  const absl::Time until = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > until) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

struct Reply {
  int status = 0;                              // 0: the connection ended instead
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// One connection.
class Client {
 public:
  explicit Client(uint16_t port, int receive_buffer = 0) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  void Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Reads one answer; for HEAD there is no body to wait for.
  Reply Read(bool head_only = false) {
    Reply reply;
    size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return reply;
    }
    const std::vector<std::string> lines = absl::StrSplit(in_.substr(0, end), "\r\n");
    in_.erase(0, end + 4);
    EXPECT_TRUE(absl::SimpleAtoi(lines[0].substr(9, 3), &reply.status)) << lines[0];
    for (size_t i = 1; i < lines.size(); ++i) {
      const std::pair<std::string, std::string> field = absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
      reply.headers[absl::AsciiStrToLower(field.first)] = field.second;
    }
    if (head_only || reply.status == 204 || reply.status == 304 || reply.status == 100) return reply;
    if (reply.headers.count("transfer-encoding") > 0) {
      while (std::optional<std::string> chunk = ReadChunk()) reply.body += *chunk;
      return reply;
    }
    size_t length = 0;
    if (!absl::SimpleAtoi(reply.headers["content-length"], &length)) {
      while (More()) {
      }
      reply.body = std::exchange(in_, {});
      return reply;
    }
    while (in_.size() < length && More()) {
    }
    reply.body = in_.substr(0, length);
    in_.erase(0, length);
    return reply;
  }

  // One chunk of a stream; nothing at its end, or when it breaks off.
  std::optional<std::string> ReadChunk() {
    size_t end = 0;
    while ((end = in_.find("\r\n")) == std::string::npos) {
      if (!More()) return broken_ = true, std::nullopt;
    }
    const size_t size = std::stoul(in_.substr(0, end), nullptr, 16);
    while (in_.size() < end + 2 + size + 2) {
      if (!More()) return broken_ = true, std::nullopt;
    }
    std::string chunk = in_.substr(end + 2, size);
    in_.erase(0, end + 2 + size + 2);
    return size == 0 ? std::nullopt : std::optional(std::move(chunk));
  }

  Reply Ask(absl::string_view bytes) {
    Send(bytes);
    return Read(absl::StartsWith(bytes, "HEAD"));
  }

  // True when the other end closes without sending anything more.
  bool Closed() {
    while (in_.empty()) {
      if (!More()) return true;
    }
    return false;
  }
  bool broken() const { return broken_; }

 private:
  bool More() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(kPatience))) <= 0) {
      ADD_FAILURE() << "nothing came in time";
      return false;
    }
    char buffer[65536];
    const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    in_.append(buffer, static_cast<size_t>(got));
    return true;
  }

  int fd_ = -1;
  bool connected_ = false;
  bool broken_ = false;
  std::string in_;
};

}  // namespace kepu::gateway::testing
