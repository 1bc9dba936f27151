#include "tests/bench/watchdog.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace kepu::bench {
namespace {

constexpr int kExitHangs = 3;

}  // namespace

Watchdog::Watchdog(std::string what, double seconds)
    : what_(std::move(what)), thread_([this, seconds] { Wait(seconds); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Watchdog::Wait(double seconds) {
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return over_; })) return;
  std::fprintf(stderr, "bench: %s has not ended after %.0f s\n", what_.c_str(), seconds);
  // The processes that were started end with this one.
  std::_Exit(kExitHangs);
}

}  // namespace kepu::bench
