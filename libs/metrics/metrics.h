// Numbers about the running process, for an operator's Prometheus: counters, gauges and histograms, made once
// at start-up and then changed without locks. Names begin with "kepu_", counters end with "_total", units are
// seconds and bytes; labels have few values (a method, a code, never an id). Handles live as long as their
// registry. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::metrics {

class Counter {
 public:
  void Add(uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double change) { value_.fetch_add(change, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Durations in seconds, in buckets from 50 us to 10 s: from a read out of memory to an export.
class Histogram {
 public:
  static constexpr std::array<double, 17> kBounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                                     0.005,   0.01,   0.025,   0.05,   0.1,   0.25,
                                                     0.5,     1,      2.5,     5,      10};

  void Observe(double seconds);
  uint64_t count() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }
  // Not cumulative; the last one holds what is above all bounds.
  uint64_t bucket(size_t index) const { return buckets_[index].load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<double> sum_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Registry {
 public:
  // The same name and labels give the same object. `help` is a sentence; the first one given counts.
  Counter& MakeCounter(absl::string_view name, absl::string_view help, Labels labels = {});
  Gauge& MakeGauge(absl::string_view name, absl::string_view help, Labels labels = {});
  Histogram& MakeHistogram(absl::string_view name, absl::string_view help, Labels labels = {});

  // The one of the process, where code that is not given another counts.
  static Registry& Process();

 private:
  friend class RegistryReader;
  template <class T>
  struct Family {
    std::string help;
    std::map<Labels, std::unique_ptr<T>> members;
  };
  template <class T>
  using Families = std::map<std::string, Family<T>, std::less<>>;
  template <class T>
  T& Make(Families<T>& families, absl::string_view name, absl::string_view help, Labels labels);

  mutable std::mutex mutex_;
  Families<Counter> counters_;
  Families<Gauge> gauges_;
  Families<Histogram> histograms_;
};

// Answers GET /metrics. Only ever on an internal address: it shows what the installation does.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual int port() const = 0;
};

// `address` is "127.0.0.1:9464"; port 0 picks one. The registry must outlive the listener.
absl::StatusOr<std::unique_ptr<Listener>> ServeMetrics(const Registry& registry, absl::string_view address);

}  // namespace kepu::metrics
