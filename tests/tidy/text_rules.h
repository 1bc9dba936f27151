// Rules that a look at the text of one file decides: lengths, names, words left behind, header openings.
// Heuristics that fit our formatting; where one is wrong about good code, mend the rule. Pure functions of a
// file; thread-safe.
#pragma once

#include "tests/tidy/finding.h"

namespace kepu::tidy {

// The limits of the house: what fits a head, and a screen.
inline constexpr int kFileLinesMax = 450;
// A table of cases reads better in one piece.
inline constexpr int kTestFileLinesMax = 800;
inline constexpr int kFunctionLinesMax = 70;
inline constexpr int kLineWidthMax = 120;

// Rules: folder-name, file-name, unfinished, machine-path, file-length, function-length, line-width,
// header-opening, banner, dead-code, string-view, exception, coroutine, using-namespace, sleep, clock,
// stray-lua.
Findings CheckText(const File& file);

}  // namespace kepu::tidy
