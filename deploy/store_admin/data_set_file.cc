#include "deploy/store_admin/data_set_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace kepu::deploy {

absl::StatusOr<std::optional<DataSetFile>> ReadDataSetFile(const std::string& path) {
  std::ifstream in(path);
  if (!in.is_open()) {
    if (errno == ENOENT) return std::optional<DataSetFile>();
    return absl::InternalError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  DataSetFile file;
  std::string state;
  if (!(in >> file.id >> file.epoch >> state)) {
    return absl::DataLossError(absl::StrCat(path, " is unreadable; restore it from a backup"));
  }
  file.initialized = state == "initialized";
  return std::optional<DataSetFile>(file);
}

absl::Status WriteDataSetFile(const std::string& path, const DataSetFile& file) {
  const std::string beside = path + ".new";
  const std::string text =
      absl::StrCat(file.id, " ", file.epoch, " ", file.initialized ? "initialized" : "new", "\n");
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!written || rename(beside.c_str(), path.c_str()) != 0) {
    return absl::InternalError(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  }
  const int folder = open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) fsync(folder), close(folder);
  return absl::OkStatus();
}

}  // namespace kepu::deploy
