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

}  // namespace
}  // namespace kepu::simulation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    kepu::simulation::ReadFlag(argv[i], "--seeds=", &kepu::simulation::seeds.count);
    kepu::simulation::ReadFlag(argv[i], "--first=", &kepu::simulation::seeds.first);
  }
  return RUN_ALL_TESTS();
}
