#include "services/volunteer/planner/slice_flow.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

// Templates alone: nothing of the solver is linked.
#define LEMON_ONLY_TEMPLATES
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

namespace kepu::volunteer {
namespace {

using Graph = lemon::SmartDigraph;
using Solver = lemon::NetworkSimplex<Graph, int, int64_t>;

// To leave a place empty costs more than anything that filling it can cost all others: each of at most
// 20,000 places could become dearer by what an offer or another order of shifts costs at most.
constexpr int64_t kEmptyCost = 20'000 * (kOfferCostMax + kLeaveCostMax);

// Of each shift's offers only the cheapest matter, as many as there are places in all: when somebody dearer
// has the place, one of those has none, since the others hold at most the places less one; and taking them
// instead fills as much and costs no more.
std::vector<Slice::Offer> WorthAsking(const Slice& slice, size_t places) {
  std::vector<std::vector<Slice::Offer>> by_shift(slice.shifts.size());
  for (const Slice::Offer& offer : slice.offers) by_shift[offer.shift].push_back(offer);
  std::vector<Slice::Offer> kept;
  for (std::vector<Slice::Offer>& offers : by_shift) {
    std::sort(offers.begin(), offers.end(), [](const Slice::Offer& a, const Slice::Offer& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.person < b.person;
    });
    if (offers.size() > places) offers.resize(places);
    kept.insert(kept.end(), offers.begin(), offers.end());
  }
  return kept;
}

}  // namespace

std::vector<std::vector<uint32_t>> SolveSlice(const Slice& slice) {
  std::vector<std::vector<uint32_t>> people(slice.shifts.size());
  int places = 0;
  for (const Slice::Need& need : slice.shifts) places += need.places;
  const std::vector<Slice::Offer> offers = WorthAsking(slice, static_cast<size_t>(places));
  if (offers.empty()) return people;

  Graph graph;
  graph.reserveNode(static_cast<int>(slice.shifts.size() + offers.size() + 2));
  const Graph::Node source = graph.addNode(), sink = graph.addNode();
  std::vector<Graph::Node> shifts;
  for (size_t i = 0; i < slice.shifts.size(); ++i) shifts.push_back(graph.addNode());
  struct Line {
    int most;
    int64_t cost;
  };
  std::vector<Line> lines;  // by number of the arc
  const auto draw = [&](Graph::Node from, Graph::Node to, int most, int64_t cost) {
    graph.addArc(from, to);
    lines.push_back({most, cost});
  };
  for (size_t i = 0; i < slice.shifts.size(); ++i) {
    const Slice::Need& need = slice.shifts[i];
    draw(shifts[i], sink, need.places, 0);
    draw(source, shifts[i], need.places, kEmptyCost + need.leave_cost);
  }
  absl::flat_hash_map<uint32_t, Graph::Node> persons;
  const size_t first_offer = [&] {
    for (const Slice::Offer& offer : offers) {
      auto [it, added] = persons.try_emplace(offer.person);
      if (!added) continue;
      it->second = graph.addNode();
      draw(source, it->second, 1, 0);
    }
    return lines.size();
  }();
  for (const Slice::Offer& offer : offers) draw(persons[offer.person], shifts[offer.shift], 1, offer.cost);

  Graph::ArcMap<int> upper(graph);
  Graph::ArcMap<int64_t> cost(graph);
  for (size_t i = 0; i < lines.size(); ++i) {
    const Graph::Arc arc = Graph::arcFromId(static_cast<int>(i));
    upper[arc] = lines[i].most;
    cost[arc] = lines[i].cost;
  }
  Solver solver(graph);
  solver.upperMap(upper).costMap(cost).stSupply(source, sink, places);
  if (solver.run() != Solver::OPTIMAL) return people;  // cannot be: every place may stay empty
  for (size_t i = 0; i < offers.size(); ++i) {
    if (solver.flow(Graph::arcFromId(static_cast<int>(first_offer + i))) > 0)
      people[offers[i].shift].push_back(offers[i].person);
  }
  for (std::vector<uint32_t>& list : people) std::sort(list.begin(), list.end());
  return people;
}

}  // namespace kepu::volunteer
