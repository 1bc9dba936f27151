// The result: rows {name, value, unit, ratio_to, ratio}, printed as a table and written as JSON. Not
// thread-safe.
#pragma once

#include <string>
#include <vector>

namespace kepu::bench {

class Report {
 public:
  // `ratio_to`: name of another row, empty for none; the ratio is worked out at the end.
  void Add(std::string name, double value, std::string unit, std::string ratio_to = "");
  double ValueOf(const std::string& name) const;
  void Print() const;
  bool WriteJson(const std::string& path) const;

 private:
  struct Row {
    std::string name;
    double value;
    std::string unit;
    std::string ratio_to;
  };
  double RatioOf(const Row& row) const;
  std::vector<Row> rows_;
};

}  // namespace kepu::bench
