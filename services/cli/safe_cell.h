// Cells that a spreadsheet would take for a formula, made harmless on the way out and read back as they were:
// what begins with = + - @, a tab or a line end gets an apostrophe before it, and so does what begins with
// apostrophes and one of those. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::cli {

std::string ToSafeCell(absl::string_view text);
// The inverse of it; any other cell is left alone.
absl::string_view FromSafeCell(absl::string_view cell);

}  // namespace kepu::cli
