// Venues under many storms. "venue_storm_test --seeds=1000 --first=1" runs more of them; a failing seed is
// printed and fails again whenever it is run.
#include <cstdio>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/simulation/storm_seeds.h"
#include "tests/simulation/venue_storm.h"

namespace kepu::simulation {
namespace {

StormReport RunSeed(uint64_t seed, StormFault fault = StormFault::kNone) {
  return VenueStorm({.seed = seed, .fault = fault}).Run();
}

TEST(VenueStormTest, NothingOverlapsNothingIsLostNothingIsMadeUp) {
  size_t granted = 0, faults = 0, confirmed = 0;
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count && !HasFailure(); ++seed) {
    VenueStorm storm({.seed = seed});
    const StormReport report = storm.Run();
    EXPECT_TRUE(report.problems.empty()) << "seed " << seed << ":\n" << absl::StrJoin(report.problems, "\n");
    EXPECT_GT(report.answered, 50U) << "seed " << seed;
    granted += report.granted;
    faults += report.faults;
    confirmed += storm.confirmed();
  }
  EXPECT_GT(confirmed, seeds.count) << "a storm in which nothing is claimed shows nothing";
  std::printf("%s: %zu calls granted, %zu claims stand under %zu faults\n", seeds.Text().c_str(), granted,
              confirmed, faults);
}

TEST(VenueStormTest, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(RunSeed(seeds.first).trace_hash, RunSeed(seeds.first).trace_hash);
  EXPECT_NE(RunSeed(seeds.first).trace_hash, RunSeed(seeds.first + 1).trace_hash);
}

TEST(VenueStormTest, CheckersSeePlantedFaults) {
  ExpectPlantedFaultsSeen([](uint64_t seed, StormFault fault) { return RunSeed(seed, fault); });
}

TEST(VenueStormDeathTest, StaleCommitsAreSeen) {
  ExpectStaleCommitsSeen([](uint64_t seed, StormFault fault) { return RunSeed(seed, fault); });
}

}  // namespace
}  // namespace kepu::simulation
