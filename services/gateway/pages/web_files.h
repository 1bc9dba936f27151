// The built web app in memory: every file of one folder as it was at start, ready to be sent, text also
// packed with gzip. Requests look names up here and never touch the disk, so no path leads out of the folder.
// Owned by main, outlives the gateway; immutable, thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::pages {

struct WebFile {
  // The bytes in one encoding, and their strong tag with its quotes.
  struct Form {
    std::shared_ptr<const std::string> body;
    std::string etag;
  };

  std::string content_type;
  bool is_page = false;    // HTML, which the browser shows under the app's policy
  bool is_hashed = false;  // its name carries a hash of its content, so it never changes
  Form plain;
  Form packed;  // by gzip; without a body where that gains nothing
};

class WebFiles {
 public:
  static constexpr size_t kBytesMax = size_t{64} * 1024 * 1024;

  // Reads the folder with all below it, but for names that begin with a dot. INVALID_ARGUMENT, saying what to
  // do, for a folder that cannot be read, has no index.html, holds more than `bytes_max`, a symbolic link
  // or something that is no file, or a file where the gateway has a path of its own.
  static absl::StatusOr<std::unique_ptr<const WebFiles>> Load(const std::string& folder,
                                                              size_t bytes_max = kBytesMax);

  // By its decoded path, "/assets/app-1a2b.js"; "/" is index.html. Null when there is none.
  const WebFile* Find(absl::string_view path) const;
  const WebFile& index() const { return *Find("/"); }
  size_t count() const { return files_.size() - 1; }  // "/" is one that is there already
  size_t bytes() const { return bytes_; }

 private:
  absl::flat_hash_map<std::string, std::shared_ptr<const WebFile>> files_;
  size_t bytes_ = 0;  // as they lie in the folder
};

// Whether a decoded path belongs to the gateway itself: the API, its protocols, documents and states.
bool IsOwnPath(absl::string_view path);

}  // namespace kepu::gateway::pages
