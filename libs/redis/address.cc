#include "libs/redis/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kepu::redis {
namespace {

absl::Status Failed(absl::string_view what, int error) {
  char text[128];
  return absl::UnavailableError(absl::StrCat("redis: ", what, ": ", strerror_r(error, text, sizeof text)));
}

absl::StatusOr<int> Connect(int family, const sockaddr* address, socklen_t size) {
  const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Failed("socket", errno);
  if (family != AF_UNIX) {
    // Batches are made by us: the system must not wait for more. Keepalive finds peers that vanished while
    // nothing is in flight.
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  }
  if (connect(fd, address, size) == 0 || errno == EINPROGRESS) return fd;
  const int error = errno;
  close(fd);
  return Failed("connect", error);
}

}  // namespace

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty() || rest.size() >= sizeof(sockaddr_un::sun_path)) {
      return absl::InvalidArgumentError(
          absl::StrCat("redis address '", text, "': the path is empty or too long"));
    }
    return Address{.local = true, .host = std::string(rest), .port = ""};
  }
  const size_t colon = rest.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(rest.substr(colon + 1), &port) ||
      port == 0 || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("redis address '", text, "': want unix:/path or host:port"));
  }
  absl::string_view host = rest.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  return Address{.local = false, .host = std::string(host), .port = absl::StrCat(port)};
}

absl::StatusOr<int> BeginConnect(const Address& address) {
  if (address.local) {
    sockaddr_un local = {};
    local.sun_family = AF_UNIX;
    memcpy(local.sun_path, address.host.data(), address.host.size());
    return Connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&local), sizeof local);
  }
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found); error != 0) {
    return absl::UnavailableError(absl::StrCat("redis: look up ", address.host, ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  return Connect(found->ai_family, found->ai_addr, found->ai_addrlen);
}

absl::Status ConnectResult(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? absl::OkStatus() : Failed("connect", error);
}

}  // namespace kepu::redis
