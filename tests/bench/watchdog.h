// Ends the program, saying what did not answer, when a part of the benchmark takes much longer than it
// should: a run that hangs tells nobody why. Owned by whoever waits; thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace kepu::bench {

class Watchdog {
 public:
  // Until it is destroyed, or `seconds` have passed.
  Watchdog(std::string what, double seconds);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void Wait(double seconds);

  const std::string what_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace kepu::bench
