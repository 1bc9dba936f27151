#include "deploy/supervise/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace kepu::supervise {
namespace {

// A socket that closes itself.
class Socket {
 public:
  explicit Socket(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit = absl::ToTimeval(kProbeTimeout);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  template <class Address>
  bool Connect(const Address& address) {
    // The one cast the socket interface cannot do without.
    return fd_ >= 0 && ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }

  // Sends `request` and reads up to one small answer; empty when anything fails.
  std::string Ask(absl::string_view request) {
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return "";
    char buffer[256];
    const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), 0);
    return got > 0 ? std::string(buffer, static_cast<size_t>(got)) : std::string();
  }

 private:
  int fd_;
};

bool ConnectUnix(Socket& socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return socket.Connect(address);
}

// Two questions, because the answers to both need not come together.
bool AnswersPing(const ChildSpec& child) {
  Socket socket(AF_UNIX);
  if (!ConnectUnix(socket, child.probe_address)) return false;
  if (!child.probe_user.empty()) {
    std::ifstream file(child.probe_password_file);
    std::string password;
    file >> password;
    const std::string login = absl::StrCat("AUTH ", child.probe_user, " ", password, "\r\n");
    if (!absl::StartsWith(socket.Ask(login), "+OK")) return false;
  }
  return absl::StartsWith(socket.Ask("PING\r\n"), "+PONG");
}

// Connects to an IPv4 or [IPv6] address. A wildcard listens on loopback too, so it is asked there.
std::string GetStatusLine(absl::string_view address, absl::string_view path) {
  const std::pair<std::string, std::string> parts = [&] {
    const size_t colon = address.rfind(':');
    return std::make_pair(std::string(address.substr(0, colon)), std::string(address.substr(colon + 1)));
  }();
  std::string host = parts.first;
  uint32_t port = 0;
  if (!absl::SimpleAtoi(parts.second, &port) || port > 65535) return "";
  const std::string request =
      absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", address, "\r\nConnection: close\r\n\r\n");
  if (absl::StartsWith(host, "[")) {
    host = host == "[::]" ? "::1" : host.substr(1, host.size() - 2);
    Socket socket(AF_INET6);
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(static_cast<uint16_t>(port));
    if (::inet_pton(AF_INET6, host.c_str(), &to.sin6_addr) != 1 || !socket.Connect(to)) return "";
    return socket.Ask(request);
  }
  if (host == "0.0.0.0" || host == "localhost") host = "127.0.0.1";
  Socket socket(AF_INET);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  if (::inet_pton(AF_INET, host.c_str(), &to.sin_addr) != 1 || !socket.Connect(to)) return "";
  return socket.Ask(request);
}

}  // namespace

bool IsReady(const ChildSpec& child) {
  switch (child.probe) {
    case Probe::kStarted:
      return true;
    case Probe::kExit:
      return false;
    case Probe::kUnix: {
      Socket socket(AF_UNIX);
      return ConnectUnix(socket, child.probe_address);
    }
    case Probe::kRedis:
      return AnswersPing(child);
    case Probe::kHttp:
      return absl::StartsWith(GetStatusLine(child.probe_address, child.probe_path), "HTTP/1.1 200");
  }
  return false;
}

}  // namespace kepu::supervise
