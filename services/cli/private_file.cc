#include "services/cli/private_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace kepu::cli {

absl::Status WritePrivateFile(const std::string& path, absl::string_view text) {
  const absl::Status failed = absl::FailedPreconditionError(absl::StrCat("cannot write ", path));
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  const std::string fresh = absl::StrCat(path, ".new");
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return failed;
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0) {
    ::unlink(fresh.c_str());
    return failed;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return std::string(absl::StripAsciiWhitespace(text));
}

std::string MakePassword() {
  // 58 signs without those that look alike.
  constexpr absl::string_view kSigns = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789";
  std::string password;
  while (password.size() < 20) {
    unsigned char byte = 0;
    // Bytes past the last whole round are thrown away, so that all signs are equally likely.
    if (::getrandom(&byte, 1, 0) == 1 && byte < 232) password += kSigns[byte % kSigns.size()];
  }
  return password;
}

}  // namespace kepu::cli
