#include "services/gateway/login/session_calls.h"

#include "kepu/identity/v1/access.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/login/cookie.h"
#include "services/gateway/login/external.h"

namespace kepu::gateway::login {
namespace {

constexpr char kStart[] = "/kepu.identity.v1.AccessService/StartSession";
constexpr char kGet[] = "/kepu.identity.v1.AccessService/GetSession";
constexpr char kProveAgain[] = "/kepu.identity.v1.AccessService/Reauthenticate";
constexpr char kProveFactor[] = "/kepu.identity.v1.AccessService/ProveFactor";
constexpr char kEnd[] = "/kepu.identity.v1.AccessService/EndSession";
constexpr char kLogin[] = "/kepu.identity.v1.IdentityService/Login";

// As the field allows.
constexpr size_t kDeviceBytesMax = 512;

// Browsers send what they please: what cannot stand in a text field is left out.
std::string PlainText(absl::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kDeviceBytesMax)) {
    if (c >= 0x20 && c < 0x7f) out.push_back(c);
  }
  return out;
}

// The cookie speaks for a request only where no other credential does.
std::string SpeakingCookie(const http::Head& head) {
  if (!head.Find("authorization").empty() || !head.Find("x-api-key").empty()) return "";
  return TokenInCookie(head);
}

}  // namespace

std::string DeviceOf(const http::Head& head) { return PlainText(head.Find("user-agent")); }

void AddDevice(absl::string_view method, const http::Head& head, std::string& request) {
  if (method != kStart && method != kLogin) return;
  identity::v1::LoginRequest device;
  device.set_device(DeviceOf(head));
  // Of a field that stands twice the last one holds, and here that is ours.
  request += device.SerializeAsString();
}

std::vector<std::string> TakeCookies(absl::string_view method, const http::Head& head, std::string& answer) {
  if (method == kEnd) {
    if (TokenInCookie(head).empty()) return {};
    return {ClearCookie(head)};
  }
  if (BeginsFlow(method)) return TakeFlow(head, answer);
  if (method != kStart && method != kGet && method != kProveAgain && method != kProveFactor) return {};
  const std::string cookie = SpeakingCookie(head);
  identity::v1::Session session;
  // Who proves to be there once more as a program's token is shown the new one.
  if (method != kStart && cookie.empty()) return {};
  if (!session.ParseFromString(answer)) return {};
  const std::string fresh = session.token();
  session.clear_token();
  // By whatever path it came: no foreign page begins a session.
  if (!CheckOrigin(head).ok()) {
    answer = session.SerializeAsString();
    return {};
  }
  session.set_csrf_token(CsrfToken(fresh.empty() ? cookie : fresh));
  answer = session.SerializeAsString();
  if (fresh.empty()) return {};
  return {SetCookie(head, fresh)};
}

bool GoesOnAsNobody(bool by_cookie, bool is_public, const absl::Status& unknown) {
  return by_cookie && is_public && refusal::ReasonOf(unknown) == "LOGIN_UNKNOWN";
}

}  // namespace kepu::gateway::login
