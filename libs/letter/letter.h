// A letter of an office as PDF: A4 pages with title, fields, paragraphs, the place of a seal, a code to scan
// and an annex of rows that flows over as many pages as it takes, in Chinese and English. The same letter
// gives the same bytes on the same machine. Takes tens of milliseconds: call it on a worker thread.
// Thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kepu::letter {

// Rows of an annex: some forty pages.
inline constexpr size_t kRowsMax = 2000;
// What a code can hold and a phone still reads from paper.
inline constexpr size_t kCodeBytesMax = 300;

struct Table {
  std::string title;
  std::vector<std::string> heads;
  // Shares of the width, one for each head.
  std::vector<double> shares;
  // A cell that is too long for its place ends in dots.
  std::vector<std::vector<std::string>> rows;
};

struct Letter {
  std::string title;
  std::string subtitle;
  // Label and value, one below the other.
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::string> paragraphs;
  // Who seals it, under the place for the seal.
  std::vector<std::string> seal;
  // Beside the code that is scanned; without a code neither is there.
  std::string code;
  std::vector<std::string> beside_code;
  Table annex;
  // On every page, before the number of the page.
  std::string footer;
  // When it was made, for the properties of the file.
  absl::Time made;
};

// INVALID_ARGUMENT for more than fits; FAILED_PRECONDITION when no font of this machine has the signs of the
// title; INTERNAL when drawing fails.
absl::StatusOr<std::string> RenderPdf(const Letter& letter);

}  // namespace kepu::letter
