// A table from a CSV file (RFC 4180; a byte-order mark, quotes and line breaks in quotes are fine) with the
// lines its rows stand on, so that a report can name them. Lines that begin with # before a row are comments.
// Values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::cli {

// More than any register of the city has; a larger file is a mistake or is imported in parts.
inline constexpr size_t kCsvBytesMax = size_t{64} << 20;
inline constexpr size_t kCsvRowsMax = 200'000;
inline constexpr size_t kCsvColumnsMax = 100;

struct CsvRow {
  int line = 0;  // from 1, where the row begins
  std::vector<std::string> cells;
};

struct CsvTable {
  std::string file;  // as it is shown in reports
  int header_line = 0;
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;  // each with as many cells as there are columns
};

// INVALID_ARGUMENT names the line: not UTF-8, a quote out of place, a row with another number of cells, a
// column twice.
absl::StatusOr<CsvTable> ParseCsv(absl::string_view file, absl::string_view bytes);

// As ParseCsv reads it, with a byte-order mark for those who open it in a spreadsheet; lines end in CR LF.
std::string FormatCsv(const CsvTable& table);

// What ParseCsv and ReadXlsx both ask of rows: a name for each column, none twice; as many cells as columns.
absl::StatusOr<CsvTable> MakeTable(absl::string_view file, std::vector<CsvRow> rows);

// NOT_FOUND when the file cannot be read.
absl::StatusOr<CsvTable> ReadCsv(const std::string& path);

}  // namespace kepu::cli
