#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "tests/simulation/storm_seeds.h"

namespace kepu::simulation {

namespace {

void ReadFlag(absl::string_view argument, absl::string_view name, uint64_t* value) {
  if (!absl::ConsumePrefix(&argument, name) || absl::SimpleAtoi(argument, value)) return;
  std::fprintf(stderr, "not a number: %s\n", std::string(argument).c_str());
  std::exit(2);
}

// Where a seed takes ten times as long, tests/sanitize wants fewer.
void ReadBound() {
  uint64_t most = 0;
  const char* bound = std::getenv("KEPU_STORM_SEEDS");
  if (bound != nullptr && absl::SimpleAtoi(bound, &most)) seeds.count = std::min(seeds.count, most);
}

}  // namespace
}  // namespace kepu::simulation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  kepu::simulation::ReadBound();
  for (int i = 1; i < argc; ++i) {
    kepu::simulation::ReadFlag(argv[i], "--seeds=", &kepu::simulation::seeds.count);
    kepu::simulation::ReadFlag(argv[i], "--first=", &kepu::simulation::seeds.first);
  }
  return RUN_ALL_TESTS();
}
