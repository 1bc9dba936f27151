// Which seeds a storm is run with, from the command line, and what every storm must show: no problems, the
// same run from the same seed, and the planted faults. Owned by the test binary; one thread.
#pragma once

#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/simulation/storm.h"

namespace kepu::simulation {

struct Seeds {
  uint64_t first = 1;
  uint64_t count = 30;   // some seconds
  uint64_t planted = 8;  // seeds among which every planted fault is seen
};
// Defined by the test, with its own counts.
extern Seeds seeds;

using RunStorm = StormReport (*)(uint64_t seed, StormFault fault);

// Runs the seeds up to the first with a problem. Storms that show no more than `least` show nothing; `shown`
// says what that is.
inline void ExpectNoProblems(RunStorm run, uint64_t least, const char* shown) {
  StormReport sum;
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count && !testing::Test::HasFailure();
       ++seed) {
    const StormReport report = run(seed, StormFault::kNone);
    EXPECT_TRUE(report.problems.empty()) << "seed " << seed << ":\n" << absl::StrJoin(report.problems, "\n");
    EXPECT_GT(report.answered, 50U) << "seed " << seed;
    sum.granted += report.granted;
    sum.faults += report.faults;
    sum.shown += report.shown;
  }
  EXPECT_GT(sum.shown, static_cast<int64_t>(least)) << "too few " << shown << " to show anything";
  std::printf("%s\n",
              absl::StrCat(seeds.count, " seeds from ", seeds.first, ": ", sum.granted, " calls granted, ",
                           sum.shown, " ", shown, " under ", sum.faults, " faults")
                  .c_str());
}

inline void ExpectSameSeedSameRun(RunStorm run) {
  const auto hash = [run](uint64_t seed) { return run(seed, StormFault::kNone).trace_hash; };
  EXPECT_EQ(hash(seeds.first), hash(seeds.first));
  EXPECT_NE(hash(seeds.first), hash(seeds.first + 1));
}

inline bool IsSeen(RunStorm run, StormFault fault) {
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.planted; ++seed) {
    if (!run(seed, fault).problems.empty()) return true;
  }
  return false;
}

inline void ExpectPlantedFaultsSeen(RunStorm run) {
  for (const auto& [fault, name] :
       {std::pair{StormFault::kLosesAcknowledged, "a failover loses what was acknowledged"},
        {StormFault::kTampered, "somebody wrote past the commit"},
        {StormFault::kUnasked, "things that nobody asked for"}}) {
    EXPECT_TRUE(IsSeen(run, fault)) << name;
  }
}

// The engine stops the process when a fact does not fit its state, which is a way of seeing it too.
inline void ExpectStaleCommitsSeen(RunStorm run) {
  EXPECT_EXIT(
      std::_Exit(IsSeen(run, StormFault::kNoVersionCheck) ? 1 : 0),
      [](int status) { return !WIFEXITED(status) || WEXITSTATUS(status) != 0; }, "");
}

}  // namespace kepu::simulation
