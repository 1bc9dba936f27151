// Sessions of browsers: the cookie that holds a token, and how a changing request that comes by it proves
// that it comes from our own pages. Cookies are sent by the browser whoever wrote the page; so such a request
// must come from our origin by its headers, and carry a token that follows from the cookie and that only our
// pages could read. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/gateway/http/head.h"

namespace kepu::gateway::login {

// The prefix makes browsers insist on Secure, Path=/ and no Domain: no other host can set or shadow it.
inline constexpr char kCookie[] = "__Host-kepu";
// Plain HTTP is for development, on loopback only, where browsers do not take the prefix.
inline constexpr char kLoopbackCookie[] = "kepu-loopback";
inline constexpr char kCsrfHeader[] = "x-kepu-csrf";

// The request was sent to this machine by name: 127.0.0.1, [::1] or localhost.
bool IsLoopbackHost(absl::string_view host);

// The session token in the request's cookie; empty when there is none. Two of the same name are none: one of
// them was planted.
std::string TokenInCookie(const http::Head& head);

// The value of the one cookie of this name; empty when there is none, or more than one.
std::string ValueInCookie(const http::Head& head, absl::string_view name);

// What a cookie is set with: for browsers only, for this host only, not over plain HTTP but on loopback.
absl::string_view CookieAttributes(const http::Head& head);

// The whole header Set-Cookie: for as long as the browser runs; the session itself ends at the server.
std::string SetCookie(const http::Head& head, absl::string_view token);
std::string ClearCookie(const http::Head& head);

// What changing requests carry in X-Kepu-Csrf. It follows from the token one way, so nothing keeps it and it
// changes with the token.
std::string CsrfToken(absl::string_view token);

bool Changes(absl::string_view method);

// OK for GET, HEAD and OPTIONS, which change nothing. PERMISSION_DENIED / CSRF_REFUSED.
absl::Status CheckOrigin(const http::Head& head);
absl::Status CheckCsrf(const http::Head& head, absl::string_view token);

}  // namespace kepu::gateway::login
