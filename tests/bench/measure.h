// Measuring a closed loop of calls: how many a second, how long each took, and the CPU that each process
// spent. A Load keeps `in_flight` calls under way from one or more threads of its own; values, not
// thread-safe except Recorder.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kepu::bench {

// Latencies in logarithmic buckets, 2 % apart. Thread-safe.
class Recorder {
 public:
  void Add(int64_t nanos);
  void Fail() { failed_.fetch_add(1, std::memory_order_relaxed); }
  uint64_t count() const;
  uint64_t failed() const { return failed_; }
  // In milliseconds; `share` in (0, 1).
  double Percentile(double share) const;

 private:
  static constexpr size_t kBuckets = 1400;
  std::array<std::atomic<uint64_t>, kBuckets> buckets_{};
  std::atomic<uint64_t> failed_{0};
};

// CPU seconds that a process and its threads have used, read from /proc.
double CpuSeconds(pid_t pid);
// Resident memory in bytes.
int64_t ResidentBytes(pid_t pid);

struct Sample {
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0;
  uint64_t failed = 0;
  std::map<std::string, double> cpu_us;  // per call, by the name of the process
};

// Something that keeps calls under way. Start returns at once; Stop returns when none is left.
class Load {
 public:
  virtual ~Load() = default;
  virtual void Start(int in_flight, Recorder* recorder) = 0;
  virtual void Stop() = 0;
};

// Runs `load` for `warm` then `seconds`, and samples the given processes ("client" is this one).
Sample Measure(Load& load, int in_flight, double warm_seconds, double seconds,
               const std::map<std::string, std::vector<pid_t>>& processes);

double Median(std::vector<double> values);

}  // namespace kepu::bench
