#include "services/gateway/inbound.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/identity.h"
#include "services/gateway/login/cookie.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway {
namespace {

constexpr size_t kRequestIdBytesMax = 64;
constexpr size_t kTraceparentBytes = 55;

bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= kRequestIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
         });
}

// "00-<32 hex>-<16 hex>-<2 hex>" by W3C; anything else is dropped, as that text says.
bool IsTraceparent(absl::string_view text) {
  if (text.size() != kTraceparentBytes) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 2 || i == 35 || i == 52;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

// The path of a call that begins a browser's session, or its way to another provider, in every protocol.
bool BeginsSession(absl::string_view path) {
  return path == "/v1/sessions:login" || path == "/kepu.identity.v1.AccessService/StartSession" ||
         path == "/v1/sessions:beginExternal" ||
         path == "/kepu.identity.v1.ExternalIdentityService/BeginExternalLogin";
}

absl::Status ReadCredential(const http::Head& head, Inbound& inbound) {
  const absl::Status unknown = refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_UNKNOWN");
  const absl::string_view key = head.Find("x-api-key");
  if (const absl::string_view authorization = head.Find("authorization"); !authorization.empty()) {
    const size_t space = authorization.find(' ');
    if (!key.empty() || space == absl::string_view::npos ||
        !absl::EqualsIgnoreCase(authorization.substr(0, space), "bearer")) {
      return unknown;
    }
    inbound.token = std::string(absl::StripAsciiWhitespace(authorization.substr(space)));
    return inbound.token.empty() ? unknown : absl::OkStatus();
  }
  if (!key.empty()) {
    inbound.token = std::string(key);
    return absl::OkStatus();
  }
  // A session that a foreign page began would be its own: what is done in it, its owner reads later.
  if (BeginsSession(head.path)) return login::CheckOrigin(head);
  inbound.token = login::TokenInCookie(head);
  inbound.by_cookie = !inbound.token.empty();
  return inbound.by_cookie ? login::CheckCsrf(head, inbound.token) : absl::OkStatus();
}

}  // namespace

std::string RequestIdOf(const http::Head& head, executor::Random& random) {
  const absl::string_view given = head.Find("x-request-id");
  if (IsId(given)) return std::string(given);
  return absl::StrCat(absl::Hex(random.Next(), absl::kZeroPad16), absl::Hex(random.Next(), absl::kZeroPad16));
}

absl::StatusOr<Inbound> ReadInbound(const http::Head& head, bool insecure_dev_identity) {
  Inbound inbound;
  if (const absl::string_view trace = head.Find("traceparent"); IsTraceparent(trace)) {
    inbound.context.traceparent = std::string(trace);
  }
  if (const absl::string_view position = head.Find("x-kepu-position"); !position.empty()) {
    if (!absl::SimpleAtoi(position, &inbound.context.min_position)) {
      return refusal::BadField("x-kepu-position", "must be a position as an earlier answer carried it");
    }
  }
  // Whoever asks again says so, and whoever only wants to know what came of it; neither is a right that could
  // be claimed.
  inbound.context.repeat = head.Find("x-kepu-repeat") == "1";
  inbound.context.resolve_only = head.Find("x-kepu-resolve-only") == "1";
  auto timeout = upstream::RequestedTimeout(head.Find("grpc-timeout"), head.Find("connect-timeout-ms"));
  if (!timeout.ok()) return timeout.status();
  inbound.timeout = *timeout;
  if (insecure_dev_identity) {
    absl::StatusOr<rpc::Principal> principal = rpc::ParseDevPrincipal(head.Find("x-kepu-dev-principal"));
    if (!principal.ok()) return refusal::BadField("x-kepu-dev-principal", principal.status().message());
    inbound.context.principal = *std::move(principal);
  }
  if (absl::Status status = ReadCredential(head, inbound); !status.ok()) return status;
  return inbound;
}

}  // namespace kepu::gateway
