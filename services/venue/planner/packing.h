// Chooses among columns, each worth something and using up some rows, so that no row is used up more than it
// holds and the worth is the most there is: the linear relaxation with its prices, and whole choices by
// branch and cut. The only place that knows the solver. A value; one thread each, any number of them at once.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace kepu::venue {

struct Column {
  double worth = 0;
  std::vector<std::pair<int, double>> uses;  // row, how much of it
};

class Packing {
 public:
  explicit Packing(std::vector<double> rows);
  ~Packing();
  Packing(const Packing&) = delete;
  Packing& operator=(const Packing&) = delete;

  void Add(const std::vector<Column>& columns);

  // Solves the relaxation over the columns so far: what it is worth, and what one more unit of each row would
  // be.
  double Relax();
  const std::vector<double>& prices() const { return prices_; }

  // Whether each column is chosen. `start` is a choice to begin with. It ends after so long with the best
  // that was found, and otherwise within `gap` of what is possible.
  std::vector<bool> Choose(const std::vector<bool>& start, absl::Duration time_max, double gap) const;

 private:
  struct Solver;
  std::unique_ptr<Solver> solver_;
  const std::vector<double> rows_;
  std::vector<Column> columns_;
  std::vector<double> prices_;
  bool solved_ = false;
};

}  // namespace kepu::venue
