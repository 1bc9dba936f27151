#include "services/gateway/http/render.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kepu::gateway::http {
namespace {

// On every answer: types are not guessed, and nobody is told where a reader came from.
constexpr char kSecurityHeaders[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n";

// On every answer that does not bring its own, because browsers keep to all that they are given: nothing of
// another origin is loaded, nobody frames our pages, no device is used.
constexpr char kPolicyName[] = "Content-Security-Policy";
constexpr char kPolicy[] =
    "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
    "'none'\r\n";
constexpr char kPermissionsName[] = "Permissions-Policy";
constexpr char kPermissions[] = "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

constexpr char kStrictTransport[] = "Strict-Transport-Security: max-age=63072000\r\n";

const char* ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

// A value that came from elsewhere must not end its line.
bool IsSafe(absl::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

}  // namespace

std::string RenderHead(const Response& response, const Framing& framing, absl::string_view date) {
  std::string head;
  head.reserve(640);
  absl::StrAppend(&head, "HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status), "\r\nDate: ", date,
                  "\r\n");
  const bool bodyless = response.status == 204 || response.status == 304;
  if (framing.chunked) {
    head.append("Transfer-Encoding: chunked\r\n");
  } else if (!framing.no_length && !bodyless) {
    absl::StrAppend(&head, "Content-Length: ", framing.body_bytes, "\r\n");
  }
  if (!response.content_type.empty() && !bodyless) {
    absl::StrAppend(&head, "Content-Type: ", response.content_type, "\r\n");
  }
  if (!framing.keep_alive) {
    head.append("Connection: close\r\n");
  } else if (framing.http_1_0) {
    head.append("Connection: keep-alive\r\n");
  }
  bool caching = false, policy = false, permissions = false;
  for (const auto& [name, value] : response.headers) {
    if (!IsSafe(name) || !IsSafe(value)) continue;
    caching = caching || absl::EqualsIgnoreCase(name, "Cache-Control");
    policy = policy || absl::EqualsIgnoreCase(name, kPolicyName);
    permissions = permissions || absl::EqualsIgnoreCase(name, kPermissionsName);
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  // Most answers hold what only their reader may see.
  if (!caching) head.append("Cache-Control: no-store\r\n");
  if (framing.secure) head.append(kStrictTransport);
  if (!policy) head.append(kPolicy);
  if (!permissions) head.append(kPermissions);
  absl::StrAppend(&head, kSecurityHeaders, "\r\n");
  return head;
}

std::string HttpDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

void AppendChunk(absl::string_view piece, std::string& out) {
  // An empty chunk would end the stream.
  if (!piece.empty()) absl::StrAppend(&out, absl::Hex(piece.size()), "\r\n", piece, "\r\n");
}

}  // namespace kepu::gateway::http
