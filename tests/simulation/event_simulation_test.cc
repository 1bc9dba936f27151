// The event service under many storms. "simulation_test --seeds=1000 --first=1" runs more of them; a failing
// seed is printed and fails again whenever it is run.
#include "tests/simulation/event_storm.h"
#include "tests/simulation/storm_seeds.h"

namespace kepu::simulation {

Seeds seeds{.count = 300, .planted = 5};

namespace {

// Impatient clients, and a calm that bookings of some seconds need.
StormReport RunSeed(uint64_t seed, StormFault fault) {
  return EventStorm({.seed = seed,
                     .fault = fault,
                     .clients = 12,
                     .patience = absl::Seconds(1),
                     .calm = absl::Seconds(15)})
      .Run();
}

TEST(EventSimulation, NothingIsLostOversoldOrMadeUp) {
  ExpectNoProblems(&RunSeed, seeds.count, "bookings stand");
}

TEST(EventSimulation, TheSameSeedIsTheSameRun) { ExpectSameSeedSameRun(&RunSeed); }

TEST(EventSimulation, CheckersSeePlantedFaults) { ExpectPlantedFaultsSeen(&RunSeed); }

TEST(EventSimulationDeathTest, StaleCommitsAreSeen) { ExpectStaleCommitsSeen(&RunSeed); }

}  // namespace
}  // namespace kepu::simulation
