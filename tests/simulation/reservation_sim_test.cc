// A reservation over two services, with every step of it lost, answered to nobody, repeated late or cut off
// by a crash, in turn and at random: whatever happens, once it heals everything agrees within 30 s.
#include "gtest/gtest.h"
#include "tests/simulation/reservation_world.h"

namespace kepu::reservation {
namespace {

TEST(ReservationSimTest, WithoutFaultsOneRivalWins) {
  for (const Variant& variant : kVariants) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      World world(Of(variant, seed));
      EXPECT_EQ(world.Run(), "") << "seed " << seed;
      EXPECT_GE(world.confirmed(), 1) << "seed " << seed;
    }
  }
}

// Each step in turn meets each fate.
TEST(ReservationSimTest, OneFaultAtEveryStep) {
  int runs = 0;
  for (const Variant& variant : kVariants) {
    for (const Fate fate : kFates) {
      int steps = 1;
      for (int at = 0; at < steps && at < 60; ++at) {
        Options options = Of(variant, static_cast<uint64_t>(at) + 1);
        options.fate = [at, fate](int step) { return step == at ? fate : Fate::kNormal; };
        World world(options);
        ASSERT_EQ(world.Run(), "") << "step " << at << " fate " << static_cast<int>(fate);
        steps = world.steps();
        ++runs;
      }
    }
  }
  EXPECT_GT(runs, 100);
}

TEST(ReservationSimTest, ManyFaultsAtRandom) {
  int confirmed = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Options options = Of(kVariants[seed % std::size(kVariants)], seed);
    options.fate = RandomFates(seed, 3);
    options.sleepy = seed % 2 == 0;
    options.shrink = seed % 3 == 0;
    World world(options);
    ASSERT_EQ(world.Run(), "") << "seed " << seed;
    confirmed += world.confirmed();
  }
  EXPECT_GT(confirmed, 50);
}

TEST(ReservationSimTest, AnswersThatAreRare) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Options options = Of(kVariants[seed % std::size(kVariants)], seed);
    options.fate = MostlyUnanswered(seed);
    options.sleepy = seed % 2 == 0;
    ASSERT_EQ(World(options).Run(), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace kepu::reservation
