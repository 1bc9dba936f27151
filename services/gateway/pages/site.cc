#include "services/gateway/pages/site.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/pages/docs_files.h"
#include "services/gateway/transcode/conditional.h"

namespace kepu::gateway::pages {
namespace {

// Narrower than the policy of other answers: the page loads its own files and asks for nothing but the
// document.
constexpr char kDocsPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

}  // namespace

Site::Site(std::string openapi) {
  Add("/openapi.json", "application/json; charset=utf-8", std::move(openapi));
  Add("/docs", "text/html; charset=utf-8", kDocsHtml);
  Add("/docs/docs.css", "text/css; charset=utf-8", kDocsCss);
  Add("/docs/docs.js", "text/javascript; charset=utf-8", kDocsJs);
  pages_["/docs"].headers.emplace_back("Content-Security-Policy", kDocsPolicy);
}

void Site::Add(const std::string& path, std::string content_type, std::string body) {
  SitePage& page = pages_[path];
  page.content_type = std::move(content_type);
  page.etag = absl::StrCat("\"", transcode::TagOfBytes(body), "\"");
  page.body = std::make_shared<const std::string>(std::move(body));
  // A new release may change any of them.
  page.headers = {{"Cache-Control", "no-cache"}, {"ETag", page.etag}};
}

const SitePage* Site::Find(absl::string_view path) const {
  const auto it = pages_.find(path);
  return it == pages_.end() ? nullptr : &it->second;
}

}  // namespace kepu::gateway::pages
