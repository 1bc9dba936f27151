#include "tests/support/unix_socket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace kepu::support {
namespace {

[[noreturn]] void Die(const char* what) {
  fprintf(stderr, "test support: %s: %s\n", what, strerror(errno));
  abort();
}

sockaddr_un Address(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) Die("the socket's path is too long");
  memcpy(address.sun_path, path.data(), path.size());
  return address;
}

int OpenSocket() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Die("socket");
  return fd;
}

}  // namespace

std::string MakeFolder(absl::string_view name) {
  const char* root = getenv("TMPDIR");
  std::string folder = absl::StrCat(root == nullptr ? "/tmp" : root, "/kepu-", name, "-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) Die("mkdtemp");
  return folder;
}

void RemoveFolder(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

int ConnectUnix(const std::string& path) {
  const int fd = OpenSocket();
  const sockaddr_un address = Address(path);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

int ListenUnix(const std::string& path) {
  const int fd = OpenSocket();
  const sockaddr_un address = Address(path);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) Die("bind");
  if (listen(fd, SOMAXCONN) != 0) Die("listen");
  return fd;
}

bool Readable(int fd, absl::Duration limit) {
  pollfd ready = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, static_cast<int>(absl::ToInt64Milliseconds(limit))) > 0;
}

bool SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace kepu::support
