#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "services/cli/cell_codecs.h"
#include "services/cli/csv_file.h"
#include "services/cli/days.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

void RunCsv(absl::string_view bytes) {
  const auto table = cli::ParseCsv("rows.csv", bytes);
  if (!table.ok()) return;
  for (const cli::CsvRow& row : table->rows)
    Require(row.cells.size() == table->columns.size(), "a row has a cell for each column");
}

std::vector<std::string> CsvSeeds() {
  return {"code,name\n# a comment\na,\"b, \"\"c\"\"\"\nd,\"e\nf\"\n", "\xef\xbb\xbf\x63ode\r\na\r\n",
          "a,a\n"};
}

void RunCell(absl::string_view bytes) {
  const cli::Days days(absl::CivilDay(2026, 12, 31));
  days.Day(bytes).status().IgnoreError();
  days.Instant(bytes).status().IgnoreError();
  // Every message that a cell may hold.
  const google::protobuf::Message* messages[] = {&venue::v1::Venue::default_instance(),
                                                 &event::v1::Session::default_instance()};
  for (const google::protobuf::Message* whole : messages) {
    for (int i = 0; i < whole->GetDescriptor()->field_count(); ++i) {
      const auto* field = whole->GetDescriptor()->field(i);
      if (field->message_type() == nullptr) continue;
      const std::unique_ptr<google::protobuf::Message> one(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(field->message_type())->New());
      cli::FillMessage(*one, bytes, days).IgnoreError();
    }
  }
}

std::vector<std::string> CellSeeds() {
  return {"week+3 09:30", "2026-12-05", "Tue-Sun 09:00-17:00; Mon closed", "all 40; school 20 SCHOOL",
          "29.56,106.55"};
}

}  // namespace

std::vector<Target> CliTargets() { return {{"csv", RunCsv, CsvSeeds}, {"cell", RunCell, CellSeeds}}; }

}  // namespace kepu::fuzz
