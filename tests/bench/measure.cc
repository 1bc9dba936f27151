#include "tests/bench/measure.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

namespace kepu::bench {
namespace {

constexpr double kStep = 1.02;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void SleepFor(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

}  // namespace

void Recorder::Add(int64_t nanos) {
  const double steps = std::log(std::max<double>(static_cast<double>(nanos), 1.0)) / std::log(kStep);
  const size_t bucket = std::min(static_cast<size_t>(steps), kBuckets - 1);
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
}

uint64_t Recorder::count() const {
  uint64_t sum = 0;
  for (const auto& bucket : buckets_) sum += bucket.load(std::memory_order_relaxed);
  return sum;
}

double Recorder::Percentile(double share) const {
  const double wanted = share * static_cast<double>(count());
  double seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += static_cast<double>(buckets_[i].load(std::memory_order_relaxed));
    if (seen >= wanted) return std::pow(kStep, static_cast<double>(i) + 0.5) / 1e6;
  }
  return 0;
}

double CpuSeconds(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string field;
  // utime and stime are fields 14 and 15; the state, after the name, is field 3.
  for (int i = 3; i < 14; ++i) fields >> field;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t ResidentBytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

Sample Measure(Load& load, int in_flight, double warm_seconds, double seconds,
               const std::map<std::string, std::vector<pid_t>>& processes) {
  const auto cpu = [&] {
    std::map<std::string, double> used;
    for (const auto& [name, pids] : processes) {
      for (pid_t pid : pids) used[name] += CpuSeconds(pid);
    }
    return used;
  };
  // One recorder for the warm-up, one for the time that counts: whatever is under way at the border counts to
  // neither end.
  Recorder recorder;
  load.Start(in_flight, &recorder);
  SleepFor(warm_seconds);
  const uint64_t count_before = recorder.count();
  const std::map<std::string, double> before = cpu();
  const double started = Now();
  SleepFor(seconds);
  const double took = Now() - started;
  const uint64_t counted = recorder.count() - count_before;
  const std::map<std::string, double> after = cpu();
  load.Stop();
  Sample sample;
  sample.per_second = static_cast<double>(counted) / took;
  sample.p50_ms = recorder.Percentile(0.5);
  sample.p99_ms = recorder.Percentile(0.99);
  sample.failed = recorder.failed();
  for (const auto& [name, used] : after) {
    sample.cpu_us[name] = counted == 0 ? 0 : (used - before.at(name)) * 1e6 / static_cast<double>(counted);
  }
  return sample;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace kepu::bench
