// The lottery of a round, open to be recomputed: a draw is the SHA-256, in lower case hex, of the seed, a
// line feed and a name, and whoever has the lower one comes first. The seed is made of a secret that was
// committed to when the round was made known and of all the wishes, so that nobody could choose it. Pure
// functions.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::event::domain {

// SHA-256 as 64 characters of lower case hex.
std::string HexDigest(absl::string_view text);

// What is published of a secret before it is shown.
std::string Commitment(absl::string_view secret);
// Of the secret and the digest of all wishes, known when the window has closed.
std::string SeedOf(absl::string_view secret, absl::string_view wishes_digest);

// Of a school, and of a class within its school.
std::string DrawOf(absl::string_view seed, absl::string_view school);
std::string DrawOf(absl::string_view seed, absl::string_view school, absl::string_view school_class);

}  // namespace kepu::event::domain
