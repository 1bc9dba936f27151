// Gives each of some people at most one of some shifts that all run at the same time: as many places as can
// be are filled, and of all ways to do that the cheapest is taken. A flow of least cost; the only place that
// knows the solver. Pure; the same slice gives the same answer.
#pragma once

#include <cstdint>
#include <vector>

namespace kepu::volunteer {

struct Slice {
  struct Offer {
    uint32_t person = 0;
    uint32_t shift = 0;
    // 0 to kOfferCostMax.
    int64_t cost = 0;
  };
  struct Need {
    int32_t places = 0;
    // Of two shifts that cannot both be filled the one that costs more to leave goes first; 0 to
    // kLeaveCostMax.
    int64_t leave_cost = 0;
  };
  std::vector<Need> shifts;
  // At most one for each pair, in any order; people by any numbers.
  std::vector<Offer> offers;
};

inline constexpr int64_t kOfferCostMax = 10'000;
inline constexpr int64_t kLeaveCostMax = 10'000;

// Numbers of people by shift, ascending.
std::vector<std::vector<uint32_t>> SolveSlice(const Slice& slice);

}  // namespace kepu::volunteer
