// What the gateway serves from memory: the OpenAPI document and the page that shows it to people, whose
// script and style are files of their own, so that nothing is inline and nothing comes from elsewhere. Owned
// by the gateway; immutable, thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::pages {

struct SitePage {
  std::string content_type;
  std::shared_ptr<const std::string> body;
  std::string etag;  // with its quotes
  std::vector<std::pair<std::string, std::string>> headers;
};

class Site {
 public:
  explicit Site(std::string openapi);

  // Null for a path that is none of its pages.
  const SitePage* Find(absl::string_view path) const;

 private:
  void Add(const std::string& path, std::string content_type, std::string body);

  absl::flat_hash_map<std::string, SitePage> pages_;
};

}  // namespace kepu::gateway::pages
