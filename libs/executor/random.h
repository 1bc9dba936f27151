// The two sources of randomness: the system's for production, a seeded one for tests and the simulator, whose
// runs can be repeated. Neither is for secrets. SystemRandom is thread-safe, SeededRandom is not.
#pragma once

#include <cstdint>

#include "libs/executor/executor.h"

namespace kepu::executor {

// A generator per thread, seeded by the operating system.
class SystemRandom final : public Random {
 public:
  uint64_t Next() override;
};

// The same numbers for the same seed, on every machine.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  uint64_t Next() override;

 private:
  uint64_t state_;
};

}  // namespace kepu::executor
