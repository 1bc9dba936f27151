#include "libs/auth/secret_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kepu::auth {
namespace {

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

absl::Status Refused(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("secret file ", path, ": ", why));
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return Refused(path, "cannot be opened");
  absl::Cleanup close_file = [fd] { close(fd); };
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return Refused(path, "is not a regular file");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Refused(path, "others than its owner may read or change it; run chmod 0400 on it");
  }
  if (info.st_uid != geteuid() && info.st_uid != 0) return Refused(path, "belongs to another user");
  std::string content(kMaxSecretFileBytes + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(fd, content.data() + size, content.size() - size);
    if (got < 0) return Refused(path, "cannot be read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kMaxSecretFileBytes) return Refused(path, "is too large to be a secret");
  if (size == 0) return Refused(path, "is empty");
  content.resize(size);
  return content;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  absl::StatusOr<std::string> content = ReadSecretFile(path);
  if (!content.ok()) return content;
  if (content->size() == kSecretBytes) return content;
  const absl::string_view text = absl::StripTrailingAsciiWhitespace(*content);
  const bool hex =
      text.size() == 2 * kSecretBytes && std::all_of(text.begin(), text.end(), absl::ascii_isxdigit);
  if (!hex) return Refused(path, "does not hold 32 bytes or 64 hex digits");
  return absl::HexStringToBytes(text);
}

std::string DeriveKey(absl::string_view master, absl::string_view purpose) {
  std::string key(kSecretBytes, '\0');
  crypto_generichash(Bytes(key), key.size(), Bytes(purpose), purpose.size(), Bytes(master), master.size());
  return key;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

bool SameSecret(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string TokenDigest(absl::string_view token) {
  std::string digest(kSecretBytes, '\0');
  crypto_generichash(Bytes(digest), digest.size(), Bytes(token), token.size(), nullptr, 0);
  return digest;
}

std::string ToBase64Url(absl::string_view bytes) {
  std::string text = absl::WebSafeBase64Escape(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

}  // namespace kepu::auth
