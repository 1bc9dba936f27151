#include "services/gateway/login/cookie.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"

namespace kepu::gateway::login {
namespace {

absl::Status Refused(absl::string_view problem) {
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "CSRF_REFUSED",
                         {{"problem", std::string(problem)}});
}

// "127.0.0.1" of "127.0.0.1:8080", "[::1]" of "[::1]:8080".
absl::string_view WithoutPort(absl::string_view host) {
  if (absl::StartsWith(host, "[")) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

absl::string_view CookieName(const http::Head& head) {
  return IsLoopbackHost(head.Find("host")) ? kLoopbackCookie : kCookie;
}

// The host and port of "https://kepu.example:8443"; empty for "null" and what is no origin.
absl::string_view HostOfOrigin(absl::string_view origin) {
  for (const absl::string_view scheme : {"https://", "http://"}) {
    if (absl::StartsWith(origin, scheme)) return origin.substr(scheme.size());
  }
  return "";
}

}  // namespace

bool IsLoopbackHost(absl::string_view host) {
  const absl::string_view name = WithoutPort(host);
  if (name == "[::1]" || absl::EqualsIgnoreCase(name, "localhost")) return true;
  // Digits and dots only: 127.evil.example is a name that somebody else may own.
  return absl::StartsWith(name, "127.") && std::all_of(name.begin(), name.end(), [](char c) {
           return c == '.' || absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

// "Secure" but on loopback. Lax: a link from elsewhere finds one logged in, a form does not.
absl::string_view CookieAttributes(const http::Head& head) {
  return IsLoopbackHost(head.Find("host")) ? "; Path=/; HttpOnly; SameSite=Lax"
                                           : "; Path=/; Secure; HttpOnly; SameSite=Lax";
}

std::string TokenInCookie(const http::Head& head) { return ValueInCookie(head, CookieName(head)); }

std::string ValueInCookie(const http::Head& head, absl::string_view name) {
  std::string value;
  int found = 0;
  for (const http::Header& header : head.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "cookie")) continue;
    for (absl::string_view pair : absl::StrSplit(header.value, ';')) {
      pair = absl::StripAsciiWhitespace(pair);
      const size_t equals = pair.find('=');
      if (equals == absl::string_view::npos || pair.substr(0, equals) != name) continue;
      value = std::string(pair.substr(equals + 1));
      ++found;
    }
  }
  return found == 1 ? value : "";
}

std::string SetCookie(const http::Head& head, absl::string_view token) {
  return absl::StrCat(CookieName(head), "=", token, CookieAttributes(head));
}

std::string ClearCookie(const http::Head& head) {
  return absl::StrCat(CookieName(head), "=; Max-Age=0", CookieAttributes(head));
}

std::string CsrfToken(absl::string_view token) {
  return auth::ToBase64Url(auth::DeriveKey(auth::TokenDigest(token), "kepu csrf"));
}

bool Changes(absl::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

absl::Status CheckOrigin(const http::Head& head) {
  if (!Changes(head.method)) return absl::OkStatus();
  const absl::string_view site = head.Find("sec-fetch-site");
  const absl::string_view origin = head.Find("origin");
  if (!site.empty() && site != "same-origin") return Refused("Sec-Fetch-Site is not same-origin");
  const absl::string_view from = HostOfOrigin(origin);
  if (!origin.empty() && (from.empty() || !absl::EqualsIgnoreCase(from, head.Find("host"))))
    return Refused("Origin is not the address of this system");
  // Every browser of these years sends one of them with what a page sends.
  if (site.empty() && origin.empty()) return Refused("neither Origin nor Sec-Fetch-Site is there");
  return absl::OkStatus();
}

absl::Status CheckCsrf(const http::Head& head, absl::string_view token) {
  if (!Changes(head.method)) return absl::OkStatus();
  if (absl::Status status = CheckOrigin(head); !status.ok()) return status;
  if (!auth::SameSecret(head.Find(kCsrfHeader), CsrfToken(token)))
    return Refused("the header X-Kepu-Csrf does not carry the csrfToken of this session");
  return absl::OkStatus();
}

}  // namespace kepu::gateway::login
