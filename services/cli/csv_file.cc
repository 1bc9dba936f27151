#include "services/cli/csv_file.h"

#include <csv.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/text/utf8.h"

namespace kepu::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Feeds libcsv one line at a time and keeps count of them.
class Reader {
 public:
  Reader() { ::csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }
  ~Reader() { ::csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  absl::Status Read(absl::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find('\n');
      const size_t size = end == absl::string_view::npos ? text.size() : end + 1;
      ++line_;
      if (absl::Status status = Feed(text.substr(0, size)); !status.ok()) return status;
      text.remove_prefix(size);
    }
    if (::csv_fini(&parser_, OnField, OnRow, this) != 0) return Bad("a quoted text does not end");
    return absl::OkStatus();
  }

  std::vector<CsvRow> TakeRows() { return std::move(rows_); }

 private:
  absl::Status Bad(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("line ", row_line_, ": ", what));
  }

  absl::Status Feed(absl::string_view line) {
    if (!in_row_) {
      row_line_ = line_;
      if (absl::StartsWith(line, "#")) return absl::OkStatus();
    }
    if (!text::IsUtf8(line)) return Bad("is not UTF-8; save the file as UTF-8");
    in_row_ = absl::StripAsciiWhitespace(line) != "" || in_row_;
    if (::csv_parse(&parser_, line.data(), line.size(), OnField, OnRow, this) != line.size()) {
      return Bad("a quote stands out of place; a text with quotes is quoted, and its quotes are doubled");
    }
    if (rows_.size() > kCsvRowsMax) return Bad(absl::StrCat("more than ", kCsvRowsMax, " rows"));
    return absl::OkStatus();
  }

  static void OnField(void* data, size_t size, void* self) {
    static_cast<Reader*>(self)->row_.emplace_back(static_cast<const char*>(data), size);
  }
  static void OnRow(int, void* self) { static_cast<Reader*>(self)->EndRow(); }
  void EndRow() {
    rows_.push_back({row_line_, std::move(row_)});
    row_.clear();
    in_row_ = false;
  }

  csv_parser parser_;
  int line_ = 0;
  int row_line_ = 0;
  bool in_row_ = false;
  std::vector<std::string> row_;
  std::vector<CsvRow> rows_;
};

}  // namespace

absl::StatusOr<CsvTable> ParseCsv(absl::string_view file, absl::string_view bytes) {
  absl::ConsumePrefix(&bytes, kByteOrderMark);
  Reader reader;
  if (absl::Status status = reader.Read(bytes); !status.ok()) return status;
  return MakeTable(file, reader.TakeRows());
}

absl::StatusOr<CsvTable> MakeTable(absl::string_view file, std::vector<CsvRow> rows) {
  if (rows.empty()) return absl::InvalidArgumentError("has no line with the names of its columns");
  CsvTable table{std::string(file), rows.front().line, std::move(rows.front().cells), {}};
  rows.erase(rows.begin());
  if (table.columns.size() > kCsvColumnsMax) return absl::InvalidArgumentError("too many columns");
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const auto end = table.columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(table.columns.begin(), end, table.columns[i]) != end) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", table.header_line, ": the column ", table.columns[i], " stands there twice"));
    }
  }
  for (const CsvRow& row : rows) {
    if (row.cells.size() == table.columns.size()) continue;
    return absl::InvalidArgumentError(absl::StrCat("line ", row.line, ": has ", row.cells.size(),
                                                   " cells, and there are ", table.columns.size(),
                                                   " columns"));
  }
  table.rows = std::move(rows);
  return table;
}

std::string FormatCsv(const CsvTable& table) {
  std::string out(kByteOrderMark);
  const auto line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      // A line that begins with # would be a comment, and spaces at an end would be lost.
      const bool bare = !cells[i].empty() && cells[i].find_first_of(",\"\r\n#") == std::string::npos &&
                        absl::StripAsciiWhitespace(cells[i]) == cells[i];
      absl::StrAppend(
          &out, i > 0 ? "," : "",
          bare ? cells[i] : absl::StrCat("\"", absl::StrReplaceAll(cells[i], {{"\"", "\"\""}}), "\""));
    }
    out += "\r\n";
  };
  line(table.columns);
  for (const CsvRow& row : table.rows) line(row.cells);
  return out;
}

absl::StatusOr<CsvTable> ReadCsv(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot be read");
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > kCsvBytesMax)
    return absl::InvalidArgumentError("is larger than 64 MiB; import it in parts");
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return ParseCsv(std::filesystem::path(path).filename().string(), bytes);
}

}  // namespace kepu::cli
