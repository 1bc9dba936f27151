// Brings rows of tables into the system through the API: what is not there is made, what differs is changed,
// what is the same is left alone, and what is refused is reported with its file, row, field and reason.
// Importing the same files again is harmless. Borrows its parts; not thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/cli/api.h"
#include "services/cli/csv_file.h"
#include "services/cli/days.h"
#include "services/cli/report.h"
#include "services/cli/resources.h"

namespace kepu::cli {

class Importer {
 public:
  Importer(Api& api, const Days& days, Report& report) : api_(api), days_(days), report_(report) {}

  // Refusals of rows go into the report. An error ends the import: UNAVAILABLE (the server cannot be
  // reached), UNAUTHENTICATED (no login, or it has ended).
  absl::Status Import(const Resource& resource, const CsvTable& table);

 private:
  struct Row;
  bool CheckColumns(const Resource& resource, const CsvTable& table);
  bool Fill(const Resource& resource, const CsvTable& table, const CsvRow& cells, Row& row,
            google::protobuf::Message& message);
  absl::Status ImportRow(const Resource& resource, const CsvTable& table, const CsvRow& row);
  absl::Status ImportWhole(const Resource& resource, const CsvTable& table);
  absl::Status PutWhole(const Resource& resource, const Row& row, const google::protobuf::Message& wanted);
  absl::Status Upsert(const Resource& resource, const Row& row, const google::protobuf::Message& wanted);
  absl::Status Create(const Resource& resource, const Row& row, const google::protobuf::Message& wanted);
  absl::Status Act(const Resource& resource, const Row& row, const google::protobuf::Message& request);
  absl::Status Take(const Row& row, const Outcome& outcome, RowResult result);

  Api& api_;
  const Days& days_;
  Report& report_;
};

}  // namespace kepu::cli
