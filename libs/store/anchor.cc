#include "libs/store/anchor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"

namespace kepu::store {
namespace {

constexpr char kFirstLine[] = "kepu anchor 1";

absl::Status Refused(absl::string_view reason, refusal::Params params) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, reason, std::move(params));
}

absl::Status Errno(absl::string_view what, const std::string& path) {
  return absl::InternalError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Errno("cannot open", folder);
  const int failed = fsync(fd);
  close(fd);
  return failed == 0 ? absl::OkStatus() : Errno("cannot sync", folder);
}

}  // namespace

absl::Status CheckAgainst(const AnchorRecord& known, const AnchorRecord& now) {
  if (known.data_set.id != now.data_set.id) {
    return Refused("FOREIGN_DATA_SET", {{"expected", known.data_set.id}, {"found", now.data_set.id}});
  }
  if (now.data_set.epoch > known.data_set.epoch) return absl::OkStatus();
  if (now.data_set.epoch < known.data_set.epoch) {
    return Refused("FOREIGN_EPOCH", {{"expected", absl::StrCat(known.data_set.epoch)},
                                     {"found", absl::StrCat(now.data_set.epoch)}});
  }
  for (size_t i = 0; i < known.heads.size() && i < now.heads.size(); ++i) {
    const PartitionHead& before = known.heads[i];
    const PartitionHead& after = now.heads[i];
    if (after.seq < before.seq || (after.seq == before.seq && after.chain != before.chain)) {
      return Refused("DATA_REGRESSED", {{"partition", absl::StrCat(i)},
                                        {"known", absl::StrCat(before.seq)},
                                        {"found", absl::StrCat(after.seq)}});
    }
  }
  return absl::OkStatus();
}

std::string EncodeAnchor(const AnchorRecord& record) {
  std::string text = absl::StrCat(kFirstLine, "\n", record.data_set.id, "\n", record.data_set.epoch, "\n");
  for (const PartitionHead& head : record.heads) absl::StrAppend(&text, head.seq, " ", head.chain, "\n");
  return text + "end\n";
}

absl::StatusOr<AnchorRecord> DecodeAnchor(absl::string_view text) {
  const absl::Status unreadable = absl::DataLossError("the anchor file is unreadable");
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() < 4 || lines.front() != kFirstLine || lines.back() != "end") return unreadable;
  AnchorRecord record;
  record.data_set.id = lines[1];
  if (!absl::SimpleAtoi(lines[2], &record.data_set.epoch)) return unreadable;
  for (size_t i = 3; i + 1 < lines.size(); ++i) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(lines[i], absl::MaxSplits(' ', 1));
    PartitionHead& head = record.heads.emplace_back();
    if (!absl::SimpleAtoi(parts.first, &head.seq)) return unreadable;
    head.chain = parts.second;
  }
  return record;
}

absl::StatusOr<std::optional<AnchorRecord>> AnchorFile::Load() const {
  std::ifstream in(path_);
  if (!in.is_open()) {
    if (errno == ENOENT) return std::optional<AnchorRecord>();
    return Errno("cannot read", path_);
  }
  std::ostringstream text;
  text << in.rdbuf();
  absl::StatusOr<AnchorRecord> record = DecodeAnchor(text.str());
  if (!record.ok()) return record.status();
  return std::optional<AnchorRecord>(*std::move(record));
}

absl::Status AnchorFile::Save(const AnchorRecord& record) const {
  const std::string beside = path_ + ".new";
  const std::string text = EncodeAnchor(record);
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Errno("cannot write", beside);
  const ssize_t written = write(fd, text.data(), text.size());
  const bool whole = written == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  if (!whole) return Errno("cannot write", beside);
  if (rename(beside.c_str(), path_.c_str()) != 0) return Errno("cannot replace", path_);
  return SyncFolderOf(path_);
}

}  // namespace kepu::store
