// Volunteers and shifts under many storms. "volunteer_storm_test --seeds=1000 --first=1" runs more of them; a
// failing seed is printed and fails again whenever it is run.
#include "tests/simulation/volunteer_storm.h"
#include "tests/simulation/storm_seeds.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::simulation {

Seeds seeds;

namespace {

vault::Vault& TheVault() {
  static const TemporaryFolder folder;
  static const std::unique_ptr<vault::Vault> vault =
      *vault::Vault::Open(folder.path("vault"), std::string(32, 'v'));
  return *vault;
}

StormReport RunSeed(uint64_t seed, StormFault fault) {
  return VolunteerStorm({.seed = seed, .fault = fault}, TheVault()).Run();
}

TEST(VolunteerStormTest, NobodyOverlapsNothingIsOverfullHoursAreConserved) {
  ExpectNoProblems(&RunSeed, 0, "minutes are served");
}

TEST(VolunteerStormTest, TheSameSeedIsTheSameRun) { ExpectSameSeedSameRun(&RunSeed); }

TEST(VolunteerStormTest, CheckersSeePlantedFaults) { ExpectPlantedFaultsSeen(&RunSeed); }

TEST(VolunteerStormDeathTest, StaleCommitsAreSeen) { ExpectStaleCommitsSeen(&RunSeed); }

}  // namespace
}  // namespace kepu::simulation
