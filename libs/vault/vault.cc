#include "libs/vault/vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::vault {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kDigestBytes = 32;
constexpr size_t kCheckBytes = 16;
// Records have one size that divides a disk sector, so a torn write spoils one record and the next one's
// place is known.
constexpr int64_t kRecordBytes = 128;
// The person under which Open proves the master key; no resource has such a name.
constexpr char kMasterProof[] = "\x01master";

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Hash(absl::string_view key, absl::string_view text, size_t size) {
  std::string out(size, '\0');
  crypto_generichash(Bytes(out), size, Bytes(text), text.size(), Bytes(key), key.size());
  return out;
}

std::string Random(size_t size) {
  std::string out(size, '\0');
  randombytes_buf(out.data(), size);
  return out;
}

// Nonce, then ciphertext and tag.
std::string Encrypt(absl::string_view key, absl::string_view aad, absl::string_view plaintext) {
  std::string out = Random(kNonceBytes);
  out.resize(kNonceBytes + plaintext.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(out) + kNonceBytes, nullptr, Bytes(plaintext),
                                             plaintext.size(), Bytes(aad), aad.size(), nullptr, Bytes(out),
                                             Bytes(key));
  return out;
}

bool Decrypt(absl::string_view key, absl::string_view aad, absl::string_view sealed, std::string* plaintext) {
  if (sealed.size() < kNonceBytes + kTagBytes) return false;
  plaintext->resize(sealed.size() - kNonceBytes - kTagBytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(*plaintext), nullptr, nullptr,
                                                    Bytes(sealed) + kNonceBytes, sealed.size() - kNonceBytes,
                                                    Bytes(aad), aad.size(), Bytes(sealed), Bytes(key)) == 0;
}

absl::Status Io(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("vault: ", what, ": ", std::strerror(errno)));
}

absl::Status Erased() { return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "PERSON_ERASED"); }

absl::Status WriteAll(int fd, absl::string_view bytes, int64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Io("write");
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += written;
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> FileSize(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return Io("stat");
  return static_cast<int64_t>(info.st_size);
}

// Holds the file against other processes; threads of this one are held by the mutex.
class FileLock {
 public:
  FileLock(int fd, int mode) : fd_(fd) {
    while ((ok_ = flock(fd_, mode) == 0) == false && errno == EINTR) {
    }
  }
  ~FileLock() {
    if (ok_) flock(fd_, LOCK_UN);
  }
  bool ok() const { return ok_; }

 private:
  int fd_;
  bool ok_ = false;
};

}  // namespace

// On the disk: state, person digest, wrapped key, padding, checksum over all before it.
struct Vault::Record {
  enum State : char { kLive = 'K', kDestroyed = 'X' };
  char state = kLive;
  std::string digest;
  std::string wrapped;  // kNonceBytes + kKeyBytes + kTagBytes; zeros once destroyed

  static constexpr size_t kWrappedBytes = kNonceBytes + kKeyBytes + kTagBytes;

  std::string Serialize(absl::string_view check_key) const {
    std::string out(1, state);
    out += digest;
    out += wrapped;
    out.resize(kRecordBytes - kCheckBytes, '\0');
    return out + Hash(check_key, out, kCheckBytes);
  }
  bool Parse(absl::string_view check_key, absl::string_view bytes) {
    const absl::string_view body = bytes.substr(0, kRecordBytes - kCheckBytes);
    if (Hash(check_key, body, kCheckBytes) != std::string(bytes.substr(body.size()))) return false;
    state = body[0];
    digest = std::string(body.substr(1, kDigestBytes));
    wrapped = std::string(body.substr(1 + kDigestBytes, kWrappedBytes));
    return state == kLive || state == kDestroyed;
  }
};

Vault::Vault(int fd, std::string index_key, std::string wrap_key)
    : fd_(fd), index_key_(std::move(index_key)), wrap_key_(std::move(wrap_key)) {}

Vault::~Vault() { close(fd_); }

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder, absl::string_view master_key) {
  if (master_key.size() != kKeyBytes) return absl::InvalidArgumentError("vault: the master key is 32 bytes");
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return Io(absl::StrCat("make ", folder));
  const int dir = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) return Io(absl::StrCat("open ", folder));
  absl::Cleanup close_dir = [dir] { close(dir); };
  struct stat info {};
  if (fstat(dir, &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("vault: others may look into ", folder, "; run chmod 0700 on it"));
  }
  const int fd = openat(dir, "keys", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Io("open keys");
  std::unique_ptr<Vault> vault(new Vault(fd, Hash(master_key, "kepu vault index", kKeyBytes),
                                         Hash(master_key, "kepu vault wrap", kKeyBytes)));
  // The file's name must be on the disk before the first key in it is.
  if (fsync(dir) != 0) return Io("sync folder");
  if (absl::Status status = vault->CheckMaster(); !status.ok()) return status;
  return vault;
}

// The first record is sealed under the master key itself: another key is noticed at start-up, not at the
// first name.
absl::Status Vault::CheckMaster() {
  absl::MutexLock lock(&mutex_);
  FileLock file(fd_, LOCK_EX);
  if (!file.ok()) return Io("lock");
  absl::StatusOr<int64_t> size = FileSize(fd_);
  if (!size.ok()) return size.status();
  if (absl::Status status = ScanTail(); !status.ok()) return status;
  const std::string digest = DigestOf(kMasterProof);
  if (offsets_.contains(digest)) return absl::OkStatus();
  // Nothing readable in a file of many records: another master key. One torn record may be the crash of the
  // first start.
  if (offsets_.empty() && *size >= 2 * kRecordBytes) {
    return absl::FailedPreconditionError("vault: it was made under another master key");
  }
  return Append({Record::kLive, digest, Encrypt(wrap_key_, digest, Random(kKeyBytes))});
}

