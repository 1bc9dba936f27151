// Which seeds a storm is run with, from the command line, and the planted faults that every storm must see.
// Owned by the test binary; one thread.
#pragma once

#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/simulation/storm.h"

namespace kepu::simulation {

struct Seeds {
  uint64_t first = 1;
  uint64_t count = 30;  // some seconds
  std::string Text() const { return absl::StrCat(count, " seeds from ", first); }
};
extern Seeds seeds;

using RunStorm = std::function<StormReport(uint64_t seed, StormFault fault)>;

inline bool IsSeen(const RunStorm& run, StormFault fault) {
  for (uint64_t seed = seeds.first; seed < seeds.first + 8; ++seed) {
    if (!run(seed, fault).problems.empty()) return true;
  }
  return false;
}

inline void ExpectPlantedFaultsSeen(const RunStorm& run) {
  for (const auto& [fault, name] :
       {std::pair{StormFault::kLosesAcknowledged, "a failover loses what was acknowledged"},
        {StormFault::kTampered, "somebody wrote past the commit"},
        {StormFault::kUnasked, "things that nobody asked for"}}) {
    EXPECT_TRUE(IsSeen(run, fault)) << name;
  }
}

// The engine stops the process when a fact does not fit its state, which is a way of seeing it too.
inline void ExpectStaleCommitsSeen(const RunStorm& run) {
  EXPECT_EXIT(
      std::_Exit(IsSeen(run, StormFault::kNoVersionCheck) ? 1 : 0),
      [](int status) { return !WIFEXITED(status) || WEXITSTATUS(status) != 0; }, "");
}

}  // namespace kepu::simulation
