#include "services/cli/import_command.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/accounts.h"
#include "services/cli/importer.h"
#include "services/cli/private_file.h"
#include "services/cli/report.h"
#include "services/cli/resources.h"
#include "services/cli/xlsx_file.h"

namespace kepu::cli {
namespace {

bool IsTable(const std::filesystem::path& path) {
  // What an office program keeps beside an open workbook begins with ~$.
  return (path.extension() == ".csv" || path.extension() == ".xlsx") &&
         !absl::StartsWith(path.filename().string(), "~$");
}

// The files that are named, and those of the folders that are named, by name.
std::vector<std::string> Files(const Session& session) {
  std::vector<std::string> files;
  for (size_t i = 1; i < session.arguments().rest.size(); ++i) {
    const std::string path = session.Word(i);
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (IsTable(entry.path())) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

absl::Status ImportInOrder(Session& session, const std::vector<CsvTable>& tables, const Days& days,
                           Report& report) {
  Importer importer(session.api(), days, report);
  for (const Resource& resource : Resources()) {
    for (const CsvTable& table : tables) {
      if (ResourceOf(table.file) != &resource) continue;
      if (absl::Status status = importer.Import(resource, table); !status.ok()) return status;
    }
  }
  for (const CsvTable& table : tables) {
    if (ResourceOf(table.file) != nullptr) continue;
    if (!absl::StartsWith(table.file, "accounts.")) {
      report.Note(table.file, "left out: nothing of this name can be imported");
      continue;
    }
    if (session.arguments().Has("--dry-run")) {
      report.Note(table.file, "left out: accounts cannot be tried");
      continue;
    }
    AccountsImporter accounts(session.api(), report, session.arguments().Get("--accounts", "accounts.json"),
                              MakePassword);
    if (absl::Status status = accounts.Import(table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

Result Import(Session& session) {
  absl::CivilDay today = session.world().today;
  if (const std::string day = session.arguments().Get("--today");
      !day.empty() && !absl::ParseCivilTime(day, &today)) {
    return Fail(kUsage, "--today wants a day like 2026-11-21");
  }
  const absl::StatusOr<Form> form = session.form();
  if (!form.ok() || *form == Form::kNdjson) return Fail(kUsage, "--output wants table or json");
  std::vector<CsvTable> tables;
  for (const std::string& path : Files(session)) {
    absl::StatusOr<CsvTable> table = absl::EndsWith(path, ".xlsx") ? ReadXlsx(path) : ReadCsv(path);
    if (!table.ok()) return Fail(kBadFile, absl::StrCat(path, ": ", table.status().message()));
    tables.push_back(*std::move(table));
  }
  if (tables.empty()) return Fail(kBadFile, "no .csv or .xlsx file there");
  const bool dry = session.arguments().Has("--dry-run");
  if (dry) session.api().OnlyRead();
  Report report;
  const absl::Status status = ImportInOrder(session, tables, Days(today), report);
  Result result{report.refused().empty() ? kDone : kRowsRefused,
                *form == Form::kJson ? report.ToJson() : report.ToText(), ""};
  if (dry) result.err = "kepu: nothing was changed; what the server itself would refuse shows only then\n";
  if (!status.ok()) {
    const Result failed = FromStatus(status);
    result.code = failed.code;
    result.err = failed.err;
  }
  return result;
}

}  // namespace kepu::cli
