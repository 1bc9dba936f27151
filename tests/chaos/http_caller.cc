#include "tests/chaos/http_caller.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/loopback.h"
#include "tests/support/unix_socket.h"

namespace kepu::chaos {

bool HttpCaller::Connect() {
  if (fd_ >= 0) return true;
  in_.clear();
  fd_ = support::ConnectLoopback(port_);
  return fd_ >= 0;
}

void HttpCaller::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool HttpCaller::More(absl::Time until) {
  const absl::Duration left = until - absl::Now();
  if (left <= absl::ZeroDuration() || !support::Readable(fd_, left)) return false;
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
  if (!Connect() || !support::SendAll(fd_, request)) return Close(), none;
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

}  // namespace kepu::chaos
