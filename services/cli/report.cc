#include "services/cli/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace kepu::cli {
namespace {

// As JSON. Written by hand around it: the members of a message keep no order, and a report is compared and
// read.
std::string Quoted(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  std::string json;
  return google::protobuf::util::MessageToJsonString(value, &json).ok() ? json : "\"\"";
}

}  // namespace

Report::Counts& Report::CountsOf(absl::string_view file) {
  for (Counts& counts : counts_) {
    if (counts.file == file) return counts;
  }
  counts_.emplace_back().file = std::string(file);
  return counts_.back();
}

void Report::Add(absl::string_view file, RowResult result, int rows) {
  Counts& counts = CountsOf(file);
  if (result == RowResult::kCreated) counts.created += rows;
  if (result == RowResult::kUpdated) counts.updated += rows;
  if (result == RowResult::kUnchanged) counts.unchanged += rows;
}

void Report::Refuse(absl::string_view file, int line, absl::string_view field, absl::string_view reason) {
  ++CountsOf(file).refused;
  refused_.push_back({std::string(file), line, std::string(field), std::string(reason)});
}

void Report::Note(absl::string_view file, absl::string_view note) { CountsOf(file).note = std::string(note); }

std::string Report::ToText() const {
  std::string out;
  for (const Refused& row : refused_) {
    absl::StrAppend(&out, row.file, row.line > 0 ? absl::StrCat(":", row.line) : "", ": ",
                    row.field.empty() ? "" : row.field + ": ", row.reason, "\n");
  }
  absl::StrAppendFormat(&out, "%-28s %8s %8s %10s %8s\n", "file", "created", "updated", "unchanged",
                        "refused");
  for (const Counts& c : counts_) {
    absl::StrAppendFormat(&out, "%-28s %8d %8d %10d %8d%s\n", c.file, c.created, c.updated, c.unchanged,
                          c.refused, c.note.empty() ? "" : "  " + c.note);
  }
  return out;
}

std::string Report::ToJson() const {
  std::string json = "{\"files\":[";
  for (const Counts& c : counts_) {
    absl::StrAppend(&json, &c == &counts_.front() ? "" : ",", "\n{\"file\":", Quoted(c.file),
                    ",\"created\":", c.created, ",\"updated\":", c.updated, ",\"unchanged\":", c.unchanged,
                    ",\"refused\":", c.refused, c.note.empty() ? "" : ",\"note\":" + Quoted(c.note), "}");
  }
  absl::StrAppend(&json, "],\n\"refused\":[");
  for (const Refused& r : refused_) {
    absl::StrAppend(&json, &r == &refused_.front() ? "" : ",", "\n{\"file\":", Quoted(r.file),
                    ",\"row\":", r.line, ",\"field\":", Quoted(r.field), ",\"reason\":", Quoted(r.reason),
                    "}");
  }
  return json + "]}\n";
}

}  // namespace kepu::cli
