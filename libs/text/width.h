// How many columns a text takes on a terminal: two for wide East Asian characters, none for marks that
// combine, and how it is cut and padded by columns. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::text {

// By Unicode's East Asian Width; ambiguous ones are narrow, as terminals have them outside of CJK locales.
// A malformed byte takes one column.
size_t ColumnsOf(absl::string_view text);

// The text with spaces behind it up to `columns`; longer ones as they are.
std::string PadTo(absl::string_view text, size_t columns);

// At most `columns` columns, the last of them "…" where something was cut off.
std::string CutTo(absl::string_view text, size_t columns);

// Without what a terminal takes for commands: controls become spaces, and marks that turn the direction of
// writing or hide text are left out. What others wrote may hold them.
std::string Printable(absl::string_view text);

}  // namespace kepu::text
