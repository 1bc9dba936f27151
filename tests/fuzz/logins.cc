#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/jwt/key_set.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/login/cookie.h"
#include "services/gateway/login/external.h"
#include "services/identity/api/flow_seal.h"
#include "services/identity/api/session.h"
#include "services/identity/api/totp.h"
#include "services/identity/provider/provider.h"
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

// ID tokens and keys of a provider: what is read of them is never believed without a signature that only the
// key of the test could make, and there is no such key.
void RunIdToken(absl::string_view bytes) {
  const size_t newline = std::min(bytes.find('\n'), bytes.size());
  const auto token = jwt::Parse(bytes.substr(0, newline));
  const auto keys = jwt::ParseKeySet(bytes.substr(std::min(newline + 1, bytes.size())));
  if (keys.ok()) Require(keys->size() <= jwt::kKeysMax, "a set has so many keys");
  if (!token.ok()) return;
  Require(!token->algorithm.empty() && !token->signature.empty(), "a token says how it is signed, and is");
  Require(absl::StartsWith(bytes, token->signed_text), "what is signed is what came");
  const auto claims = identity::provider::ReadClaims(token->claims, "sub");
  Require(claims.issued >= 0 && claims.expires >= 0 && claims.authenticated >= 0, "times are times");
  identity::domain::ExpectedToken expected;
  expected.issuer = "https://id.example";
  expected.client_id = "kepu";
  expected.nonce = "a nonce that stands in no seed";
  Require(!identity::domain::CheckIdToken(claims, expected, absl::FromUnixSeconds(1800000000)).ok(),
          "a token is of the sign-in that asked for it");
  if (!keys.ok()) return;
  for (const jwt::Key& key : *keys) Require(!key.Signed(*token), "nobody signed this");
}

std::vector<std::string> IdTokenSeeds() {
  const auto part = [](absl::string_view json) { return auth::ToBase64Url(json); };
  const std::string header = part(R"({"alg":"ES256","kid":"k"})");
  const std::string claims = part(
      R"({"iss":"https://id.example","aud":["kepu"],"sub":"77","iat":1800000000,"exp":1800000300,"amr":["mfa"],"nonce":"n"})");
  // The generator of P-256, whose private half is 1: a signature by it would have to be made on purpose.
  const std::string keys =
      R"({"keys":[{"kty":"EC","crv":"P-256","kid":"k","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",)"
      R"("y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}]})";
  return {absl::StrCat(header, ".", claims, ".", part(std::string(64, 's')), "\n", keys),
          absl::StrCat(part(R"({"alg":"none"})"), ".", claims, ".", part("s"), "\n", R"({"keys":[]})"),
          absl::StrCat(part(R"({"alg":"RS256"})"), ".", part(R"({"exp":1e300,"iat":-1,"aud":{}})"), ".c2ln\n",
                       R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})")};
}

// What stands behind the question mark when a provider sends a browser back, and a page that says why it was
// not let in.
void RunCallback(absl::string_view bytes) {
  const gateway::login::Returned returned = gateway::login::ReadReturn(bytes);
  for (const std::string* part : {&returned.state, &returned.code, &returned.error})
    Require(part->size() <= bytes.size(), "what is read stood there");
  const std::string page = gateway::login::ProblemPage(refusal::Refuse(
      absl::StatusCode::kUnauthenticated, "EXTERNAL_PROVIDER_REFUSED", {{"error", returned.error}}));
  Require(!absl::StrContains(page, "<script"), "a page holds no foreign markup");
  Require(!identity::domain::IsLocalPath(absl::StrCat("//", bytes)), "another host is no local path");
  Require(!identity::api::OpenFlow(std::string(32, 'k'), bytes).has_value(), "nobody sealed this");
}

std::vector<std::string> CallbackSeeds() {
  return {"code=a%20b&state=c+d", "error=access_denied&state=x&error_description=no",
          "code=1&code=2&state=%zz", "error=%3Cscript%3Ealert(1)%3C/script%3E&state=x"};
}

}  // namespace

std::vector<Target> LoginTargets() {
  return {{"cookie", RunCookie, CookieSeeds},
          {"token", RunToken, TokenSeeds},
          {"id_token", RunIdToken, IdTokenSeeds},
          {"callback", RunCallback, CallbackSeeds}};
}

}  // namespace kepu::fuzz
