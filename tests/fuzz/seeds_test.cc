// Every target on its seeds and on thousands of mutations of them: the fuzzers keep building, and whoever
// breaks a parser hears of it without a fuzzer.
#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

constexpr int kMutations = 20'000;

// A few bytes changed, cut out, doubled, or taken from another seed.
std::string Mutate(std::string bytes, const std::vector<std::string>& seeds, executor::Random& random) {
  for (uint64_t change = 0; change <= random.Below(4); ++change) {
    const size_t at = random.Below(bytes.size() + 1);
    const size_t length = random.Below(8) + 1;
    switch (random.Below(5)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random.Next());
        break;
      case 1:
        if (at < bytes.size()) bytes.erase(at, length);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 3:
        bytes.insert(at, 1, static_cast<char>(random.Next()));
        break;
      default: {
        const std::string& other = seeds[random.Below(seeds.size())];
        const size_t from = random.Below(other.size() + 1);
        bytes = bytes.substr(0, at) + other.substr(from);
      }
    }
  }
  return bytes;
}

class SeedsTest : public ::testing::TestWithParam<Target> {};

TEST_P(SeedsTest, AndMutationsOfThem) {
  constexpr uint64_t kSeed = 20261121;
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  executor::SeededRandom random(kSeed);
  const std::vector<std::string> seeds = GetParam().seeds();
  GetParam().run("");
  for (const std::string& seed : seeds) GetParam().run(seed);
  for (int i = 0; i < kMutations; ++i)
    GetParam().run(Mutate(seeds[random.Below(seeds.size())], seeds, random));
}

INSTANTIATE_TEST_SUITE_P(Targets, SeedsTest, ::testing::ValuesIn(Targets()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(RequireTest, EndsTheProcess) { EXPECT_DEATH(Require(false, "that pigs fly"), "that pigs fly"); }

}  // namespace
}  // namespace kepu::fuzz
