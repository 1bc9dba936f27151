// Runs the event service under many storms. "simulation_test --seeds=1000 --first=1" runs more of them; a
// failing seed is printed and fails again whenever it is run.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/simulation/event_world.h"

namespace kepu::event {
namespace {

uint64_t first_seed = 1;
uint64_t seeds = 1000;

WorldReport RunSeed(uint64_t seed, WorldFault fault = WorldFault::kNone) {
  return EventWorld({.seed = seed, .fault = fault}).Run();
}

TEST(EventSimulation, NothingIsLostOversoldOrMadeUp) {
  size_t bookings = 0;
  size_t faults = 0;
  for (uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    const WorldReport report = RunSeed(seed);
    EXPECT_TRUE(report.problems.empty()) << "seed " << seed << ":\n" << absl::StrJoin(report.problems, "\n");
    EXPECT_GT(report.answered, 50U) << "seed " << seed;
    bookings += report.bookings;
    faults += report.faults;
    if (HasFailure()) break;
  }
  EXPECT_GT(bookings, seeds) << "a storm in which nothing is booked shows nothing";
  std::printf("%llu seeds from %llu: %zu bookings under %zu faults\n", static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(first_seed), bookings, faults);
}

TEST(EventSimulation, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(RunSeed(first_seed).trace_hash, RunSeed(first_seed).trace_hash);
  EXPECT_NE(RunSeed(first_seed).trace_hash, RunSeed(first_seed + 1).trace_hash);
}

TEST(EventSimulation, CheckersSeePlantedFaults) {
  struct Plant {
    WorldFault fault;
    const char* name;
  };
  for (const Plant& plant : {Plant{WorldFault::kLosesAcknowledged, "a failover loses what was acknowledged"},
                             Plant{WorldFault::kTampered, "somebody wrote past the commit"},
                             Plant{WorldFault::kUnasked, "bookings that nobody asked for"}}) {
    bool seen = false;
    for (uint64_t seed = first_seed; seed < first_seed + 5 && !seen; ++seed) {
      seen = !RunSeed(seed, plant.fault).problems.empty();
    }
    EXPECT_TRUE(seen) << plant.name;
  }
}

// The engine stops the process when a fact does not fit its state, which is a way of seeing it too.
TEST(EventSimulationDeathTest, StaleCommitsAreSeen) {
  EXPECT_EXIT(
      {
        bool seen = false;
        for (uint64_t seed = first_seed; seed < first_seed + 5 && !seen; ++seed) {
          seen = !RunSeed(seed, WorldFault::kNoVersionCheck).problems.empty();
        }
        std::_Exit(seen ? 1 : 0);
      },
      [](int status) { return !WIFEXITED(status) || WEXITSTATUS(status) != 0; }, "");
}

void ReadFlag(absl::string_view argument, absl::string_view name, uint64_t* value) {
  if (!absl::ConsumePrefix(&argument, name)) return;
  if (!absl::SimpleAtoi(argument, value)) {
    std::fprintf(stderr, "not a number: %s\n", std::string(argument).c_str());
    std::exit(2);
  }
}

}  // namespace
}  // namespace kepu::event

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    kepu::event::ReadFlag(argv[i], "--seeds=", &kepu::event::seeds);
    kepu::event::ReadFlag(argv[i], "--first=", &kepu::event::first_seed);
  }
  return RUN_ALL_TESTS();
}
