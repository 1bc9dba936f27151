// Rules that are known to be wrong are planted to show that the checks see them: the letters are those of the
// model of these rules.
#include "tests/simulation/reservation_world.h"

namespace kepu::reservation {
namespace {

struct Row {
  Wrong wrong;
  const char* name;
  const char* formula;  // what the finding must begin with
};

// What it takes to see it, as in the model.
Options Around(Wrong wrong, uint64_t seed) {
  Options options = Of(kVariants[seed % std::size(kVariants)], seed);
  options.wrong = wrong;
  options.fate = RandomFates(seed, 3);
  if (wrong == Wrong::kG) options.alternatives = true;
  if (wrong == Wrong::kN) options.push = false;
  if (wrong == Wrong::kF || wrong == Wrong::kH) options.withdraw = options.sleepy = true;
  if (wrong == Wrong::kI) options.shrink = true;
  // Seen only by a driver that wrote its refusal after its own, unanswered commit: answers must be rare.
  if (wrong == Wrong::kK) options.fate = MostlyUnanswered(seed);
  return options;
}

class WrongRuleTest : public ::testing::TestWithParam<Row> {};

TEST_P(WrongRuleTest, TurnsRed) {
  std::string found;
  uint64_t seed = 0;
  while (++seed <= 600 && found.empty()) found = World(Around(GetParam().wrong, seed)).Run();
  EXPECT_NE(found, "") << "rule " << GetParam().name << " was not noticed";
  RecordProperty("seed", static_cast<int>(seed - 1));
  RecordProperty("found", found);
}

// The same storms under the right rules are green, so that it is the rule that turned red.
TEST_P(WrongRuleTest, TheSameStormIsGreenUnderTheRightRule) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Options options = Around(GetParam().wrong, seed);
    options.wrong = Wrong::kNone;
    ASSERT_EQ(World(options).Run(), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, WrongRuleTest,
                         ::testing::Values(Row{Wrong::kA, "A", "kept"}, Row{Wrong::kB, "B", "kept"},
                                           Row{Wrong::kC, "C", ""}, Row{Wrong::kE, "E", "no"},
                                           Row{Wrong::kF, "F", "no"}, Row{Wrong::kG, "G", "stranger"},
                                           Row{Wrong::kH, "H", "stranger"}, Row{Wrong::kI, "I", "room"},
                                           Row{Wrong::kJ, "J", "kept"}, Row{Wrong::kK, "K", "no"},
                                           Row{Wrong::kN, "N", "settled"}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace kepu::reservation
