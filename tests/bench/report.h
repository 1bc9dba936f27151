// The result: rows {name, value, unit, ratio_to, ratio}, or {name, not_measured}, printed as a table and
// written as JSON. Not thread-safe.
#pragma once

#include <string>
#include <vector>

namespace kepu::bench {

class Report {
 public:
  // `ratio_to`: name of another row, empty for none; the ratio is worked out at the end.
  void Add(std::string name, double value, std::string unit, std::string ratio_to = "");
  // A row that cannot be measured here, and why: it is in the result all the same.
  void Miss(std::string name, std::string why);
  double ValueOf(const std::string& name) const;
  void Print() const;
  bool WriteJson(const std::string& path) const;

 private:
  struct Row {
    std::string name;
    double value;
    std::string unit;
    std::string ratio_to;
    std::string missing;  // why it was not measured
  };
  double RatioOf(const Row& row) const;
  std::vector<Row> rows_;
};

}  // namespace kepu::bench
