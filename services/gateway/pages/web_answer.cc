#include "services/gateway/pages/web_answer.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/gateway/transcode/accept.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::pages {
namespace {

// Nothing inline, nothing of another origin; pictures that the app makes itself are data: or blob:.
constexpr char kAppPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
// The camera reads codes at the door, the position finds what is near; the app asks for nothing else.
constexpr char kAppPermissions[] =
    "camera=(self), geolocation=(self), accelerometer=(), bluetooth=(), display-capture=(), "
    "encrypted-media=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "serial=(), "
    "usb=(), xr-spatial-tracking=()";

constexpr char kForEver[] = "public, max-age=31536000, immutable";
// Kept, but asked about each time: a new release may change it.
constexpr char kAskAgain[] = "no-cache";

// The path as the names of files are written; nothing for one that could mean another place to another
// reader.
std::optional<std::string> PlainPath(absl::string_view path) {
  if (absl::StrContains(absl::AsciiStrToLower(path), "%2f")) return std::nullopt;
  std::optional<std::string> plain = transcode::PercentDecode(path, {});
  if (!plain || !transcode::IsCleanText(*plain) || !absl::StartsWith(*plain, "/")) return std::nullopt;
  const std::string closed = *plain + "/";
  for (const char* odd : {"/./", "/../", "\\"})
    if (absl::StrContains(closed, odd)) return std::nullopt;
  if (absl::StrContains(*plain, "//")) return std::nullopt;
  return plain;
}

bool LooksLikeFile(absl::string_view path) {
  return absl::StrContains(path.substr(path.rfind('/')), '.') || path == "/assets" ||
         absl::StartsWith(path, "/assets/");
}

bool TakesGzip(absl::string_view accept_encoding) {
  const double packed = transcode::CodingQuality(accept_encoding, "gzip");
  return packed > 0 && packed >= transcode::CodingQuality(accept_encoding, "identity");
}

}  // namespace

WebFound FindInApp(const WebFiles& files, const http::Head& head) {
  const std::optional<std::string> path = PlainPath(head.path);
  if (!path || IsOwnPath(*path)) return {};
  if (const WebFile* file = files.Find(*path)) return {file, false};
  if (LooksLikeFile(*path) || !transcode::AcceptPrefers(head.Find("accept"), "text/html", "application/json"))
    return {};
  return {&files.index(), true};
}

http::Response AnswerOfApp(const WebFound& found, const http::Head& head) {
  const WebFile& file = *found.file;
  const bool two_forms = file.packed.body != nullptr;
  const bool packed = two_forms && TakesGzip(head.Find("accept-encoding"));
  const WebFile::Form& form = packed ? file.packed : file.plain;
  http::Response response;
  response.content_type = file.content_type;
  response.ready_body = form.body;
  auto& headers = response.headers;
  headers.emplace_back("Cache-Control", file.is_hashed ? kForEver : kAskAgain);
  headers.emplace_back("ETag", form.etag);
  if (packed) headers.emplace_back("Content-Encoding", "gzip");
  if (two_forms)
    headers.emplace_back("Vary", found.is_address ? "Accept, Accept-Encoding" : "Accept-Encoding");
  if (!two_forms && found.is_address) headers.emplace_back("Vary", "Accept");
  if (file.is_page) {
    headers.emplace_back("Content-Security-Policy", kAppPolicy);
    headers.emplace_back("Permissions-Policy", kAppPermissions);
  }
  const absl::string_view known = head.Find("if-none-match");
  if (!known.empty() && transcode::NamesTag(known, form.etag)) response.status = 304;
  return response;
}

}  // namespace kepu::gateway::pages
