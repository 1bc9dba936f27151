#include "libs/blob/blob_store.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::blob {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kDigestBytes = 32;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Hash(absl::string_view key, absl::string_view text) {
  std::string out(kDigestBytes, '\0');
  crypto_generichash(Bytes(out), out.size(), Bytes(text), text.size(), Bytes(key), key.size());
  return out;
}

absl::Status Io(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("blob: ", what, ": ", std::strerror(errno)));
}

// A digest becomes part of a path: nothing but hex digits may.
bool IsDigest(absl::string_view digest) {
  return digest.size() == 2 * kDigestBytes &&
         digest.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
}

std::string FolderOf(const std::string& root, absl::string_view digest) {
  return absl::StrCat(root, "/", digest.substr(0, 2));
}
std::string PathOf(const std::string& root, absl::string_view digest) {
  return absl::StrCat(FolderOf(root, digest), "/", digest);
}

absl::Status MakeFolder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return Io(absl::StrCat("make ", folder));
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Io("open folder");
  absl::Cleanup close_folder = [fd] { close(fd); };
  return fsync(fd) == 0 ? absl::OkStatus() : Io("sync folder");
}

absl::Status WriteSynced(const std::string& path, absl::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Io("create");
  absl::Cleanup close_file = [fd] { close(fd); };
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Io("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : Io("sync");
}

absl::StatusOr<std::string> ReadWhole(const std::string& path, absl::string_view digest) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? refusal::NotFound(absl::StrCat("blobs/", digest)) : Io("open");
  absl::Cleanup close_file = [fd] { close(fd); };
  struct stat info {};
  if (fstat(fd, &info) != 0) return Io("stat");
  if (info.st_size > static_cast<off_t>(kMaxBlobBytes + kNonceBytes + kTagBytes)) {
    return absl::DataLossError("blob: the file is too large to be ours");
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = read(fd, bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Io("read");
    at += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BlobStore>> BlobStore::Open(const std::string& folder,
                                                           absl::string_view master_key) {
  if (master_key.size() != kKeyBytes) return absl::InvalidArgumentError("blob: the master key is 32 bytes");
  if (absl::Status status = MakeFolder(folder); !status.ok()) return status;
  return std::unique_ptr<BlobStore>(
      new BlobStore(folder, Hash(master_key, "kepu blob names"), Hash(master_key, "kepu blob content")));
}

// Keyed, so that a name does not tell whether a known file is among them.
std::string BlobStore::DigestOf(absl::string_view bytes) const {
  return absl::BytesToHexString(Hash(name_key_, bytes));
}

absl::StatusOr<BlobInfo> BlobStore::Put(absl::string_view bytes) const {
  if (bytes.size() > kMaxBlobBytes) {
    return refusal::Refuse(absl::StatusCode::kInvalidArgument, "TOO_LARGE",
                           {{"max", absl::StrCat(kMaxBlobBytes)}});
  }
  absl::StatusOr<std::string> type = TypeOf(bytes);
  if (!type.ok()) return type.status();
  const BlobInfo info{DigestOf(bytes), bytes.size(), *type};
  const std::string folder = FolderOf(folder_, info.digest), path = PathOf(folder_, info.digest);
  if (absl::Status status = MakeFolder(folder); !status.ok()) return status;
  if (absl::Status status = SyncFolder(folder_); !status.ok()) return status;
  if (Get(info.digest).ok()) {
    // Another writer may have renamed it and not synced the folder yet.
    if (absl::Status status = SyncFolder(folder); !status.ok()) return status;
    return info;
  }
  std::string sealed(kNonceBytes + bytes.size() + kTagBytes, '\0');
  randombytes_buf(sealed.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed) + kNonceBytes, nullptr, Bytes(bytes), bytes.size(),
                                             Bytes(info.digest), info.digest.size(), nullptr, Bytes(sealed),
                                             Bytes(seal_key_));
  std::string suffix(8, '\0');
  randombytes_buf(suffix.data(), suffix.size());
  const std::string draft = absl::StrCat(path, ".", absl::BytesToHexString(suffix), ".new");
  absl::Cleanup remove_draft = [&draft] { unlink(draft.c_str()); };
  if (absl::Status status = WriteSynced(draft, sealed); !status.ok()) return status;
  if (rename(draft.c_str(), path.c_str()) != 0) return Io("rename");
  if (absl::Status status = SyncFolder(folder); !status.ok()) return status;
  return info;
}

absl::StatusOr<Blob> BlobStore::Get(absl::string_view digest) const {
  if (!IsDigest(digest)) return refusal::BadField("digest", "64 lower-case hex digits");
  absl::StatusOr<std::string> sealed = ReadWhole(PathOf(folder_, digest), digest);
  if (!sealed.ok()) return sealed.status();
  const absl::Status damaged = absl::DataLossError("blob: the file is damaged");
  if (sealed->size() < kNonceBytes + kTagBytes) return damaged;
  Blob blob;
  blob.bytes.resize(sealed->size() - kNonceBytes - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(blob.bytes), nullptr, nullptr, Bytes(*sealed) + kNonceBytes, sealed->size() - kNonceBytes,
          Bytes(digest), digest.size(), Bytes(*sealed), Bytes(seal_key_)) != 0) {
    return damaged;
  }
  absl::StatusOr<std::string> type = TypeOf(blob.bytes);
  if (!type.ok()) return type.status();
  blob.info = {std::string(digest), blob.bytes.size(), *std::move(type)};
  return blob;
}

absl::Status BlobStore::Remove(absl::string_view digest) const {
  if (!IsDigest(digest)) return refusal::BadField("digest", "64 lower-case hex digits");
  if (unlink(PathOf(folder_, digest).c_str()) != 0) return errno == ENOENT ? absl::OkStatus() : Io("remove");
  return SyncFolder(FolderOf(folder_, digest));
}

}  // namespace kepu::blob
