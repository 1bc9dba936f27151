#include "libs/executor/random.h"

#include <random>

namespace kepu::executor {

uint64_t SystemRandom::Next() {
  thread_local SeededRandom generator([] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }());
  return generator.Next();
}

// SplitMix64: small, passes the usual tests, and any seed is a good one.
uint64_t SeededRandom::Next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace kepu::executor
