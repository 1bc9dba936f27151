// Unix sockets and folders of a test: what the servers started by tests stand on. Functions; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::support {

// A new folder under TMPDIR or /tmp, short enough for socket paths. Aborts when there is none to be had.
std::string MakeFolder(absl::string_view name);
void RemoveFolder(const std::string& folder);

// A connected socket that blocks, or -1.
int ConnectUnix(const std::string& path);

// A listening socket, or abort.
int ListenUnix(const std::string& path);

// True when `fd` can be read (or has ended) within `limit`.
bool Readable(int fd, absl::Duration limit);

// Sends all of it; false when the other end is gone.
bool SendAll(int fd, absl::string_view bytes);

}  // namespace kepu::support
