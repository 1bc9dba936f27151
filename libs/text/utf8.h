// UTF-8 as the outside may send it: telling good from bad, mending it for records that must be UTF-8, and
// cutting it between characters. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::text {

// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
bool IsUtf8(absl::string_view bytes);

// The same text with each malformed byte replaced by U+FFFD.
std::string MendUtf8(absl::string_view bytes);

// At most `bytes_max` bytes of well-formed text, cut between characters.
absl::string_view CutUtf8(absl::string_view text, size_t bytes_max);

}  // namespace kepu::text
