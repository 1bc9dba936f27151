#include "tests/bench/report.h"

#include <cstdio>
#include <fstream>

namespace kepu::bench {

void Report::Add(std::string name, double value, std::string unit, std::string ratio_to) {
  rows_.push_back({std::move(name), value, std::move(unit), std::move(ratio_to), ""});
}

void Report::Miss(std::string name, std::string why) {
  rows_.push_back({std::move(name), 0, "", "", std::move(why)});
}

double Report::ValueOf(const std::string& name) const {
  for (const Row& row : rows_) {
    if (row.name == name) return row.value;
  }
  return 0;
}

double Report::RatioOf(const Row& row) const {
  const double other = row.ratio_to.empty() ? 0 : ValueOf(row.ratio_to);
  return other == 0 ? 0 : row.value / other;
}

void Report::Print() const {
  std::printf("%-46s %14s %-10s %s\n", "row", "value", "unit", "ratio");
  for (const Row& row : rows_) {
    if (!row.missing.empty()) {
      std::printf("%-46s not measured: %s\n", row.name.c_str(), row.missing.c_str());
      continue;
    }
    std::printf("%-46s %14.2f %-10s", row.name.c_str(), row.value, row.unit.c_str());
    if (RatioOf(row) > 0) std::printf(" %.2f of %s", RatioOf(row), row.ratio_to.c_str());
    std::printf("\n");
  }
}

bool Report::WriteJson(const std::string& path) const {
  std::ofstream out(path);
  out << "[\n";
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    char line[512];
    const char* const comma = i + 1 < rows_.size() ? "," : "";
    if (!row.missing.empty()) {
      out << R"(  {"name": ")" << row.name << R"(", "not_measured": ")" << row.missing << "\"}" << comma
          << "\n";
      continue;
    }
    std::snprintf(line, sizeof(line),
                  R"(  {"name": "%s", "value": %.3f, "unit": "%s", "ratio_to": "%s", "ratio": %.4f}%s)",
                  row.name.c_str(), row.value, row.unit.c_str(), row.ratio_to.c_str(), RatioOf(row), comma);
    out << line << "\n";
  }
  out << "]\n";
  return out.good();
}

}  // namespace kepu::bench
