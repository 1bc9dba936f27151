// What an ID token of another provider must say before it lets anybody in (OpenID Connect Core 3.1.3.7, RFC
// 8725), and which of the provider's keys may have signed it. The signature itself is checked outside. Pure
// functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::identity::domain {

// Clocks of two houses.
inline constexpr absl::Duration kTokenSkew = absl::Seconds(60);
// As OpenID Connect bounds `sub`.
inline constexpr size_t kSubjectBytesMax = 255;

// The claims that anything here depends on; empty or zero where the token is silent.
struct IdToken {
  std::string issuer, subject, nonce, access_token_hash, authorized_party;
  std::vector<std::string> audience;
  std::vector<std::string> methods;  // amr
  int64_t issued = 0, expires = 0;   // seconds
  int64_t authenticated = 0;         // auth_time
};

struct ExpectedToken {
  std::string issuer, client_id, nonce;
  std::string access_token_hash;  // of the access token that came along
  absl::Time begun;               // when the browser was sent to the provider
  bool fresh = false;             // the provider was to ask for the password
};

// A published key, as far as it says what it is for.
struct KeyOffer {
  std::string id, type, use, algorithm;
};

// RS256, PS256 and ES256: never "none", and nothing that a public key could make.
bool IsAllowedAlgorithm(absl::string_view algorithm);

// Which key: by its id, or, where the token names none, the only one that fits. UNAUTHENTICATED /
// EXTERNAL_TOKEN_REFUSED for an algorithm that is not allowed; NOT_FOUND when no key fits, which newer keys
// may change.
absl::StatusOr<size_t> ChooseKey(const std::vector<KeyOffer>& keys, absl::string_view algorithm,
                                 absl::string_view key_id);

// UNAUTHENTICATED / EXTERNAL_TOKEN_REFUSED naming the first thing that is wrong.
absl::Status CheckIdToken(const IdToken& token, const ExpectedToken& expected, absl::Time now);
absl::Status TokenRefused(absl::string_view problem);

// The provider asked for more than a password (RFC 8176).
bool SaysSecondFactor(const IdToken& token);

// A path of this address and nothing else: what a browser would read as another host, a scheme or a header is
// none.
bool IsLocalPath(absl::string_view path);

}  // namespace kepu::identity::domain
