// Venues under many storms. "venue_storm_test --seeds=1000 --first=1" runs more of them; a failing seed is
// printed and fails again whenever it is run.
#include "tests/simulation/venue_storm.h"
#include "tests/simulation/storm_seeds.h"

namespace kepu::simulation {

Seeds seeds;

namespace {

StormReport RunSeed(uint64_t seed, StormFault fault) {
  return VenueStorm({.seed = seed, .fault = fault}).Run();
}

TEST(VenueStormTest, NothingOverlapsNothingIsLostNothingIsMadeUp) {
  ExpectNoProblems(&RunSeed, seeds.count, "claims stand");
}

TEST(VenueStormTest, TheSameSeedIsTheSameRun) { ExpectSameSeedSameRun(&RunSeed); }

TEST(VenueStormTest, CheckersSeePlantedFaults) { ExpectPlantedFaultsSeen(&RunSeed); }

TEST(VenueStormDeathTest, StaleCommitsAreSeen) { ExpectStaleCommitsSeen(&RunSeed); }

}  // namespace
}  // namespace kepu::simulation
