#include "services/venue/planner/packing.h"

#include <coin/CbcHeuristic.hpp>
#include <coin/CbcHeuristicGreedy.hpp>
#include <coin/CbcHeuristicRINS.hpp>
#include <coin/CbcModel.hpp>
#include <coin/CglClique.hpp>
#include <coin/CglKnapsackCover.hpp>
#include <coin/CoinPackedVector.hpp>
#include <coin/OsiClpSolverInterface.hpp>

namespace kepu::venue {

struct Packing::Solver {
  OsiClpSolverInterface lp;
};

Packing::Packing(std::vector<double> rows) : solver_(std::make_unique<Solver>()), rows_(std::move(rows)) {
  OsiClpSolverInterface& lp = solver_->lp;
  lp.messageHandler()->setLogLevel(0);
  lp.setHintParam(OsiDoReducePrint, true, OsiHintTry);
  const CoinPackedVector nothing;
  for (const double holds : rows_) lp.addRow(nothing, -lp.getInfinity(), holds);
}

Packing::~Packing() = default;

void Packing::Add(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    CoinPackedVector uses;
    for (const auto& [row, amount] : column.uses) uses.insert(row, amount);
    // The solver makes things small.
    solver_->lp.addCol(uses, 0.0, 1.0, -column.worth);
    columns_.push_back(column);
  }
}

double Packing::Relax() {
  OsiClpSolverInterface& lp = solver_->lp;
  if (solved_) {
    lp.resolve();
  } else {
    lp.initialSolve();
    solved_ = true;
  }
  prices_.assign(rows_.size(), 0.0);
  for (size_t i = 0; i < rows_.size(); ++i) prices_[i] = std::max(0.0, -lp.getRowPrice()[i]);
  return -lp.getObjValue();
}

std::vector<bool> Packing::Choose(const std::vector<bool>& start, absl::Duration time_max, double gap) const {
  OsiClpSolverInterface lp(solver_->lp);
  const int count = lp.getNumCols();
  for (int i = 0; i < count; ++i) lp.setInteger(i);
  CbcModel model(lp);
  model.setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  CglClique cliques;
  cliques.setStarCliqueReport(false);
  cliques.setRowCliqueReport(false);
  CglKnapsackCover covers;
  model.addCutGenerator(&cliques, -99, "cliques");
  model.addCutGenerator(&covers, -99, "covers");
  CbcRounding rounding(model);
  model.addHeuristic(&rounding);
  CbcHeuristicRINS neighbours(model);
  model.addHeuristic(&neighbours);
  // What cuts bring, they bring in a few rounds; the time limit does not look into them.
  model.setMaximumCutPassesAtRoot(8);
  model.setMaximumCutPasses(1);
  model.setMaximumSeconds(absl::ToDoubleSeconds(time_max));
  model.setAllowableFractionGap(gap);
  std::vector<double> first(static_cast<size_t>(count), 0.0);
  double worth = 0;
  for (size_t i = 0; i < start.size(); ++i) {
    if (!start[i]) continue;
    first[i] = 1.0;
    worth += columns_[i].worth;
  }
  model.setBestSolution(first.data(), count, -worth, true);
  model.branchAndBound();
  std::vector<bool> chosen = start;
  chosen.resize(static_cast<size_t>(count));
  const double* best = model.bestSolution();
  if (best == nullptr) return chosen;
  for (int i = 0; i < count; ++i) chosen[static_cast<size_t>(i)] = best[i] > 0.5;
  return chosen;
}

}  // namespace kepu::venue
