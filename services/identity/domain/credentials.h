// What may be a user name, a password, a phone number or a code on paper, and the one form in which each is
// compared. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::identity::domain {

// In characters, as people count.
inline constexpr size_t kPasswordMin = 8;
inline constexpr size_t kPasswordMax = 128;
inline constexpr size_t kUserNameMin = 3;
inline constexpr size_t kUserNameMax = 40;

// Lower-case letters, digits, ". _ - @" and Chinese characters, beginning with a letter, digit or Chinese
// character. Upper case is folded, so that "Li.Wei" and "li.wei" are one name.
absl::StatusOr<std::string> NormalUserName(absl::string_view user_name);

// Length, not among the commonest, not the user name. No rules of composition: they make passwords worse.
absl::Status CheckPassword(absl::string_view field, absl::string_view password, absl::string_view user_name);

// Digits with an optional leading plus, 7 to 15 of them; spaces and dashes are dropped. Empty stays empty.
absl::StatusOr<std::string> NormalPhone(absl::string_view phone);

// A code as it is compared: lower case, without spaces and dashes, with the digits that are not in the
// alphabet (0, 1, 8) taken for the letters they look like.
std::string NormalCode(absl::string_view code);

// `chars` characters of the code alphabet from `digest`, in groups of four. At most 8 characters from each 5
// bytes.
std::string CodeFrom(absl::string_view digest, size_t chars);

}  // namespace kepu::identity::domain
