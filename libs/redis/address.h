// Where a Redis listens, and how a connection to it is begun without blocking. Values and functions;
// thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::redis {

struct Address {
  bool local = false;  // a Unix socket: `host` is its path
  std::string host;
  std::string port;
};

// "unix:/path", "host:port" or "[::1]:port".
absl::StatusOr<Address> ParseAddress(absl::string_view text);

// A socket that does not block and is connecting or connected; it becomes writable when it is either, or has
// failed.
absl::StatusOr<int> BeginConnect(const Address& address);

// How a connect that was begun has ended.
absl::Status ConnectResult(int fd);

}  // namespace kepu::redis
