// Volunteers and shifts under many storms. "volunteer_storm_test --seeds=1000 --first=1" runs more of them; a
// failing seed is printed and fails again whenever it is run.
#include <cstdio>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/simulation/storm_seeds.h"
#include "tests/simulation/volunteer_storm.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::simulation {
namespace {

vault::Vault& TheVault() {
  static const TemporaryFolder folder;
  static const std::unique_ptr<vault::Vault> vault =
      *vault::Vault::Open(folder.path("vault"), std::string(32, 'v'));
  return *vault;
}

StormReport RunSeed(uint64_t seed, StormFault fault = StormFault::kNone) {
  return VolunteerStorm({.seed = seed, .fault = fault}, TheVault()).Run();
}

TEST(VolunteerStormTest, NobodyOverlapsNothingIsOverfullHoursAreConserved) {
  size_t granted = 0, faults = 0;
  int64_t minutes = 0;
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count && !HasFailure(); ++seed) {
    VolunteerStorm storm({.seed = seed}, TheVault());
    const StormReport report = storm.Run();
    EXPECT_TRUE(report.problems.empty()) << "seed " << seed << ":\n" << absl::StrJoin(report.problems, "\n");
    EXPECT_GT(report.answered, 50U) << "seed " << seed;
    granted += report.granted;
    faults += report.faults;
    minutes += storm.served_minutes();
  }
  EXPECT_GT(minutes, 0) << "a storm in which nobody serves shows nothing";
  std::printf("%s: %zu calls granted, %lld minutes served under %zu faults\n", seeds.Text().c_str(), granted,
              static_cast<long long>(minutes), faults);
}

TEST(VolunteerStormTest, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(RunSeed(seeds.first).trace_hash, RunSeed(seeds.first).trace_hash);
  EXPECT_NE(RunSeed(seeds.first).trace_hash, RunSeed(seeds.first + 1).trace_hash);
}

TEST(VolunteerStormTest, CheckersSeePlantedFaults) {
  ExpectPlantedFaultsSeen([](uint64_t seed, StormFault fault) { return RunSeed(seed, fault); });
}

TEST(VolunteerStormDeathTest, StaleCommitsAreSeen) {
  ExpectStaleCommitsSeen([](uint64_t seed, StormFault fault) { return RunSeed(seed, fault); });
}

}  // namespace
}  // namespace kepu::simulation
