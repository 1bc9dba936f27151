#include "services/gateway/pages/web_files.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::pages {
namespace {

namespace fs = std::filesystem;

struct Kind {
  absl::string_view extension;
  const char* content_type;
  bool is_text;  // which gzip makes smaller
};

constexpr Kind kKinds[] = {
    {".avif", "image/avif", false},
    {".css", "text/css; charset=utf-8", true},
    {".csv", "text/csv; charset=utf-8", true},
    {".gif", "image/gif", false},
    {".html", "text/html; charset=utf-8", true},
    {".ico", "image/x-icon", true},
    {".jpeg", "image/jpeg", false},
    {".jpg", "image/jpeg", false},
    {".js", "text/javascript; charset=utf-8", true},
    {".json", "application/json; charset=utf-8", true},
    {".map", "application/json; charset=utf-8", true},
    {".md", "text/markdown; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".mp3", "audio/mpeg", false},
    {".mp4", "video/mp4", false},
    {".otf", "font/otf", true},
    {".pdf", "application/pdf", false},
    {".png", "image/png", false},
    {".svg", "image/svg+xml", true},
    {".ttf", "font/ttf", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".wasm", "application/wasm", true},
    {".webm", "video/webm", false},
    {".webmanifest", "application/manifest+json; charset=utf-8", true},
    {".webp", "image/webp", false},
    {".woff", "font/woff", false},
    {".woff2", "font/woff2", false},
    {".xml", "application/xml; charset=utf-8", true},
};
constexpr Kind kUnknown = {"", "application/octet-stream", false};

constexpr char kPage[] = ".html";
constexpr absl::string_view kHashedFolder = "/assets/";

// First segments of the gateway's own paths; names of packages of the contract begin with "kepu.".
constexpr absl::string_view kOwnFirst[] = {"docs",   "livez", "openapi.json", "readyz",
                                           "status", "v1",    "version"};

const Kind& KindOf(const std::string& extension) {
  const auto* const found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) {
    return absl::EqualsIgnoreCase(kind.extension, extension);
  });
  return found == std::end(kKinds) ? kUnknown : *found;
}

// 16 more than the largest window: with a gzip header, which holds no time here, so that every gateway makes
// the same bytes.
constexpr int kGzipWindow = 15 + 16;
constexpr int kGzipMemory = 8;
// What saves less than a tenth is not worth unpacking.
constexpr size_t kWorthTenths = 9;

// Empty when it gains too little.
std::string Gzip(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, kGzipMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    return {};
  const absl::Cleanup end = [&] { deflateEnd(&stream); };
  std::string in = bytes;
  std::string out(bytes.size() / 10 * kWorthTenths, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return {};
  out.resize(stream.total_out);
  return out;
}

WebFile::Form FormOf(std::string bytes) {
  WebFile::Form form;
  form.etag = absl::StrCat("\"", transcode::TagOfBytes(bytes), "\"");
  form.body = std::make_shared<const std::string>(std::move(bytes));
  return form;
}

std::shared_ptr<const WebFile> FileOf(absl::string_view path, const std::string& extension,
                                      std::string bytes) {
  const Kind& kind = KindOf(extension);
  auto file = std::make_shared<WebFile>();
  file->content_type = kind.content_type;
  file->is_page = kind.extension == kPage;
  file->is_hashed = absl::StartsWith(path, kHashedFolder);
  if (kind.is_text) {
    if (std::string packed = Gzip(bytes); !packed.empty()) file->packed = FormOf(std::move(packed));
  }
  file->plain = FormOf(std::move(bytes));
  return file;
}

absl::Status Bad(absl::string_view place, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("web: ", place, " ", problem));
}

constexpr char kWanted[] = "give the folder that npm run build writes, or leave --web out";

// What the entry is, when it can be served: a file of ours, in a place of its own.
absl::Status CheckEntry(const fs::directory_entry& entry, const std::string& path) {
  std::error_code error;
  if (entry.is_symlink(error))
    return Bad(entry.path().string(), "is a symbolic link; the folder must hold its files itself");
  if (entry.is_directory(error)) return absl::OkStatus();
  if (error || !entry.is_regular_file(error))
    return Bad(entry.path().string(), "is neither a file nor a folder");
  if (!transcode::IsCleanText(path)) return Bad(entry.path().string(), "has a name that is not UTF-8");
  if (IsOwnPath(path)) return Bad(entry.path().string(), "lies where the gateway has a path of its own");
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadBounded(const fs::path& path, size_t room) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) return Bad(path.string(), "cannot be read");
  if (size > room) return absl::ResourceExhaustedError("");
  std::ostringstream text;
  std::ifstream in(path, std::ios::binary);
  // An empty file gives nothing to copy, which the stream takes for a failure.
  if (!in || (size > 0 && !(text << in.rdbuf()))) return Bad(path.string(), "cannot be read");
  std::string bytes = std::move(text).str();
  if (bytes.size() > room) return absl::ResourceExhaustedError("");
  return bytes;
}

}  // namespace

bool IsOwnPath(absl::string_view path) {
  const absl::string_view first = path.substr(1, path.find('/', 1) - 1);
  return absl::StartsWith(first, "kepu.") ||
         std::find(std::begin(kOwnFirst), std::end(kOwnFirst), first.substr(0, first.find(':'))) !=
             std::end(kOwnFirst);
}

absl::StatusOr<std::unique_ptr<const WebFiles>> WebFiles::Load(const std::string& folder, size_t bytes_max) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return Bad(folder, absl::StrCat("is no folder; ", kWanted));
  auto loaded = std::make_unique<WebFiles>();
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const fs::directory_entry& entry = *entries;
    if (absl::StartsWith(entry.path().filename().string(), ".")) {
      entries.disable_recursion_pending();
      continue;
    }
    const std::string path = absl::StrCat("/", entry.path().lexically_relative(folder).generic_string());
    if (absl::Status status = CheckEntry(entry, path); !status.ok()) return status;
    if (entry.is_directory()) continue;
    absl::StatusOr<std::string> bytes = ReadBounded(entry.path(), bytes_max - loaded->bytes_);
    if (absl::IsResourceExhausted(bytes.status()))
      return Bad(folder, absl::StrCat("holds more than ", bytes_max >> 20, " MiB; ", kWanted));
    if (!bytes.ok()) return bytes.status();
    loaded->bytes_ += bytes->size();
    loaded->files_[path] = FileOf(path, entry.path().extension().string(), *std::move(bytes));
  }
  if (error) return Bad(folder, absl::StrCat("cannot be read: ", error.message()));
  const auto index = loaded->files_.find("/index.html");
  if (index == loaded->files_.end()) return Bad(folder, absl::StrCat("has no index.html; ", kWanted));
  // Apart, because making room for a name moves the others.
  std::shared_ptr<const WebFile> first = index->second;
  loaded->files_["/"] = std::move(first);
  return loaded;
}

const WebFile* WebFiles::Find(absl::string_view path) const {
  const auto it = files_.find(path);
  return it == files_.end() ? nullptr : it->second.get();
}

}  // namespace kepu::gateway::pages
