#include "tests/chaos/http_caller.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kepu::chaos {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

bool HttpCaller::Connect() {
  if (fd_ >= 0) return true;
  in_.clear();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port_);
  // The one cast the socket interface cannot do without.
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return true;
  Close();
  return false;
}

void HttpCaller::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool HttpCaller::Send(absl::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool HttpCaller::More(absl::Time until) {
  pollfd waiting{fd_, POLLIN, 0};
  const auto left = absl::ToInt64Milliseconds(until - absl::Now());
  if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return false;
  char buffer[65536];
  const ssize_t got = ::recv(fd_, buffer, sizeof(buffer), 0);
  if (got <= 0) return false;
  in_.append(buffer, static_cast<size_t>(got));
  return true;
}

HttpAnswer HttpCaller::Do(absl::string_view verb, absl::string_view path, absl::string_view headers,
                          absl::string_view body, absl::Duration limit) {
  HttpAnswer none;
  const absl::Time until = absl::Now() + limit;
  std::string request = absl::StrCat(verb, " ", path, " HTTP/1.1\r\nHost: here\r\n", headers);
  if (!body.empty())
    absl::StrAppend(&request, "Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n");
  absl::StrAppend(&request, "\r\n", body);
  if (!Connect() || !Send(request)) return Close(), none;
  size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!More(until)) return Close(), none;
  }
  HttpAnswer answer;
  const std::string head = absl::AsciiStrToLower(in_.substr(0, end + 2));
  size_t length = 0;
  const size_t at = head.find("\r\ncontent-length: ");
  const bool readable = head.size() > 12 && absl::SimpleAtoi(head.substr(9, 3), &answer.status) &&
                        at != std::string::npos &&
                        absl::SimpleAtoi(head.substr(at + 18, head.find('\r', at + 2) - at - 18), &length);
  if (!readable) return Close(), none;
  in_.erase(0, end + 4);
  while (in_.size() < length) {
    if (!More(until)) return Close(), none;
  }
  answer.body = in_.substr(0, length);
  in_.erase(0, length);
  if (head.find("connection: close") != std::string::npos) Close();
  return answer;
}

uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace kepu::chaos
