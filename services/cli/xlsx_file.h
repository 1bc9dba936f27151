// The first sheet of an XLSX workbook as a table, and tables as workbooks. Written by libxlsxwriter; read
// from its zip (libzip) and XML (Expat), with bounds on what is unpacked. Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/cli/csv_file.h"

namespace kepu::cli {

// As ReadCsv: empty rows are left out, and so are rows whose first cell begins with #. Every cell is taken as
// the text it holds; what a formula came to is its text. INVALID_ARGUMENT for a file that is no workbook.
absl::StatusOr<CsvTable> ReadXlsx(const std::string& path);

// Every cell is a text: nothing is reckoned when the file is opened. FAILED_PRECONDITION when it cannot be
// written, or a cell is longer than a workbook holds.
absl::Status WriteXlsx(const CsvTable& table, const std::string& path);

}  // namespace kepu::cli