std::string Vault::DigestOf(absl::string_view person) const { return Hash(index_key_, person, kDigestBytes); }

absl::Status Vault::ScanTail() {
  absl::StatusOr<int64_t> size = FileSize(fd_);
  if (!size.ok()) return size.status();
  std::array<char, kRecordBytes * 512> buffer;
  while (scanned_ + kRecordBytes <= *size) {
    const int64_t want = std::min<int64_t>(static_cast<int64_t>(buffer.size()),
                                           (*size - scanned_) / kRecordBytes * kRecordBytes);
    const ssize_t got = pread(fd_, buffer.data(), static_cast<size_t>(want), scanned_);
    if (got < kRecordBytes) return Io("read");
    for (int64_t at = 0; at + kRecordBytes <= got; at += kRecordBytes) {
      Record record;
      if (record.Parse(index_key_, absl::string_view(buffer.data() + at, kRecordBytes))) {
        offsets_[record.digest] = scanned_;
      } else {
        ++damaged_;
      }
      scanned_ += kRecordBytes;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Vault::Record> Vault::Find(const std::string& digest) {
  const auto it = offsets_.find(digest);
  if (it == offsets_.end()) return absl::NotFoundError("vault: no such person");
  // Read anew each time: another process may have destroyed the key.
  std::array<char, kRecordBytes> bytes;
  if (pread(fd_, bytes.data(), bytes.size(), it->second) != kRecordBytes) return Io("read");
  Record record;
  if (!record.Parse(index_key_, absl::string_view(bytes.data(), bytes.size()))) {
    // A crash in the middle of Destroy tore it: the key is gone, which is what was wanted.
    record.state = Record::kDestroyed;
    record.digest = digest;
  }
  return record;
}

absl::Status Vault::Append(const Record& record) {
  absl::StatusOr<int64_t> size = FileSize(fd_);
  if (!size.ok()) return size.status();
  // A record torn by a crash is stepped over.
  const int64_t offset = (*size + kRecordBytes - 1) / kRecordBytes * kRecordBytes;
  if (absl::Status status = WriteAll(fd_, record.Serialize(index_key_), offset); !status.ok()) return status;
  if (fdatasync(fd_) != 0) return Io("sync");
  return ScanTail();
}

absl::StatusOr<std::string> Vault::KeyOf(absl::string_view person, bool make) {
  const std::string digest = DigestOf(person);
  absl::MutexLock lock(&mutex_);
  if (!offsets_.contains(digest)) {
    FileLock file(fd_, make ? LOCK_EX : LOCK_SH);
    if (!file.ok()) return Io("lock");
    if (absl::Status status = ScanTail(); !status.ok()) return status;
    if (!offsets_.contains(digest)) {
      if (!make) return Erased();
      const std::string key = Random(kKeyBytes);
      absl::Status status = Append({Record::kLive, digest, Encrypt(wrap_key_, digest, key)});
      if (!status.ok()) return status;
      return key;
    }
  }
  absl::StatusOr<Record> record = Find(digest);
  if (!record.ok()) return record.status();
  if (record->state == Record::kDestroyed) return Erased();
  std::string key;
  if (!Decrypt(wrap_key_, digest, record->wrapped, &key))
    return absl::DataLossError("vault: a key cannot be unwrapped");
  return key;
}

absl::StatusOr<std::string> Vault::Seal(absl::string_view person, absl::string_view field,
                                        absl::string_view plaintext) {
  if (plaintext.size() > kMaxFieldBytes) return absl::InvalidArgumentError("vault: the field is too long");
  absl::StatusOr<std::string> key = KeyOf(person, true);
  if (!key.ok()) return key.status();
  std::string sealed = Encrypt(*key, absl::StrCat(person, "\n", field), plaintext);
  sodium_memzero(key->data(), key->size());
  return sealed;
}

absl::StatusOr<std::string> Vault::Unseal(absl::string_view person, absl::string_view field,
                                          absl::string_view sealed) {
  absl::StatusOr<std::string> key = KeyOf(person, false);
  if (!key.ok()) return key.status();
  std::string plaintext;
  const bool good = Decrypt(*key, absl::StrCat(person, "\n", field), sealed, &plaintext);
  sodium_memzero(key->data(), key->size());
  if (!good) return absl::DataLossError("vault: a sealed field cannot be opened");
  return plaintext;
}

absl::Status Vault::Destroy(absl::string_view person) {
  const Record gone{Record::kDestroyed, DigestOf(person), std::string(Record::kWrappedBytes, '\0')};
  absl::MutexLock lock(&mutex_);
  FileLock file(fd_, LOCK_EX);
  if (!file.ok()) return Io("lock");
  if (absl::Status status = ScanTail(); !status.ok()) return status;
  const auto it = offsets_.find(gone.digest);
  if (it == offsets_.end()) return Append(gone);
  if (absl::Status status = WriteAll(fd_, gone.Serialize(index_key_), it->second); !status.ok())
    return status;
  if (fdatasync(fd_) != 0) return Io("sync");
  return absl::OkStatus();
}

size_t Vault::damaged() const {
  absl::MutexLock lock(&mutex_);
  return damaged_;
}

}  // namespace kepu::vault
