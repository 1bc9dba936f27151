// Codes of authenticators by RFC 6238 as every phone makes them: SHA-1, six digits, thirty seconds. The only
// place that knows liboath. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::identity::api {

// As RFC 4226 wants at least.
inline constexpr size_t kTotpSecretBytes = 20;

// The step whose code this is, at `now` or one step beside it: phones run late, and people type slowly. 0
// when it is none.
int64_t StepOfCode(absl::string_view secret, absl::string_view code, absl::Time now);

// The six digits of a time; what tests and other tools compare with.
std::string CodeAt(absl::string_view secret, absl::Time time);

// As it is typed into an authenticator, without padding.
std::string ToBase32(absl::string_view secret);

// "otpauth://totp/kepu:li.wei?secret=…&issuer=kepu&…" for its camera.
std::string OtpauthUri(absl::string_view user_name, absl::string_view secret);

}  // namespace kepu::identity::api
