#include "services/identity/domain/id_token.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

constexpr size_t kPathBytesMax = 512;

template <class List>
bool Has(const List& list, absl::string_view text) {
  return std::find(list.begin(), list.end(), std::string(text)) != list.end();
}

absl::Status CheckAudience(const IdToken& token, const ExpectedToken& expected) {
  if (!Has(token.audience, expected.client_id)) return TokenRefused("it is for another client (aud)");
  if (token.audience.size() > 1 && token.authorized_party.empty())
    return TokenRefused("it is for several clients and names none that asked (azp)");
  if (!token.authorized_party.empty() && token.authorized_party != expected.client_id)
    return TokenRefused("another client asked for it (azp)");
  return absl::OkStatus();
}

absl::Status CheckTimes(const IdToken& token, const ExpectedToken& expected, absl::Time now) {
  if (token.expires == 0 || token.issued == 0)
    return TokenRefused("it does not say when it is good (exp, iat)");
  if (absl::FromUnixSeconds(token.expires) + kTokenSkew <= now) return TokenRefused("it has run out (exp)");
  if (absl::FromUnixSeconds(token.issued) - kTokenSkew > now)
    return TokenRefused("it is of the future (iat)");
  if (absl::FromUnixSeconds(token.issued) + kTokenSkew < expected.begun)
    return TokenRefused("it is older than this sign-in (iat)");
  const absl::Time authenticated = absl::FromUnixSeconds(token.authenticated);
  if (authenticated - kTokenSkew > now) return TokenRefused("its login is of the future (auth_time)");
  if (expected.fresh && authenticated + kTokenSkew < expected.begun)
    return TokenRefused("the provider did not ask for the password anew (auth_time)");
  return absl::OkStatus();
}

}  // namespace

absl::Status TokenRefused(absl::string_view problem) {
  return refusal::Refuse(absl::StatusCode::kUnauthenticated, "EXTERNAL_TOKEN_REFUSED",
                         {{"problem", std::string(problem)}});
}

bool IsAllowedAlgorithm(absl::string_view algorithm) {
  return algorithm == "RS256" || algorithm == "PS256" || algorithm == "ES256";
}

absl::StatusOr<size_t> ChooseKey(const std::vector<KeyOffer>& keys, absl::string_view algorithm,
                                 absl::string_view key_id) {
  if (!IsAllowedAlgorithm(algorithm)) return TokenRefused("its algorithm is not one of RS256, PS256, ES256");
  const absl::string_view type = algorithm == "ES256" ? "EC" : "RSA";
  std::vector<size_t> fit;
  for (size_t i = 0; i < keys.size(); ++i) {
    const KeyOffer& key = keys[i];
    if (key.type != type || (!key.use.empty() && key.use != "sig")) continue;
    if (!key.algorithm.empty() && key.algorithm != algorithm) continue;
    if (key_id.empty() || key.id == key_id) fit.push_back(i);
  }
  if (fit.empty()) return absl::NotFoundError("no key fits");
  if (fit.size() > 1) return TokenRefused("it does not say which of several keys signed it (kid)");
  return fit.front();
}

absl::Status CheckIdToken(const IdToken& token, const ExpectedToken& expected, absl::Time now) {
  if (token.issuer != expected.issuer) return TokenRefused("it is of another issuer (iss)");
  if (absl::Status status = CheckAudience(token, expected); !status.ok()) return status;
  if (absl::Status status = CheckTimes(token, expected, now); !status.ok()) return status;
  if (expected.nonce.empty() || token.nonce != expected.nonce)
    return TokenRefused("it belongs to another sign-in (nonce)");
  if (!token.access_token_hash.empty() && token.access_token_hash != expected.access_token_hash)
    return TokenRefused("it belongs to another access token (at_hash)");
  if (token.subject.empty() || token.subject.size() > kSubjectBytesMax)
    return TokenRefused("it does not say who signed in");
  return absl::OkStatus();
}

bool SaysSecondFactor(const IdToken& token) { return Has(token.methods, "mfa"); }

bool IsLocalPath(absl::string_view path) {
  if (path.empty() || path.size() > kPathBytesMax || path[0] != '/') return false;
  if (path.size() > 1 && path[1] == '/') return false;
  return std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace kepu::identity::domain
