// The fuzzer: libFuzzer runs the target that KEPU_FUZZ_TARGET names, whose seeds it first puts into the
// folder KEPU_FUZZ_SEEDS. Built by the preset `fuzz` only; see tests/fuzz/run.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/fuzz/targets.h"

namespace {

const kepu::fuzz::Target* chosen = nullptr;

void WriteSeeds() {
  const char* folder = std::getenv("KEPU_FUZZ_SEEDS");
  if (folder == nullptr) return;
  int number = 0;
  for (const std::string& seed : chosen->seeds())
    std::ofstream(std::string(folder) + "/seed-" + std::to_string(number++), std::ios::binary) << seed;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* name = std::getenv("KEPU_FUZZ_TARGET");
  for (const kepu::fuzz::Target& target : kepu::fuzz::Targets()) {
    if (name != nullptr && std::string(name) == target.name) chosen = &target;
  }
  if (chosen != nullptr) {
    WriteSeeds();
    return 0;
  }
  std::fprintf(stderr, "KEPU_FUZZ_TARGET must be one of:\n");
  for (const kepu::fuzz::Target& target : kepu::fuzz::Targets()) std::fprintf(stderr, "  %s\n", target.name);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
