#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/login/cookie.h"
#include "services/identity/api/session.h"
#include "services/identity/api/totp.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

// A head whose cookie header is these bytes: what is found in it stood there, and cannot be worth more than a
// cookie.
void RunCookie(absl::string_view bytes) {
  gateway::http::Head head;
  head.method = "POST";
  head.headers = {{"Host", "kepu.example"}, {"Cookie", bytes}, {"Origin", bytes}};
  const std::string token = gateway::login::TokenInCookie(head);
  Require(absl::StrContains(bytes, token), "a token stands in its cookie");
  Require(!absl::StrContains(token, ';'), "a token ends where its cookie ends");
  Require(!gateway::login::CheckCsrf(head, token).ok(), "a cookie alone changes nothing");
  const std::string origin = absl::StrCat("https://", bytes);
  head.headers = {{"Host", bytes}, {"Origin", origin}};
  const bool ours = gateway::login::CheckOrigin(head).ok();
  Require(ours == !bytes.empty(), "a page of the same host is ours, and without a host none is");
  Require(absl::StrContains(gateway::login::SetCookie(head, "t"), "; HttpOnly; SameSite=Lax"),
          "a cookie is never for scripts");
}

std::vector<std::string> CookieSeeds() {
  return {"__Host-kepu=k1.abcdefghijklmnopqrstuv.x; theme=dark", "__Host-kepu=a; __Host-kepu=b",
          "127.0.0.1:80", "[::1]:80", "; ;=;"};
}

// Tokens, keys and codes that people type: what is read is of the one form that is made.
void RunToken(absl::string_view bytes) {
  identity::api::Token token;
  if (identity::api::ParseToken(bytes, &token)) {
    Require(token.is_key == absl::StartsWith(bytes, "kepu_"), "a key begins like one");
    Require(absl::StrContains(bytes, token.place.id), "the user stands in the token");
    Require(token.place.partition < 64, "the user is in a partition");
  }
  const int64_t step = identity::api::StepOfCode("12345678901234567890", bytes, absl::FromUnixSeconds(59));
  Require(step == 0 || step <= 2, "a code is of now");
}

std::vector<std::string> TokenSeeds() {
  return {"k1.abcdefghijklmnopqrstuv.0123456789012345678901234567890123456789012",
          "kepu_abcdefghijklmnopqrstuv_0123456789012345678901234567890123456789012", "287 082"};
}

}  // namespace

std::vector<Target> LoginTargets() {
  return {{"cookie", RunCookie, CookieSeeds}, {"token", RunToken, TokenSeeds}};
}

}  // namespace kepu::fuzz
